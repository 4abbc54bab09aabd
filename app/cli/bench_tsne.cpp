// `latentscape bench tsne`: milliseconds an iteration by the number of points.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "app/cli/bench.hpp"
#include "app/cli/bench_peer.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/machine_limits.hpp"
#include "app/cli/output.hpp"
#include "core/base/clock.hpp"
#include "core/base/rng.hpp"
#include "core/projection/projection.hpp"
#include "core/projection/tsne_forces.hpp"

namespace latentscape {
namespace {

constexpr double kPerplexity = 30.0;
constexpr size_t kLast = 100;              // iterations on the finer grid
constexpr size_t kMostPeerPoints = 10000;  // a minute of scikit-learn
constexpr size_t kMostPairs = 100000;      // points that exact pairs are tried on
constexpr size_t kStops = 40;              // moments of a run at which it is asked to stop

FloatArray ten_clusters(size_t n) {
  constexpr size_t kDimensions = 50, kClusters = 10;
  FloatArray points(n, kDimensions), middles(kClusters, kDimensions);
  Rng(1, RngStream::general, 1).fill_normal(middles.values);
  Rng(1, RngStream::general).fill_normal(points.values);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < kDimensions; ++j) points(i, j) += middles(i % kClusters, j);
  return points;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Repulsion alone on these positions, milliseconds.
double ms_of_repulsion(const FloatArray& positions, const TsneRepulsion& repulsion, ComputePool& pool, const std::stop_token& stop) {
  TsneForces forces;
  FloatArray gradient;
  std::vector<double> times;
  const Stopwatch all;
  for (bool warm = false; !stop.stop_requested() && (times.empty() || (all.seconds() < 0.5 && times.size() < 20)); warm = true) {
    const Stopwatch one;
    forces.gradient({}, positions, repulsion, pool, stop, gradient);
    if (warm || repulsion.exact) times.push_back(1e3 * one.seconds());  // the first one makes the kernel
  }
  return times.empty() ? 0.0 : median(times);
}

/// Starts work(stop token) again and again, asks it to stop at moments spread over the seconds that it takes, and waits until it has:
/// the longest wait, milliseconds.
template <class Work>
double ms_to_stop(double seconds, const std::stop_token& stop, const Work& work) {
  double most = 0.0;
  for (size_t i = 0; i < kStops && !stop.stop_requested(); ++i) {
    std::jthread thread(work);
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds * (static_cast<double>(i) + 0.5) / kStops));
    const Stopwatch asked;
    thread.request_stop();
    thread.join();
    most = std::max(most, 1e3 * asked.seconds());
  }
  return most;
}

/// Each coordinate moved by noise, or the same rows of a later array.
Result<FloatArray> moved_points(const TsneBench& options, const ProjectionConfig& config, FloatView points) {
  FloatArray moved(points.rows, points.cols);
  if (!options.moved_to.empty()) {
    LS_TRY(const FloatArray later, read_points(options.moved_to));
    if (later.rows < points.rows || later.cols != points.cols)
      return fail(ErrorCode::invalid_argument, "{}: {} x {} numbers, expected {} x {} at least", options.moved_to, later.rows, later.cols,
                  points.rows, points.cols);
    std::copy_n(later.values.begin(), moved.values.size(), moved.values.begin());
    return moved;
  }
  Rng(config.seed, RngStream::general, 2).fill_normal(moved.values);
  for (size_t i = 0; i < moved.values.size(); ++i) moved.values[i] = points.data[i] + static_cast<float>(options.moved) * moved.values[i];
  return moved;
}

/// The finished map follows its points to where they are then: the divergence that it comes to, at first and in the end, and a map's from
/// nothing.
Result<Json> measure_following(Projection& tsne, const ProjectionConfig& config, FloatView moved, ComputePool& pool, std::stop_token stop) {
  const size_t before = tsne.iteration();
  LS_CHECK(tsne.set_points(moved, pool, stop));
  bool more = true;
  while (more && tsne.iteration() < before + config.follow_iterations) {
    LS_TRY(more, tsne.advance(pool, stop));
  }
  LS_TRY(const double first_kl, tsne.exact_kl(pool, stop));
  while (more) {
    LS_TRY(more, tsne.advance(pool, stop));
  }
  LS_TRY(const double kl, tsne.exact_kl(pool, stop));
  LS_TRY(const auto cold, make_projection(config, moved.rows, moved.cols));
  LS_CHECK(cold->set_points(moved, pool, stop));
  for (more = true; more;) {
    LS_TRY(more, cold->advance(pool, stop));
  }
  LS_TRY(const double cold_kl, cold->exact_kl(pool, stop));
  return Json{{"iterations", tsne.iteration() - before}, {"kl_at_100", first_kl}, {"kl", kl}, {"cold_kl", cold_kl}};
}

