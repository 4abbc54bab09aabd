#include "app/cli/opened.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <numeric>

#include "core/data/source.hpp"

namespace latentscape {
namespace {

std::string recorded_origin(const LoadedRun& run) {
  return run.info.data_origin.empty() ? run.checkpoint.config.data : run.info.data_origin;
}

}  // namespace

std::string text_from_shape(const std::vector<size_t>& shape) { return fmt::format("{}", fmt::join(shape, " x ")); }

void print_note(const std::string& text) { fmt::print(stderr, "latentscape: {}\n", text); }

Result<std::shared_ptr<const Dataset>> load_run_data(const LoadedRun& run, const std::string& run_path, const std::string& moved_to,
                                                     std::stop_token stop) {
  const RunConfig& config = run.checkpoint.config;
  DataRequest request;
  request.spec = moved_to.empty() ? recorded_origin(run) : moved_to;
  request.kind = config.kind;
  request.seed = config.seed;
  request.count = config.data_count;
  request.heldout_share = config.heldout_share;
  request.stop = stop;
  auto loaded = load_dataset(request);
  if (!loaded.ok()) {
    if (loaded.error().code != ErrorCode::not_found || !moved_to.empty()) return std::move(loaded).error();
    return fail(ErrorCode::not_found, "{}: its data is no longer at {}; name where it is now with --data", run_path, request.spec);
  }
  std::shared_ptr<const Dataset> data = std::move(loaded).value();
  if (data->shape != run.checkpoint.shape)
    return fail(ErrorCode::invalid_argument, "{}: examples are {}, expected {} as {} was trained on", request.spec,
                text_from_shape(data->shape), text_from_shape(run.checkpoint.shape), run_path);
  const std::string& fingerprint = run.checkpoint.data_fingerprint;
  if (!fingerprint.empty() && fingerprint != data->fingerprint)
    print_note(fmt::format("warning: {} is not the data that {} was trained on (fingerprint {}, expected {})", request.spec, run_path,
                           data->fingerprint, fingerprint));
  return data;
}

Result<std::vector<uint32_t>> rows_of_split(const Dataset& data, const std::string& name) {
  if (name == "all") {
    std::vector<uint32_t> rows(data.rows);
    std::iota(rows.begin(), rows.end(), 0u);
    return rows;
  }
  auto split = split_from_name(name);
  if (!split.ok()) return fail(ErrorCode::invalid_argument, "unknown split '{}', expected train, heldout, test or all", name);
  std::vector<uint32_t> rows = data.ids_of(*split);
  if (rows.empty()) return fail(ErrorCode::not_found, "{}: no row is in the split '{}'", data.origin, name);
  return rows;
}

}  // namespace latentscape
