// Data looked at before it is opened: beside a run, with choices, with Cancel; and opened without being read again.
#include "core/formats/image.hpp"
#include "tests/session/session_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

class SessionPreview : public ::testing::Test {
 protected:
  std::string write(const std::string& name, std::string_view text) {
    std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
    EXPECT_TRUE(atomic_write_file(folder_ / name, text).ok());
    return folder_ / name;
  }
  void write_image(const std::string& name, size_t height, size_t width) {
    Image image{width, height, 1, Bytes(height * width, 90)};
    image.pixels[0] = static_cast<uint8_t>(name.size() + height);
    const Bytes png = *encode_png(image);
    write(name, {reinterpret_cast<const char*>(png.data()), png.size()});
  }
  std::shared_ptr<const DataPreview> ask(RunConfig config, uint64_t tag) {
    session_.request_preview({std::move(config), tag});
    EXPECT_TRUE(eventually([&] { return session_.preview() && session_.preview()->tag == tag; }));
    return session_.preview();
  }
  static RunConfig of(const std::string& spec) {
    RunConfig config;
    config.data = spec;
    return config;
  }

  TemporaryFolder folder_{"preview"};
  Session session_{SessionOptions{.window = true}};
  Listener listener_{session_};
};

TEST_F(SessionPreview, ATableIsReadAsAskedAndOpenedAsItWasSeen) {
  std::string text = "width,kind,grade\n";
  for (int i = 0; i < 60; ++i) text += fmt::format("{},{},{}\n", i * 0.5, i % 2 ? "a" : "b", i % 3);
  const std::string path = write("t.csv", text);
  EXPECT_EQ(session_.preview(), nullptr) << "nothing is read before somebody asks";
  const auto plain = ask(of(path), 1);
  ASSERT_NE(plain->data, nullptr) << plain->error.message;
  EXPECT_EQ(plain->source, "table");
  EXPECT_EQ(plain->data->labels(), nullptr);
  RunConfig chosen = of(path);
  chosen.reading.label = "kind";
  chosen.heldout_share = 0.25;
  chosen.epochs = 1;
  const auto labelled = ask(chosen, 2);
  ASSERT_NE(labelled->data, nullptr) << labelled->error.message;
  EXPECT_EQ(labelled->data->labels()->name, "kind");
  EXPECT_EQ(labelled->summary->splits, (std::array<size_t, 3>{36, 12, 12}));
  EXPECT_TRUE(eventually([&] { return !session_.preview_progress().active; }));

  std::filesystem::remove(path);  // what was seen is what is trained on
  OpenRequest request;
  request.config = chosen;
  request.data = labelled->data;
  session_.open(std::move(request));
  ASSERT_TRUE(listener_.wait<event::Opened>()) << listener_.failures();
  EXPECT_EQ(session_.run()->data, labelled->data);
  EXPECT_EQ(session_.run()->summary->columns[0].name, "kind");
  session_.forget_preview();
  EXPECT_TRUE(eventually([&] { return session_.preview()->data == nullptr; })) << "a closed form holds no data";
}

TEST_F(SessionPreview, ImagesOfSeveralSizesComeWithTheirSizes) {
  write_image("photos/a/1.png", 40, 60);
  write_image("photos/a/2.png", 50, 50);
  write_image("photos/b/3.png", 40, 60);
  write_image("photos/b/4.png", 90, 30);
  const auto mixed = ask(of(folder_ / "photos"), 1);
  EXPECT_EQ(mixed->data, nullptr);
  ASSERT_TRUE(mixed->sizes) << mixed->error.message;
  EXPECT_EQ(mixed->sizes->images, 4u);
  EXPECT_EQ(mixed->sizes->different, 3u);
  EXPECT_EQ(mixed->sizes->least, (std::array<size_t, 2>{40, 60}));
  EXPECT_EQ(mixed->sizes->most, (std::array<size_t, 2>{90, 30}));
  EXPECT_EQ(mixed->sizes->suggested(), 28u) << "the shortest side is 30";
  RunConfig sized = of(folder_ / "photos");
  sized.reading.size = mixed->sizes->suggested();
  const auto square = ask(sized, 2);
  ASSERT_NE(square->data, nullptr) << square->error.message;
  EXPECT_EQ(square->data->shape, (std::vector<size_t>{28, 28}));
  EXPECT_EQ(square->data->row_names[3], "b/4.png");
}

TEST_F(SessionPreview, WhatIsWrongIsSaidAndARunGoesOn) {
  session_.open(tiny_request(false));
  ASSERT_TRUE(listener_.wait<event::Opened>()) << listener_.failures();
  const auto run = session_.run();
  const auto broken = ask(of(write("x.npy", "this is no array")), 1);
  EXPECT_EQ(broken->data, nullptr);
  EXPECT_EQ(broken->source, "npy");
  EXPECT_NE(broken->error.message.find("x.npy"), std::string::npos);
  const auto unknown = ask(of(write("x.xyz", "?")), 2);
  EXPECT_EQ(unknown->source, "");
  EXPECT_EQ(unknown->error.code, ErrorCode::unsupported);
  EXPECT_EQ(session_.run(), run);
}

TEST_F(SessionPreview, ANewerRequestAndCancelEndTheOneBefore) {
  std::string text = "a,b\n";
  for (int i = 0; i < 200'000; ++i) text += "1.25,2.5\n3.75,4\n";
  const std::string large = write("large.csv", text), small = write("small.csv", "a,b\n1,2\n3,4\n5,7\n");
  session_.request_preview({of(large), 1});
  EXPECT_TRUE(session_.preview_progress().active);
  const auto answer = ask(of(small), 2);
  EXPECT_EQ(answer->tag, 2u);
  session_.request_preview({of(large), 3});
  session_.cancel_preview();
  EXPECT_FALSE(session_.preview_progress().active);
  EXPECT_EQ(ask(of(small), 4)->tag, 4u) << "the worker is free again";
}

}  // namespace
}  // namespace latentscape
