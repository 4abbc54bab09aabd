// The phrases that reviews are made of. Private to review_grammar.cpp.
#pragma once

#include <array>
#include <string_view>

namespace latentscape::review_phrases {

using Phrases = std::array<std::string_view, 4>;

/// "the plot" + "kept me guessing until the bus home".
struct Aspect {
  std::string_view name;
  Phrases subjects, praise, complaints;
};
struct Topic {
  std::string_view name;
  Phrases nouns;  // "film", "picture"
  std::array<Aspect, 4> aspects;
};

inline constexpr std::array<Topic, 6> kTopics = {{
    {"film",
     {"film", "movie", "picture", "thriller"},
     {{{"plot",
        {"the plot", "the story", "the last act", "the twist"},
        {"kept me guessing until the bus home", "fitted together like a clock", "made the whole row gasp",
         "was clever without showing off"},
        {"made less sense than my tax return", "fell apart after ten minutes", "was visible from space", "put my neighbour to sleep"}},
       {"acting",
        {"the leading actress", "the villain", "the cast", "the old detective"},
        {"could read a bus timetable and break your heart", "stole every scene", "was funny and sad in one breath", "deserved every prize"},
        {"acted like a wardrobe", "mumbled through every scene", "was wooden enough to warp", "seemed to wait for lunch"}},
       {"pictures",
        {"the camera", "every frame", "the light", "the desert at dawn"},
        {"was pure poetry", "looked like a painting that moves", "made me forget my popcorn", "glowed long after the credits"},
        {"was as grey as dishwater", "shook until I felt seasick", "hid everything in the dark", "looked like a shampoo advert"}},
       {"music",
        {"the score", "the soundtrack", "the main theme", "the trumpet in the finale"},
        {"gave me goosebumps", "was worth the ticket alone", "is still in my head on tuesday", "lifted each scene off the ground"},
        {"drowned every word", "sounded like a lift with ambitions", "was louder than the plot holes", "begged for tears and got none"}}}}},
    {"restaurant",
     {"restaurant", "bistro", "little kitchen", "noodle bar"},
     {{{"food",
        {"the soup", "the dumpling plate", "the roast duck", "the lemon tart"},
        {"tasted like a holiday", "was gone before anyone spoke", "was crisp, hot and generous", "made my aunt hum at the table"},
        {"was cold in the middle", "tasted of cardboard and regret", "was so salty the glass cried", "arrived burnt on one side"}},
       {"service",
        {"the waiter", "the service", "the lady at the bar", "the young man with the menus"},
        {"remembered our names", "was quick and warm", "brought extra bread with a wink", "treated us like family"},
        {"forgot us twice", "sighed at every question", "spilled the wine and blamed the table", "was as slow as cold honey"}},
       {"price",
        {"the bill", "the price of lunch", "the wine list", "the set menu"},
        {"was a pleasant surprise", "was more than fair", "left money for dessert", "cost less than the parking"},
        {"made us laugh, then cry", "was a robbery with napkins", "charged extra for salt", "was longer than the menu"}},
       {"room",
        {"the terrace", "the room", "our table", "the garden"},
        {"was cosy and full of candles", "had the best view of the harbour", "smelled of basil and bread", "was lively without shouting"},
        {"was as loud as a station", "wobbled all evening", "stood next to the toilets", "was sticky and dark"}}}}},
    {"hotel",
     {"hotel", "guesthouse", "inn", "hostel"},
     {{{"bed",
        {"the bed", "the mattress", "the pillow", "our bunk"},
        {"was like sleeping on a cloud", "cured my back overnight", "was hard to leave in the morning", "was fresh, wide and silent"},
        {"squeaked at every thought", "was built for a short dog", "had more lumps than porridge", "remembered every guest before us"}},
       {"staff",
        {"the porter", "the reception", "the night clerk", "the owner"},
        {"found us a taxi in the snow", "drew us a map of secret beaches", "greeted even our parrot", "solved it all with a smile"},
        {"lost our booking and our bags", "was asleep under the desk", "argued about a towel", "answered the phone and never us"}},
       {"view",
        {"the balcony", "the window", "the view", "the roof pool"},
        {"showed the whole bay at sunrise", "made us miss breakfast gladly", "looked over vineyards and swallows", "was worth every stair"},
        {"faced a brick wall", "showed a car park and a crane", "would not open at all", "was painted on, I think"}},
       {"breakfast",
        {"the breakfast", "the coffee", "the buffet", "the omelette"},
        {"lasted happily until noon", "was fresh and endless", "woke me gently and well", "had six kinds of jam"},
        {"was toast and an apology", "tasted of warm rain", "closed before sunrise", "had met the freezer personally"}}}}},
    {"book",
     {"novel", "book", "mystery", "memoir"},
     {{{"characters",
        {"the heroine", "the grumpy lighthouse keeper", "the narrator", "every sister in the family"},
        {"felt like an old friend", "made me laugh on the train", "stayed with me for weeks", "grew up beautifully page by page"},
        {"was flat as a bookmark", "never once made a choice", "bored even the dog in the story", "talked like a leaflet"}},
       {"style",
        {"the prose", "each sentence", "the first chapter", "the dialogue"},
        {"sang quietly", "was sharp and light as a feather", "begged to be read aloud", "was witty without a wasted word"},
        {"limped from comma to comma", "used ten words for two", "needed an editor and a nap", "was thick as fog"}},
       {"ending",
        {"the ending", "the final page", "the last chapter", "the epilogue"},
        {"broke my heart and mended it", "was the surprise of the year", "tied every thread with a bow", "made me start again at once"},
        {"arrived like a missed train", "was stolen from a soap opera", "explained nothing and took ages", "made me throw it at the sofa"}},
       {"pace",
        {"the pace", "the middle part", "the chase", "the investigation"},
        {"flew by in one night", "never let go of my sleeve", "was patient and then thrilling", "cost me a night of sleep"},
        {"crawled like a snail with luggage", "stopped for forty pages of weather", "wandered off and got lost",
         "was slower than the library queue"}}}}},
    {"gadget",
     {"phone", "camera", "robot vacuum", "headset"},
     {{{"battery",
        {"the battery", "the charger", "the power pack", "a full charge"},
        {"lasted a whole weekend", "outlived my patience for screens", "was ready in twenty minutes", "survived a festival"},
        {"died before lunch", "got hot enough to fry an egg", "needed a nap every hour", "gave up in the first photo"}},
       {"screen",
        {"the screen", "the display", "the picture", "the touch panel"},
        {"was bright even at the beach", "was sharp enough to count eyelashes", "reacted before I did", "made old photos look young"},
        {"cracked when I looked at it", "flickered like a haunted lamp", "ignored my left thumb", "turned every face green"}},
       {"software",
        {"the app", "the update", "the voice assistant", "the setup"},
        {"just worked, and I checked twice", "took one minute and no swearing", "understood my grandmother", "fixed every old bug"},
        {"crashed on hello", "wanted my password nine times", "ordered forty lamps by itself", "erased my holiday"}},
       {"build",
        {"the case", "the hinge", "the button", "the little wheel"},
        {"felt solid and smooth", "survived a fall from the bike", "clicked like a fine pen", "was light but never cheap"},
        {"fell off on day two", "creaked like a pirate ship", "was held by hope and glue", "bent in my pocket"}}}}},
    {"concert",
     {"concert", "gig", "show", "recital"},
     {{{"band",
        {"the band", "the drummer", "the cellist", "the singer"},
        {"played as if the roof were gone", "made four thousand people whisper", "smiled through three encores", "was on fire all night"},
        {"looked at the clock all night", "forgot the second verse", "played in four different keys",
         "arrived an hour late and left early"}},
       {"sound",
        {"the sound", "the bass", "the microphone", "the mix"},
        {"was clear to the last row", "was warm and huge", "let every string breathe", "hugged you from behind"},
        {"was pure mud", "rattled my fillings", "howled like a lost dog", "came from another building"}},
       {"crowd",
        {"the crowd", "the front row", "the choir of strangers", "the audience"},
        {"sang every word", "danced politely and madly", "made room for my crutches", "became one big friend"},
        {"filmed it all on phones", "talked through every song", "threw warm beer", "pushed like a morning train"}},
       {"hall",
        {"the hall", "the stage", "the old theatre", "the light show"},
        {"was a jewel box", "turned the night to gold", "was small enough to see the strings", "glittered like a snow globe"},
        {"was hot as an oven", "had a pillar for every seat", "blinded the balcony", "smelled of wet carpet"}}}}},
}};

inline constexpr std::array<std::string_view, 3> kSentiments = {"negative", "mixed", "positive"};
inline constexpr std::array<std::string_view, 2> kStrengths = {"calm", "strong"};

/// Where {} is the topic's noun; [strength].
inline constexpr std::array<Phrases, 2> kGoodOpeners = {{
    {"a nice {} for a rainy evening", "we liked this {} more than expected", "this {} does its job well", "a good {}, all in all"},
    {"what a wonderful {}", "the best {} of my life", "i adore this {}", "drop everything and try this {}"},
}};
inline constexpr std::array<Phrases, 2> kBadOpeners = {{
    {"not my kind of {}", "this {} could be better", "i expected a little more of this {}", "a rather dull {}"},
    {"the worst {} in years", "avoid this {} at all costs", "i hate this {}", "what a terrible, terrible {}"},
}};
inline constexpr std::array<Phrases, 2> kMixedOpeners = {{
    {"an uneven {}", "this {} has two faces", "half of this {} is good", "i am not sure about this {}"},
    {"this {} drove me mad and made me happy", "genius and disaster in one {}", "i love and hate this {}",
     "never was a {} so good and so bad"},
}};
inline constexpr std::array<Phrases, 2> kGoodClosers = {{
    {"we will come back", "worth a try", "recommended", "i would do it again"},
    {"ten out of ten", "go, run, now", "i want to live in it", "perfect from start to finish"},
}};
inline constexpr std::array<Phrases, 2> kBadClosers = {{
    {"once was enough", "i would not do it again", "maybe others will like it", "not recommended"},
    {"never, ever again", "i want my money back", "zero stars, if i could", "a complete waste of an evening"},
}};
inline constexpr std::array<Phrases, 2> kMixedClosers = {{
    {"three stars, then", "it depends on your mood", "make of that what you will", "we may give it another chance"},
    {"i still argue with myself about it", "see it, then complain with me", "five stars and none", "my family no longer speaks of it"},
}};

inline constexpr Phrases kLeads = {"honestly, ", "to be fair, ", "for me, ", "as my sister says, "};
inline constexpr Phrases kTurns = {", but ", "; sadly, ", ", although ", ", yet "};

}  // namespace latentscape::review_phrases
