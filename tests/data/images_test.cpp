#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>

#include "core/data/source.hpp"
#include "core/formats/idx.hpp"
#include "core/formats/image.hpp"
#include "core/formats/npy.hpp"
#include "core/formats/npz.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Reading in_colour(ImageColour colour) {
  Reading reading;
  reading.colour = colour;
  return reading;
}

Reading sized(size_t size, ImageFit fit) {
  Reading reading;
  reading.size = size;
  reading.fit = fit;
  return reading;
}

class ImageFolder : public ::testing::Test {
 protected:
  void write(const std::string& name, ByteView bytes) {
    fs::create_directories((folder_ / name).parent_path());
    ASSERT_TRUE(atomic_write_file(folder_ / name, bytes).ok());
  }
  void write(const std::string& name, const Image& image) { write(name, *encode_png(image)); }
  void write_text(const std::string& name, std::string_view text) { ASSERT_TRUE(atomic_write_file(folder_ / name, text).ok()); }
  /// h x w pixels, all different from one `seed` to the next.
  static Image image(uint8_t seed, size_t channels = 1, size_t height = 3, size_t width = 4) {
    Image out{width, height, channels, Bytes(height * width * channels)};
    for (size_t i = 0; i < out.pixels.size(); ++i) out.pixels[i] = static_cast<uint8_t>(seed * 17 + i * 31 + 2);
    return out;
  }
  Result<std::shared_ptr<const Dataset>> load(const Reading& reading = {}) const {
    DataRequest request;
    request.spec = folder_.string();
    request.reading = reading;
    return load_dataset(request);
  }
  std::shared_ptr<const Dataset> loaded(const Reading& reading = {}) const {
    auto result = load(reading);
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? *result : std::make_shared<Dataset>();
  }
  std::string message(const Reading& reading = {}) const {
    const auto result = load(reading);
    return result.ok() ? "ok" : result.error().message;
  }
  TemporaryFolder files_{"images"};
  fs::path folder_ = files_.path();
};

TEST_F(ImageFolder, SubFoldersAreClassesInTheOrderOfTheirNames) {
  write("cat/b.png", image(1));
  write("cat/a.PNG", image(2));
  write("ant/deep/c.png", image(3));
  write("dog/d.png", image(4));
  write("dog/.hidden.png", image(5));
  const auto data = loaded();
  EXPECT_EQ(data->name, folder_.filename().string());
  EXPECT_EQ(data->rows, 4u);
  EXPECT_EQ(data->shape, (std::vector<size_t>{3, 4}));
  EXPECT_EQ(data->kind, DataKind::image);
  EXPECT_THAT(data->labels()->categories, ElementsAre("ant", "cat", "dog"));
  EXPECT_THAT(data->labels()->values, ElementsAre(0, 1, 1, 2));
  const auto& pixels = std::get<std::vector<uint8_t>>(data->values);
  EXPECT_EQ(Bytes(pixels.begin() + 12, pixels.begin() + 24), image(2).pixels) << "cat/a.PNG comes before cat/b.png";
  EXPECT_THAT(data->row_names, ElementsAre("ant/deep/c.png", "cat/a.PNG", "cat/b.png", "dog/d.png"));
  EXPECT_THAT(data->warnings, IsEmpty());
}

TEST_F(ImageFolder, FilesInTheFolderItselfHaveNoClass) {
  for (uint8_t i = 0; i < 8; ++i) write(fmt::format("{}.png", i), image(i));
  const auto data = loaded();
  EXPECT_EQ(data->labels(), nullptr);
  EXPECT_EQ(data->ids_of(Split::test).size(), 2u) << "a fifth, as of any data without a test split";
}

