#include "app/gui/fonts.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>

namespace latentscape {
namespace {

/// A family in three weights. Dear ImGui's size is ascent to descent; `line` turns pixels an em into it.
struct Family {
  const char* regular;
  const char* medium;
  const char* bold;
  float line;
  float digit;  // the widest digit, em: all digits get this advance
};

constexpr Family kFamilies[] = {
    {"opentype/inter/Inter-Regular.otf", "opentype/inter/Inter-Medium.otf", "opentype/inter/Inter-SemiBold.otf", 1.2102f, 0.642f},
    {"truetype/inter/Inter-Regular.ttf", "truetype/inter/Inter-Medium.ttf", "truetype/inter/Inter-SemiBold.ttf", 1.2102f, 0.642f},
    {"truetype/roboto/unhinted/RobotoTTF/Roboto-Regular.ttf", "truetype/roboto/unhinted/RobotoTTF/Roboto-Medium.ttf",
     "truetype/roboto/unhinted/RobotoTTF/Roboto-Bold.ttf", 1.1719f, 0.562f},
    {"truetype/roboto/Roboto-Regular.ttf", "truetype/roboto/Roboto-Medium.ttf", "truetype/roboto/Roboto-Bold.ttf", 1.1719f, 0.562f},
    {"truetype/dejavu/DejaVuSans.ttf", "truetype/dejavu/DejaVuSans.ttf", "truetype/dejavu/DejaVuSans-Bold.ttf", 1.1641f, 0.636f},
    {"dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf", 1.1641f, 0.636f},
};
constexpr const char* kIconFiles[] = {"truetype/font-awesome/fontawesome-webfont.ttf", "opentype/font-awesome/FontAwesome.otf",
                                      "fontawesome/FontAwesome.otf"};
constexpr const char* kChineseFiles[] = {"truetype/wqy/wqy-microhei.ttc", "truetype/wqy/wqy-zenhei.ttc",
                                         "truetype/droid/DroidSansFallbackFull.ttf", "truetype/droid/DroidSansFallback.ttf",
                                         "truetype/arphic/uming.ttc"};

constexpr ImWchar kDigits[] = {'0', '9', 0};
/// Only the icons of icons.hpp, in pairs: a range each.
constexpr ImWchar kIcons[] = {
    0xF002, 0xF002, 0xF00A, 0xF00A, 0xF00C, 0xF00C, 0xF00D, 0xF00D, 0xF019, 0xF019, 0xF01E, 0xF01E, 0xF021, 0xF021, 0xF03A, 0xF03A, 0xF03E,
    0xF03E, 0xF042, 0xF042, 0xF043, 0xF043, 0xF04B, 0xF04B, 0xF04C, 0xF04C, 0xF051, 0xF051, 0xF053, 0xF053, 0xF054, 0xF054, 0xF057, 0xF057,
    0xF058, 0xF058, 0xF05A, 0xF05A, 0xF05B, 0xF05B, 0xF065, 0xF065, 0xF067, 0xF067, 0xF068, 0xF068, 0xF06E, 0xF06E, 0xF070, 0xF070, 0xF071,
    0xF071, 0xF074, 0xF074, 0xF077, 0xF077, 0xF078, 0xF078, 0xF07C, 0xF07C, 0xF080, 0xF080, 0xF0B2, 0xF0B2, 0xF0C3, 0xF0C3, 0xF0C5, 0xF0C5,
    0xF0C7, 0xF0C7, 0xF0D7, 0xF0D7, 0xF0E2, 0xF0E2, 0xF0EB, 0xF0EB, 0xF110, 0xF110, 0xF15B, 0xF15B, 0xF1B3, 0xF1B3, 0xF1C0, 0xF1C0, 0xF1DA,
    0xF1DA, 0xF1DE, 0xF1DE, 0xF1F8, 0xF1F8, 0xF201, 0xF201, 0xF245, 0xF245, 0xF256, 0xF256, 0};
constexpr ImWchar kLatin[] = {0x20,   0x17F,  0x300,  0x304,  0x370,  0x3FF,  0x2010, 0x2027, 0x2030, 0x203A,
                              0x2070, 0x209C, 0x2190, 0x2199, 0x2202, 0x2202, 0x2207, 0x2207, 0x2211, 0x2212,
                              0x221A, 0x221E, 0x2248, 0x2248, 0x2260, 0x2265, 0x25CF, 0x25CF, 0};

/// Where font packages put their files, the person's own folder first.
std::vector<std::filesystem::path> font_folders() {
  std::vector<std::filesystem::path> folders;
  if (const char* home = std::getenv("HOME"); home && *home) folders.push_back(std::filesystem::path(home) / ".local/share/fonts");
  for (const char* folder : {"/usr/share/fonts", "/usr/local/share/fonts"}) folders.emplace_back(folder);
  return folders;
}

std::string find_file(const char* relative) {
  std::error_code ignored;
  for (const auto& folder : font_folders())
    if (const auto path = folder / relative; std::filesystem::is_regular_file(path, ignored)) return path.string();
  return {};
}

std::string find_first(std::span<const char* const> files) {
  for (const char* file : files)
    if (std::string path = find_file(file); !path.empty()) return path;
  return {};
}

struct Files {
  std::array<std::string, 3> weights;
  float line = 1.0f, digit = 0.6f;
  std::string icons, chinese;
};

Result<Files> find_files(std::vector<std::string>* notes) {
  Files files;
  for (const Family& family : kFamilies) {
    files.weights[0] = find_file(family.regular);
    if (files.weights[0].empty()) continue;
    files.weights[1] = find_file(family.medium);
    files.weights[2] = find_file(family.bold);
    for (size_t i : {1, 2})
      if (files.weights[i].empty()) files.weights[i] = files.weights[0];
    files.line = family.line;
    files.digit = family.digit;
    break;
  }
  if (files.weights[0].empty())
    return fail(ErrorCode::not_found,
                "no font for the window under /usr/share/fonts: install fonts-inter (or fonts-roboto, or fonts-dejavu-core)");
  files.icons = find_first(kIconFiles);
  files.chinese = find_first(kChineseFiles);
  if (files.icons.empty() && notes) notes->push_back("the icons are missing: install fonts-font-awesome");
  if (files.chinese.empty() && notes) notes->push_back("no font with Chinese letters: install fonts-wqy-zenhei for the Chinese window");
  return files;
}

/// The font files in memory, each read once; the atlas borrows them until it is built.
struct Loaded {
  std::array<std::vector<char>, 3> weights;
  std::vector<char> icons, chinese;
  float line = 1.0f, digit = 0.6f;
};

std::vector<char> read_whole(const std::string& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed) return {};
  std::vector<char> bytes(size);
  std::ifstream file(path, std::ios::binary);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) return {};
  return bytes;
}

