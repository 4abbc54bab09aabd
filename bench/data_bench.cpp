// How fast data is ready, each beside what bounds it: a folder of 70,000 PNG files of 28 x 28 beside stb_image on the same bytes in memory
// (one thread), a table beside its bytes alone, 60,000 IDX images. Files lie in the system's cache. Build with -DLATENTSCAPE_BENCH=ON, run
// bin/data_bench.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#include <stb_image.h>

#include "core/base/clock.hpp"
#include "core/base/rng.hpp"
#include "core/data/source.hpp"
#include "core/formats/csv.hpp"
#include "core/formats/idx.hpp"
#include "core/formats/image.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

constexpr size_t kImages = 70000, kSide = 28;

/// The strokes as files of each kind, made once and removed at the end.
class Files {
 public:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "latentscape-bench-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
    DataRequest request;
    request.spec = "strokes";
    request.count = kImages;
    const auto data = load_dataset(request);
    const auto& pixels = std::get<std::vector<uint8_t>>((*data)->values);
    for (size_t i = 0; i < kImages; ++i) {
      const auto begin = pixels.begin() + static_cast<std::ptrdiff_t>(i * kSide * kSide);
      pngs.push_back(*encode_png({kSide, kSide, 1, {begin, begin + kSide * kSide}}));
      const fs::path folder = path_ / "png" / std::to_string((*data)->label(i));
      fs::create_directories(folder);
      (void)atomic_write(folder / fmt::format("{:05}.png", i), pngs.back());
    }
    fs::create_directories(path_ / "idx");
    const std::vector<uint8_t> some(pixels.begin(), pixels.begin() + 60000 * kSide * kSide);
    (void)atomic_write(path_ / "idx/train-images-idx3-ubyte", idx_bytes({{60000, kSide, kSide}, some}));
    std::string text = "a,b,c,d,e,f,g,h,label\n";
    Rng rng(1, RngStream::general);
    while (text.size() < 100'000'000) {
      for (int column = 0; column < 8; ++column) text += fmt::format("{:.6g},", rng.normal());
      text += rng.below(2) ? "yes\n" : "no\n";
    }
    (void)atomic_write(path_ / "table.csv", {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  ~Files() { fs::remove_all(path_); }

  std::string operator/(const char* name) const { return path_ / name; }
  std::vector<Bytes> pngs;

 private:
  static bool atomic_write(const fs::path& path, ByteView bytes) {
    FILE* file = std::fopen(path.c_str(), "wb");
    const bool done = file && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    return file && std::fclose(file) == 0 && done;
  }
  fs::path path_;
};

const Files& files() {
  static const Files made;
  return made;
}

bool load(benchmark::State& state, const std::string& path) {
  DataRequest request;
  request.spec = path;
  const auto data = load_dataset(request);
  if (!data.ok()) state.SkipWithError(data.error().message.c_str());
  return data.ok();
}

double decode_all() {
  const std::vector<Bytes>& pngs = files().pngs;
  const Stopwatch watch;
  for (const Bytes& png : pngs) {
    int width = 0, height = 0, channels = 0;
    stbi_uc* pixels = stbi_load_from_memory(png.data(), static_cast<int>(png.size()), &width, &height, &channels, 0);
    benchmark::DoNotOptimize(pixels);
    stbi_image_free(pixels);
  }
  return watch.seconds();
}

void images_beside_the_decoder(benchmark::State& state) {
  double decoder = 0.0, folder = 0.0;
  for (auto _ : state) {
    decoder += decode_all();
    const Stopwatch watch;
    if (!load(state, files() / "png")) return;
    folder += watch.seconds();
  }
  const double n = static_cast<double>(kImages * static_cast<size_t>(state.iterations()));
  const double cores = static_cast<double>(std::max(1u, std::thread::hardware_concurrency()));
  state.counters["decoder_files_per_s"] = n / decoder;
  state.counters["files_per_s_core"] = n / folder / cores;
  state.counters["ratio"] = decoder / (folder * cores);
}

void table_beside_its_bytes(benchmark::State& state) {
  double bytes = 0.0, reader = 0.0, loaded = 0.0;
  const auto timed = [](double& seconds, const auto& work) {
    const Stopwatch watch;
    const bool done = work();
    seconds += watch.seconds();
    return done;
  };
  const std::string path = files() / "table.csv";
  for (auto _ : state) {
    const bool done = timed(bytes, [&] { return read_file(path).ok(); }) && timed(reader, [&] { return read_csv(path).ok(); }) &&
                      timed(loaded, [&] { return load(state, path); });
    if (!done) return state.SkipWithError("cannot be read");
  }
  const double megabytes = 1e-6 * static_cast<double>(fs::file_size(path)) * static_cast<double>(state.iterations());
  state.counters["bytes_mb_per_s"] = megabytes / bytes;
  state.counters["read_csv_mb_per_s"] = megabytes / reader;
  state.counters["loaded_mb_per_s"] = megabytes / loaded;
}

void idx(benchmark::State& state) {
  for (auto _ : state)
    if (!load(state, files() / "idx")) return;
}

BENCHMARK(images_beside_the_decoder)->Unit(benchmark::kMillisecond)->Iterations(3)->UseRealTime();
BENCHMARK(table_beside_its_bytes)->Unit(benchmark::kMillisecond)->Iterations(3)->UseRealTime();
BENCHMARK(idx)->Unit(benchmark::kMillisecond)->Iterations(10)->UseRealTime();

}  // namespace
}  // namespace latentscape