TEST_F(ImageFolder, TrainTestAndValAreSplits) {
  for (uint8_t i = 0; i < 4; ++i) write(fmt::format("train/{}/{}.png", i % 2 ? "x" : "y", i), image(i));
  write("test/x/0.png", image(4));
  write("Val/y/0.png", image(5));
  const auto data = loaded();
  EXPECT_EQ(data->ids_of(Split::train), (std::vector<uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(data->ids_of(Split::heldout), (std::vector<uint32_t>{4}));
  EXPECT_EQ(data->ids_of(Split::test), (std::vector<uint32_t>{5}));
  EXPECT_THAT(data->labels()->values, ElementsAre(0, 0, 1, 1, 1, 0));
  EXPECT_THAT(data->warnings, IsEmpty());
  DataRequest share;
  share.spec = folder_.string();
  share.heldout_share = 0.3;
  EXPECT_THAT((*load_dataset(share))->warnings, ElementsAre(HasSubstr("heldout is 0.3, which is not used")));
  write("bus/0.png", image(6));
  EXPECT_THAT(loaded()->labels()->categories, ElementsAre("Val", "bus", "test", "train")) << "trains and buses are classes";
}

TEST_F(ImageFolder, LabelsFileSaysTheClasses) {
  for (uint8_t i = 0; i < 4; ++i) write(fmt::format("11/{}.png", i), image(i));
  write_text("labels.csv", "File,Label\n11/0.png,10\n./11/1.png,9\n11/2.png,\n11/9.png,9\n");
  const auto data = loaded();
  EXPECT_THAT(data->labels()->categories, ElementsAre("9", "10", "11")) << "of a file that is not named: its folder";
  EXPECT_EQ(data->label(0), 1);
  EXPECT_EQ(data->label(2), -1);
  EXPECT_THAT(data->warnings, Contains(HasSubstr("1 images are not in labels.csv: 11/3.png")));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("1 files of labels.csv are no images here: 11/9.png")));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("1 images have no class")));
  write_text("labels.csv", "name,label\n11/0.png,1\n");
  EXPECT_THAT(message(), HasSubstr("labels.csv: has the columns name, label, expected 'file'"));
  write_text("labels.csv", "file,label\n11/0.png,1\n11/0.png,2\n");
  EXPECT_THAT(message(), HasSubstr("names 11/0.png twice"));
}

// The same pixels, labels and splits as numbered PNG files, in IDX and in NPY: one fingerprint.
TEST_F(ImageFolder, NumberedImagesHaveTheFingerprintOfTheirIdxFiles) {
  const fs::path idx = folder_ / "idx", pngs = folder_ / "pngs";
  IdxArray images{{300, 5, 4}, Bytes(300 * 20)}, labels{{300}, Bytes(300)};
  for (size_t i = 0; i < images.values.size(); ++i) images.values[i] = static_cast<uint8_t>(i * i / 7 + i);
  for (size_t i = 0; i < 300; ++i) labels.values[i] = static_cast<uint8_t>(i * 5 % 12);  // 10 comes after 9
  std::string table = "file,label\n";
  for (size_t i = 0; i < 300; ++i) {
    const std::string name = fmt::format("{}/{:05}.png", i < 240 ? "train" : "test", i);
    const auto begin = images.values.begin() + static_cast<std::ptrdiff_t>(20 * i);
    write("pngs/" + name, Image{4, 5, 1, Bytes(begin, begin + 20)});
    table += fmt::format("{},{}\n", name, labels.values[i]);
  }
  ASSERT_TRUE(atomic_write_file(pngs / "labels.csv", std::string_view(table)).ok());
  const auto part = [](const IdxArray& all, size_t begin, size_t end) {
    IdxArray out = all;
    const size_t width = all.values.size() / all.dims[0];
    out.dims[0] = end - begin;
    out.values.assign(all.values.begin() + static_cast<std::ptrdiff_t>(begin * width),
                      all.values.begin() + static_cast<std::ptrdiff_t>(end * width));
    return out;
  };
  write("idx/train-images-idx3-ubyte", idx_bytes(part(images, 0, 240)));
  write("idx/train-labels-idx1-ubyte", idx_bytes(part(labels, 0, 240)));
  write("idx/t10k-images-idx3-ubyte", idx_bytes(part(images, 240, 300)));
  write("idx/t10k-labels-idx1-ubyte", idx_bytes(part(labels, 240, 300)));
  DataRequest request;
  request.spec = idx.string();
  const auto from_idx = load_dataset(request);
  request.spec = pngs.string();
  const auto from_pngs = load_dataset(request);
  ASSERT_TRUE(from_idx.ok() && from_pngs.ok());
  EXPECT_EQ(std::get<std::vector<uint8_t>>((*from_pngs)->values), std::get<std::vector<uint8_t>>((*from_idx)->values));
  EXPECT_EQ((*from_pngs)->fingerprint, (*from_idx)->fingerprint);
  EXPECT_EQ((*from_pngs)->split, (*from_idx)->split);
  write("idx/preview.png", image(1));
  request.spec = idx.string();
  EXPECT_EQ((*load_dataset(request))->fingerprint, (*from_idx)->fingerprint) << "a picture beside IDX files is not the data";
}

