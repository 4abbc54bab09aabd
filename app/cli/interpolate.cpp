// `latentscape interpolate`: decode the way from one example's mean to another's.
#include <fmt/format.h>

#include <memory>

#include "app/cli/commands.hpp"
#include "app/cli/decoding.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/explore/interpolate.hpp"

namespace latentscape {
namespace {

struct InterpolateOptions {
  std::string run, data, out, path = "lerp";
  uint32_t from = 0, to = 0;
  size_t steps = 9;
};

Result<Report> run_interpolate(const InterpolateOptions& options) {
  SignalStop signals;
  LS_TRY(const LoadedRun run, load_run(options.run));
  LS_CHECK(check_examples_path(options.out, run.checkpoint.shape));
  LS_TRY(const auto data, load_run_data(run, options.run, options.data, signals.token()));
  for (const auto& [name, row] : {std::pair<const char*, uint32_t>("--from", options.from), {"--to", options.to}})
    if (row >= data->rows)
      return fail(ErrorCode::invalid_argument, "{} {}: expected a row from 0 to {} of {}", name, row, data->rows - 1, data->name);
  ComputePool pool;
  const std::vector<uint32_t> ends = {options.from, options.to};
  FloatArray means;
  LS_CHECK(encode_dataset(*run.model, run.checkpoint.state.parameters, *data, ends, means, nullptr, pool, signals.token()));
  LS_TRY(const FloatArray z,
         interpolate(means.row(0), means.row(1), options.steps, options.path == "slerp" ? PathKind::slerp : PathKind::lerp));
  LS_TRY(Report report, decode_to_file(run, z, options.out, options.steps, pool, signals.token()));
  report.json["from"] = options.from;
  report.json["to"] = options.to;
  report.json["path"] = options.path;
  return report;
}

}  // namespace

Action add_interpolate(CLI::App& command) {
  auto o = std::make_shared<InterpolateOptions>();
  command.add_option("run", o->run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  command.add_option("--from", o->from, "a row of the data, from 0")->required()->type_name("INDEX");
  command.add_option("--to", o->to, "a row of the data, from 0")->required()->type_name("INDEX");
  command.add_option("--steps", o->steps, "examples, both ends included")
      ->check(CLI::Range(size_t{2}, size_t{1000}))
      ->capture_default_str();
  command.add_option("--path", o->path, "lerp (a line) or slerp (along the great circle)")
      ->check(CLI::IsMember({"lerp", "slerp"}))
      ->capture_default_str();
  command.add_option("--out", o->out, ".npy, .png (a row, images) or .csv (tables)")->required()->type_name("FILE");
  command.add_option("--data", o->data, "where the run's data is now")->type_name("DATA");
  return [o](const CommandSettings&) { return run_interpolate(*o); };
}

}  // namespace latentscape