Result<Json> measure(FloatView points, const TsneBench& options, ComputePool& pool, std::stop_token stop) {
  ProjectionConfig config;
  config.method = "tsne";
  config.perplexity = kPerplexity;
  config.iterations = options.iterations;
  LS_TRY(const auto tsne, make_projection(config, points.rows, points.cols));
  const Stopwatch all;
  LS_CHECK(tsne->set_points(points, pool, stop));
  const double start = all.seconds();
  std::vector<double> ms;
  for (bool more = true; more;) {
    const Stopwatch one;
    LS_TRY(more, tsne->advance(pool, stop));
    ms.push_back(1e3 * one.seconds());
  }
  const double seconds = all.seconds();
  LS_TRY(const double kl, tsne->exact_kl(pool, stop));
  const std::vector<double> last(ms.end() - static_cast<std::ptrdiff_t>(std::min(kLast, ms.size())), ms.end());
  Json out = {{"n", points.rows},
              {"seconds", seconds},
              {"seconds_start", start},
              {"ms_per_iteration", median(ms)},
              {"ms_per_iteration_last_100", median(last)},
              {"kl", kl},
              {"ms_field", ms_of_repulsion(tsne->positions(), {false, 0.5f}, pool, stop)}};
  if (points.rows <= kMostPairs) out["ms_exact_pairs"] = ms_of_repulsion(tsne->positions(), {true}, pool, stop);
  if (options.moved > 0.0 || !options.moved_to.empty()) {
    LS_TRY(const FloatArray moved, moved_points(options, config, points));
    LS_TRY(out["following"], measure_following(*tsne, config, moved, pool, stop));
    out["following"]["noise"] = options.moved;
  }
  if (options.stop) {
    out["ms_to_stop_start"] = ms_to_stop(start, stop, [&](const std::stop_token& asked) {
      if (auto other = make_projection(config, points.rows, points.cols); other.ok()) (void)(*other)->set_points(points, pool, asked);
    });
    out["ms_to_stop_iteration"] = ms_to_stop(1e-3 * kStops * median(ms), stop, [&](const std::stop_token& asked) {
      ProjectionConfig endless = config;
      endless.iterations = options.iterations + 10000;
      for (bool more = tsne->configure(endless, points, pool, {}).ok(); more;) {
        auto advanced = tsne->advance(pool, asked);
        more = advanced.ok() && *advanced;
      }
    });
  }
  return out;
}

/// What reading the affinities once from memory takes, milliseconds: the smallest part of an iteration that no cleverness removes.
Result<double> ms_of_reading(FloatView points, ComputePool& pool, std::stop_token stop) {
  LS_TRY(const size_t k, tsne_neighbours(points.rows, kPerplexity));
  const double entries = 1.5 * static_cast<double>(points.rows * k);  // about a third of neighbours choose each other
  const double bytes = entries * (sizeof(float) + sizeof(uint32_t));
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the benchmark was interrupted");
  return 1e3 * bytes / memory_bytes_per_second(pool, points.rows * k);
}

/// scikit-learn's brute force and Barnes-Hut iterations on the same points; null where python3 has it not.
Result<Json> measure_peer(FloatView points, size_t threads) {
  namespace fs = std::filesystem;
  const fs::path file = fs::temp_directory_path() / fmt::format("latentscape-bench-{}.npy", static_cast<const void*>(points.data));
  FloatArray copy(points.rows, points.cols);
  std::copy_n(points.data, copy.values.size(), copy.values.begin());
  LS_CHECK(write_array(file.string(), copy));
  const std::string script =
      "import sys,time,json,numpy as np\n"
      "try:\n import sklearn\n from sklearn.neighbors import NearestNeighbors as N\n from sklearn.manifold import TSNE\n"
      "except ImportError: print('null'); sys.exit()\n"
      "x=np.load(sys.argv[1]); j=int(sys.argv[2]); t=time.time(); N(n_neighbors=91,algorithm='brute',n_jobs=j).fit(x).kneighbors(x)\n"
      "b=time.time()-t; t=time.time(); TSNE(perplexity=30,init='pca',learning_rate='auto',n_iter=250,n_jobs=j).fit_transform(x)\n"
      "print(json.dumps({'version':sklearn.__version__,'n':len(x),'seconds_brute_force':b,'ms_per_iteration':4*(time.time()-t)}))\n";
  Json answer = python_json(script, fmt::format("'{}' {}", file.string(), threads));
  std::error_code ignored;
  fs::remove(file, ignored);
  return answer;
}

}  // namespace

Result<Measured> bench_tsne(const TsneBench& options, ComputePool& pool, std::stop_token stop) {
  if (options.points.empty()) return fail(ErrorCode::invalid_argument, "bench tsne: no number of points, expected one at least");
  const size_t most = *std::max_element(options.points.begin(), options.points.end());
  FloatArray all;
  if (options.data.empty()) {
    all = ten_clusters(most);
  } else {
    LS_TRY(all, read_points(options.data));
    if (all.rows < most) return fail(ErrorCode::invalid_argument, "{}: {} rows, expected {} at least", options.data, all.rows, most);
  }
  Measured m;
  m.name = "tsne";
  m.unit = "ms an iteration";
  m.limited_by = "reading the affinities from memory";
  Json rows = Json::array();
  for (const size_t n : options.points) {
    const FloatView points = FloatView(all).rows_between(0, n);
    LS_TRY(Json row, measure(points, options, pool, stop));
    if (n == most) {
      m.value = row["ms_per_iteration"].get<double>();
      LS_TRY(m.limit, ms_of_reading(points, pool, stop));
    }
    rows.push_back(std::move(row));
  }
  m.more = {{"iterations", options.iterations}, {"dimensions", all.cols}, {"by_points", std::move(rows)}};
  if (options.peer) {
    LS_TRY(m.more["scikit_learn"], measure_peer(FloatView(all).rows_between(0, std::min(most, kMostPeerPoints)), pool.threads()));
  }
  return m;
}

}  // namespace latentscape