// The first test images of MNIST as IDX files, as numbered PNG files in folders of their classes, and as NPZ and NPY.
TEST_F(ImageFolder, MnistIsTheSameFromWhereverItComes) {
  const fs::path place = "../shared/data/mnist";
  std::error_code ignored;
  if (!fs::exists(place, ignored)) GTEST_SKIP() << place << " is not there";
  constexpr size_t n = 400;
  auto images = read_idx(place / "t10k-images-idx3-ubyte.gz", 3), labels = read_idx(place / "t10k-labels-idx1-ubyte.gz", 1);
  ASSERT_TRUE(images.ok() && labels.ok());
  images->dims[0] = labels->dims[0] = n;
  images->values.resize(n * 784);
  labels->values.resize(n);
  write("idx/train-images-idx3-ubyte", idx_bytes(*images));
  write("idx/train-labels-idx1-ubyte", idx_bytes(*labels));
  std::string table = "file,label\n";
  for (size_t i = 0; i < n; ++i) {
    const auto begin = images->values.begin() + static_cast<std::ptrdiff_t>(i * 784);
    write(fmt::format("png/{:05}.png", i), Image{28, 28, 1, Bytes(begin, begin + 784)});
    table += fmt::format("{:05}.png,{}\n", i, labels->values[i]);
  }
  write_text("png/labels.csv", table);
  const NpyArray x{images->dims, {images->values.begin(), images->values.end()}}, y{{n}, {labels->values.begin(), labels->values.end()}};
  write("set.npz", *npz_bytes({{"x", x}, {"y", y}}));
  write("x.npy", npy_bytes(x));
  const auto from = [&](const char* name) {
    DataRequest request;
    request.spec = (folder_ / name).string();
    auto data = load_dataset(request);
    EXPECT_TRUE(data.ok()) << data.error().message;
    return data.ok() ? *data : std::make_shared<Dataset>();
  };
  const auto idx = from("idx"), png = from("png"), npz = from("set.npz"), npy = from("x.npy");
  EXPECT_EQ(idx->rows, n);
  EXPECT_EQ(png->fingerprint, idx->fingerprint);
  EXPECT_EQ(npz->fingerprint, idx->fingerprint);
  EXPECT_TRUE(std::get<std::vector<uint8_t>>(npy->values) == std::get<std::vector<uint8_t>>(idx->values))
      << "an array alone has no labels, and so another fingerprint";
}

TEST_F(ImageFolder, GreyWhereEveryImageIsGreyElseColour) {
  Image grey = image(1, 3);
  for (size_t i = 0; i < grey.pixels.size(); ++i) grey.pixels[i] = static_cast<uint8_t>(i / 3 * 9);
  write("a.png", image(1));
  write("b.png", grey);
  Image seen = image(2, 4);  // transparent: white
  for (size_t i = 3; i < seen.pixels.size(); i += 4) seen.pixels[i] = 0;
  write("c.png", seen);
  const auto data = loaded();
  EXPECT_EQ(data->shape, (std::vector<size_t>{3, 4}));
  const auto& pixels = std::get<std::vector<uint8_t>>(data->values);
  EXPECT_EQ(pixels[12 + 5], 45);
  EXPECT_EQ(Bytes(pixels.begin() + 24, pixels.end()), Bytes(12, 255));
  EXPECT_EQ(loaded(in_colour(ImageColour::rgb))->shape, (std::vector<size_t>{3, 4, 3}));
  write("d.png", image(3, 3));
  const auto coloured = loaded();
  EXPECT_EQ(coloured->shape, (std::vector<size_t>{3, 4, 3}));
  const auto& wide = std::get<std::vector<uint8_t>>(coloured->values);
  EXPECT_EQ(Bytes(wide.begin(), wide.begin() + 6), (Bytes{19, 19, 19, 50, 50, 50})) << "grey ones before the first colour";
  EXPECT_EQ(Bytes(wide.end() - 36, wide.end()), image(3, 3).pixels);
  EXPECT_EQ(loaded(in_colour(ImageColour::grey))->shape, (std::vector<size_t>{3, 4}));
}