ImFont* add_source(std::vector<char>& bytes, float size, const ImFontConfig& config, const ImWchar* ranges) {
  if (bytes.empty()) return nullptr;
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(bytes.data(), static_cast<int>(bytes.size()), size, &config, ranges);
}

/// One size and weight with digits, icons and Chinese in it.
ImFont* add_font(Loaded& files, size_t weight, float em, float spacing, const ImWchar* chinese) {
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = 3;
  config.OversampleV = 1;
  config.GlyphExtraSpacing.x = spacing;
  const float size = em * files.line;
  // Digits first, all as wide as the widest: numbers then do not jump while they change.
  config.GlyphMinAdvanceX = config.GlyphMaxAdvanceX = std::round(files.digit * em * 4.0f) / 4.0f;
  ImFont* font = add_source(files.weights[weight], size, config, kDigits);
  if (!font) return nullptr;
  config.GlyphMinAdvanceX = 0.0f;
  config.GlyphMaxAdvanceX = 1e9f;
  config.MergeMode = true;
  add_source(files.weights[weight], size, config, kLatin);
  config.GlyphExtraSpacing.x = 0.0f;
  ImFontConfig icons = config;
  icons.GlyphOffset.y = em * 0.03f;
  add_source(files.icons, em * 1.03f, icons, kIcons);
  if (chinese[0] != 0) add_source(files.chinese, em * 1.24f, config, chinese);
  return font;
}

}  // namespace

Result<UiFonts> UiFonts::build(float scale, std::u32string_view extra, std::vector<std::string>* notes) {
  LS_TRY(const Files files, find_files(notes));
  Loaded loaded;
  for (size_t i = 0; i < loaded.weights.size(); ++i) loaded.weights[i] = read_whole(files.weights[i]);
  loaded.icons = read_whole(files.icons);
  loaded.line = files.line;
  loaded.digit = files.digit;
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
  // ImGui keeps the pointer to these ranges until the atlas is built below.
  std::vector<ImWchar> chinese;
  for (char32_t point : extra)
    if (point >= 0x2E80 && point <= 0xFFEF && (point < 0xE000 || point > 0xF8FF))
      chinese.insert(chinese.end(), 2, static_cast<ImWchar>(point));
  chinese.push_back(0);
  if (chinese.size() > 1) loaded.chinese = read_whole(files.chinese);
  const ImWchar none[] = {0};
  UiFonts fonts;
  fonts.scale = scale;
  fonts.regular = add_font(loaded, 0, 13.5f * scale, 0.0f, chinese.data());  // first: ImGui's default
  fonts.medium = add_font(loaded, 1, 13.5f * scale, 0.0f, chinese.data());
  fonts.small = add_font(loaded, 0, 11.5f * scale, 0.1f * scale, chinese.data());
  fonts.caption = add_font(loaded, 2, 11.0f * scale, 0.8f * scale, chinese.data());
  fonts.title = add_font(loaded, 2, 15.0f * scale, 0.0f, chinese.data());
  fonts.large = add_font(loaded, 0, 17.5f * scale, 0.0f, none);  // numbers only
  for (ImFont* font : {fonts.regular, fonts.medium, fonts.small, fonts.caption, fonts.title, fonts.large})
    if (!font) return fail(ErrorCode::corrupt, "{}: not a font that can be read", files.weights[0]);
  if (!atlas.Build()) return fail(ErrorCode::internal, "the font atlas could not be built");
  atlas.ClearInputData();  // the borrowed bytes and ranges end here
  return fonts;
}

}  // namespace latentscape
