// `latentscape bench train|decode|tsne`: what this machine reaches, beside what its arithmetic allows.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/cli/bench.hpp"
#include "app/cli/bench_peer.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/machine_limits.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/base/clock.hpp"
#include "core/base/rng.hpp"
#include "core/data/source.hpp"
#include "core/train/trainer.hpp"

namespace latentscape {
namespace {

constexpr size_t kImages = 4000;
constexpr size_t kLabels = 400;  // of the models that learn from few
constexpr int kWarmUpSteps = 20;
constexpr int kRounds = 10;  // peak and work in turns

struct BenchOptions {
  size_t threads = 0;
  size_t batch = 128;
  double seconds = 3.0;
  std::string model = "mlp";
  std::string hidden;
  std::string latent;
  std::string data = "strokes";
  bool peer = false;  // PyTorch beside it
};

/// The family's own network, or that of --hidden and --latent.
Status set_sizes(const BenchOptions& options, const char* latent, const char* hidden, RunConfig& config) {
  LS_TRY(const ModelFamily* family, model_families().get(options.model));
  use_family(config.model, *family);
  if (family->semi_supervised) config.labels = LabelBudget{kLabels};
  LS_CHECK(set_value(config, "latent", options.latent.empty() ? latent : options.latent));
  if (!options.hidden.empty()) return set_value(config, "hidden", options.hidden);
  return options.model == "mlp" ? set_value(config, "hidden", hidden) : Status();
}

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Steady clocks: the peaks are taken in turns with the work, a tenth of the time, because processors lower their clock under wide
/// arithmetic.
struct LimitMeter {
  LimitMeter(ComputePool& p, size_t parameters) : pool(p), numbers(parameters) {}
  void measure() {
    flops.push_back(fma_peak_flops(pool));
    bandwidth.push_back(memory_bytes_per_second(pool, numbers));
  }
  ComputePool& pool;
  size_t numbers;
  std::vector<double> flops, bandwidth;
};

Result<std::unique_ptr<Trainer>> make_trainer(const BenchOptions& options, const char* latent, const char* hidden,
                                              std::shared_ptr<ComputePool> pool, std::stop_token stop) {
  DataRequest request;
  request.spec = options.data;
  LS_TRY(const DataSource* builtin, builtin_source(options.data));
  if (builtin) request.count = kImages;
  request.stop = stop;
  LS_TRY(auto data, load_dataset(request));
  RunConfig config;
  config.batch = options.batch;
  LS_CHECK(set_sizes(options, latent, hidden, config));
  return Trainer::create(config, std::move(data), std::move(pool));
}

/// Share of zeros in what the model reads: products leave them out (core/nn/zero_lists.hpp).
double zeros_share(const Dataset& data) {
  const size_t rows = std::min(kImages, data.rows);
  std::vector<float> row(data.width());
  size_t zeros = 0;
  for (size_t i = 0; i < rows; ++i) {
    data.copy_row(i, row.data());
    zeros += static_cast<size_t>(std::count(row.begin(), row.end(), 0.0f));
  }
  return static_cast<double>(zeros) / static_cast<double>(rows * row.size());
}

Result<Measured> bench_train(const BenchOptions& options, std::shared_ptr<ComputePool> pool, std::stop_token stop) {
  LS_TRY(const auto trainer, make_trainer(options, "20", "400", pool, stop));
  for (int i = 0; i < kWarmUpSteps; ++i) {
    LS_TRY([[maybe_unused]] const StepReport report, trainer->step());
  }
  std::vector<double> step_seconds;
  double fastest = 0.0;  // samples a second, of the rounds: other programs can only slow one down; PyTorch is measured so, too
  LimitMeter limits(*pool, trainer->model()->parameter_count());
  for (int round = 0; round < kRounds; ++round) {
    limits.measure();
    size_t samples = 0;
    const Stopwatch all;
    while (all.seconds() < options.seconds / kRounds) {
      if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the benchmark was interrupted");
      const Stopwatch one;
      LS_TRY(const StepReport report, trainer->step());
      step_seconds.push_back(one.seconds());
      samples += report.samples;
    }
    fastest = std::max(fastest, static_cast<double>(samples) / all.seconds());
  }
  const double peak = std::ranges::max(limits.flops), bandwidth = std::ranges::max(limits.bandwidth);
  Measured m;
  m.name = "train";
  m.unit = "samples/s";
  m.value = fastest;
  m.limit = peak / (2.0 * trainer->model()->macs().step);
  m.more = {{"model", options.model},
            {"batch", options.batch},
            {"labels", trainer->labels().rows().size()},
            {"zeros", zeros_share(trainer->data())},
            {"steps", step_seconds.size()},
            {"ms_per_step_median", 1e3 * median(step_seconds)},
            {"ms_per_step_limit", 1e3 * static_cast<double>(options.batch) / m.limit},
            {"flops_per_sample", 2.0 * trainer->model()->macs().step},
            {"gflops_limit", peak * 1e-9},
            {"gb_per_s_limit", bandwidth * 1e-9},
            {"ms_per_update_limit", 1e3 * kUpdateBytes * static_cast<double>(trainer->model()->parameter_count()) / bandwidth}};
  if (!options.peer) return m;
  Json peer = bench_torch(trainer->config().model, trainer->model()->width(), options.batch, options.seconds, pool->threads(), stop);
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the benchmark was interrupted");
  m.more["ratio_to_peer"] = peer.contains("samples_per_s") ? Json(m.value / peer["samples_per_s"].get<double>()) : Json();
  m.more["pytorch"] = std::move(peer);
  return m;
}

Result<Measured> bench_decode(const BenchOptions& options, std::shared_ptr<ComputePool> pool, std::stop_token stop) {
  LS_TRY(const auto trainer, make_trainer(options, "2", "500,500", pool, stop));
  const ModelF& model = *trainer->model();
  constexpr size_t kGrid = 400;  // a manifold of 20 x 20
  FloatArray z(kGrid, model.latent()), x(kGrid, model.width());
  Rng(1, RngStream::sample).fill_normal(z.values);
  Workspace<float> work;
  const auto timed = [&](size_t rows, double budget, std::vector<double>& times) {
    const Stopwatch all;
    while ((all.seconds() < budget || times.size() < 3) && !stop.stop_requested()) {
      const Stopwatch one;
      model.decode(*pool, work, trainer->parameters(), FloatView(z).rows_between(0, rows), MutableFloatView(x).rows_between(0, rows));
      times.push_back(one.seconds());
    }
    std::sort(times.begin(), times.end());
  };
  std::vector<double> warm, grid, single;
  timed(kGrid, 0.1, warm);
  timed(kGrid, options.seconds / 2, grid);
  timed(1, options.seconds / 2, single);
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the benchmark was interrupted");
  Measured m;
  m.name = "decode";
  m.unit = "images/s";
  m.value = static_cast<double>(kGrid) / grid[grid.size() / 2];
  m.limit = fma_peak_flops(*pool) / (2.0 * model.macs().decode);
  m.more = {{"images", kGrid},
            {"ms_per_grid_median", 1e3 * grid[grid.size() / 2]},
            {"ms_per_grid_p99", 1e3 * grid[grid.size() * 99 / 100]},
            {"ms_single_median", 1e3 * single[single.size() / 2]},
            {"ms_single_p99", 1e3 * single[single.size() * 99 / 100]}};
  return m;
}

Result<Report> report_of(Result<Measured> measured, size_t threads) {
  LS_TRY(const Measured m, std::move(measured));
  Report report;
  report.json = {{"name", m.name},    {"unit", m.unit}, {"value", m.value}, {"limit", m.limit}, {"ratio_to_limit", m.value / m.limit},
                 {"threads", threads}};
  report.json.update(m.more);
  report.text = fmt::format("{}: {:.4g} {}, {:.0f} % of the {:.4g} that {} of {} threads allow\n", m.name, m.value, m.unit,
                            100.0 * m.value / m.limit, m.limit, m.limited_by, threads);
  for (const auto& [key, value] : m.more.items()) report.text += fmt::format("  {:<20} {}\n", key, value.dump());
  return report;
}

void add_bench_options(CLI::App& command, BenchOptions& o) {
  command.add_option("--threads", o.threads, "0: all cores")->check(whole_number(0, kMostThreads));
  command.add_option("--seconds", o.seconds, "to measure")->check(finite_number(0.1, 600.0))->capture_default_str();
  command.add_option("--model", o.model, "a model, see latentscape models")->capture_default_str();
  command.add_option("--hidden", o.hidden, "hidden layers, like 500,500 or conv 32x4s2");
  command.add_option("--latent", o.latent, "latent dimensions");
}

}  // namespace

Action add_bench(CLI::App& command) {
  auto o = std::make_shared<BenchOptions>();
  auto maps = std::make_shared<TsneBench>();
  CLI::App* train = command.add_subcommand("train", "minibatches of 784-400-20, forward, backward and Adam");
  CLI::App* decode = command.add_subcommand("decode", "a manifold of 20 x 20 decodes of 2-500-500-784");
  for (CLI::App* sub : {train, decode}) add_bench_options(*sub, *o);
  train->add_option("--data", o->data, "data to train on, a built-in name or a path")->type_name("DATA")->capture_default_str();
  train->add_option("--batch", o->batch, "examples a minibatch")->check(whole_number(1, 3000))->capture_default_str();
  train->add_flag("--peer", o->peer, "the same minibatches in PyTorch beside it, where python3 has it");
  CLI::App* tsne = command.add_subcommand("tsne", "maps of more and more points: neighbours, iterations, exact pairs");
  tsne->add_option("--threads", o->threads, "0: all cores")->check(whole_number(0, kMostThreads));
  tsne->add_option("--points", maps->points, "numbers of points")->delimiter(',')->check(whole_number(100, 10'000'000));
  tsne->add_option("--iterations", maps->iterations, "of each map")->check(whole_number(1, 100'000))->capture_default_str();
  tsne->add_option("--data", maps->data, "its first rows are mapped; else ten clusters in 50 dimensions")->type_name("X.npy");
  tsne->add_flag("--peer", maps->peer, "scikit-learn beside it on at most 10,000 points, where python3 has it");
  tsne->add_flag("--stop", maps->stop, "the longest time that it goes on after it was asked to stop");
  CLI::Option* noise =
      tsne->add_option("--moved", maps->moved, "how it follows coordinates moved by noise of this size")->check(finite_number(0.0, 1e6));
  tsne->add_option("--moved-to", maps->moved_to, "how it follows the points of --data to where this has them, an epoch later")
      ->type_name("X.npy")
      ->excludes(noise);
  command.require_subcommand(1);
  return [o, maps, train, tsne](const CommandSettings&) -> Result<Report> {
    if (tsne->parsed()) {
      SignalStop signals;
      ComputePool pool(o->threads);
      return report_of(bench_tsne(*maps, pool, signals.token()), pool.threads());
    }
    RunConfig checked;
    LS_USAGE(set_sizes(*o, "1", "1", checked));
    SignalStop signals;
    auto pool = std::make_shared<ComputePool>(o->threads);
    return report_of(train->parsed() ? bench_train(*o, pool, signals.token()) : bench_decode(*o, pool, signals.token()), pool->threads());
  };
}

}  // namespace latentscape