TEST_F(ImageFolder, MixedSizesNeedOne) {
  write("a.png", image(1));
  write("b.png", image(2, 1, 8, 6));
  EXPECT_THAT(message(), HasSubstr("a.png is 3 x 4 and b.png is 8 x 6 (height x width); setting `size` brings them to one"));
  const auto data = loaded(sized(5, ImageFit::crop));
  EXPECT_EQ(data->shape, (std::vector<size_t>{5, 5}));
  EXPECT_THAT(data->warnings, ElementsAre(HasSubstr("b.png is 8 x 6 (height x width): all are made 5 x 5")));
  const auto boxed = loaded(sized(5, ImageFit::letterbox));
  EXPECT_NE(boxed->fingerprint, data->fingerprint);
  EXPECT_EQ(std::get<std::vector<uint8_t>>(boxed->values)[24], 0) << "a black bar";
}

TEST_F(ImageFolder, WhatCannotBeReadIsLeftOutCountedAndNamed) {
  for (uint8_t i = 0; i < 40; ++i) write(fmt::format("k{:02}.png", i), image(i));
  write("broken.png", ByteView(*encode_png(image(1))).first(40));
  write("empty.jpg", ByteView());
  write("text.gif", ByteView(reinterpret_cast<const uint8_t*>("hello"), 5));
  Bytes deep = *encode_png(image(99));
  deep[24] = 16;
  write("z16.png", deep);  // 16 bits promised, 8 there: damaged
  write("notes.txt", ByteView());
  fs::create_directory_symlink(folder_, folder_ / "loop");
  fs::create_symlink(folder_ / "nowhere", folder_ / "gone.png");
  fs::copy_file(folder_ / "k01.png", folder_ / "l.png");
  const auto data = loaded();
  EXPECT_EQ(data->rows, 41u);
  EXPECT_THAT(data->warnings, Contains(HasSubstr("4 of 45 images cannot be read and are left out: broken.png: ")));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("empty.jpg: is empty; text.gif: is not an image")));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("1 files are not called like images and are left out: notes.txt")));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("1 files or folders cannot be read and are left out: gone.png")));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("1 folders are links to a folder above them and are left out: loop/")));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("1 images are copies of another, byte for byte")));
  for (uint8_t i = 0; i < 40; ++i) fs::remove(folder_ / fmt::format("k{:02}.png", i));
  fs::remove(folder_ / "l.png");
  EXPECT_THAT(message(), HasSubstr("none of its 4 images can be read: broken.png"));
}

TEST_F(ImageFolder, NoImagesAndStops) {
  DataRequest request;
  request.spec = folder_.string();
  request.kind = "images";
  EXPECT_THAT(load_dataset(request).error().message, HasSubstr("holds no images, expected files that end with .png"));
  for (uint8_t i = 0; i < 60; ++i) write(fmt::format("{:02}.png", i), image(i));
  std::stop_source stop;
  request.stop = stop.get_token();
  size_t calls = 0;
  request.progress = [&](double, const std::string&) {
    ++calls;
    stop.request_stop();
  };
  EXPECT_EQ(load_dataset(request).error().code, ErrorCode::cancelled);
  EXPECT_EQ(calls, 1u) << "between two handfuls of files";
}

}  // namespace
}  // namespace latentscape
