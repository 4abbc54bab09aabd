#include "app/cli/opened.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <numeric>

#include "app/cli/output.hpp"
#include "core/data/download_list.hpp"
#include "core/data/join.hpp"
#include "core/data/memory_budget.hpp"
#include "core/data/subset.hpp"
#include "core/train/prepare_run.hpp"
#include "core/train/run_data.hpp"

namespace latentscape {
namespace {

std::string recorded_origin(const LoadedRun& run) {
  return run.info.data_origin.empty() ? run.checkpoint.config.data : run.info.data_origin;
}

/// Data that a person named is theirs to choose; data that changed behind their back is not. Its classes become those of the run's model,
/// where that uses them.
Result<std::shared_ptr<const Dataset>> taken_on_purpose(std::shared_ptr<const Dataset> data, const std::string& difference, bool named,
                                                        const LoadedRun& run, const std::string& run_path) {
  if (!named) return fail(ErrorCode::invalid_argument, "{}; name it with --data to take it all the same", difference);
  print_note("warning: " + difference);
  for (const std::string& warning : data->warnings) print_note(warning);
  if (run.model->encodes_labels() && !data->labels())
    print_note(fmt::format("warning: {}: has no labels, which the model '{}' reads; each counts as not known", data->origin,
                           run.checkpoint.config.model.name));
  const std::vector<std::string>& classes = run.checkpoint.classes;
  if (run.model->classes() == 0 || !data->labels() || data->labels()->categories == classes) return data;
  Dataset renamed = *data;
  LS_CHECK(take_classes(renamed, classes, run_path));
  return std::shared_ptr<const Dataset>(std::make_shared<Dataset>(std::move(renamed)));
}

}  // namespace

std::string text_from_shape(const std::vector<size_t>& shape) { return fmt::format("{}", fmt::join(shape, " x ")); }

void print_note(const std::string& text) { fmt::print(stderr, "latentscape: {}\n", text); }

void add_bytes_option(CLI::App& command, const std::string& name, size_t& bytes, const std::string& help) {
  const auto check = [](const std::string& text) -> std::string {
    const auto read = bytes_from_text(text);
    return read.ok() ? "" : read.error().message;
  };
  const auto take = [&bytes](const std::string& text) {
    if (const auto read = bytes_from_text(text); read.ok()) bytes = *read;
  };
  command.add_option_function<std::string>(name, take, help)->check(CLI::Validator(check, "BYTES"))->type_name("BYTES");
}

void add_memory_option(CLI::App& command, size_t& bytes) {
  add_bytes_option(command, "--memory", bytes,
                   "arrays and image folders above so much are read from the disk as they are needed: 2G, 512M, 25% (default: half of "
                   "memory)");
}

Result<LoadedRun> open_run(const std::string& path, const std::vector<std::string>& outputs, size_t memory) {
  LS_TRY(LoadedRun run, load_run(path));
  run.checkpoint.config.memory = memory;
  for (const std::string& output : outputs)
    if (!output.empty()) LS_CHECK(check_output(output, {recorded_origin(run)}));
  for (const std::string& damaged : run.skipped) print_note("left out: " + damaged);
  return run;
}

Status check_data(const std::string& spec, const std::string& kind, size_t count) {
  if (spec.empty()) return fail(ErrorCode::invalid_argument, "no data named, expected a built-in name or a path");
  const DataSource* source = nullptr;
  if (!kind.empty()) {
    LS_TRY(source, data_sources().get(kind));
  }
  if (!source) {
    LS_TRY(source, builtin_source(spec));
  }
  std::error_code error;
  const bool name = spec.find('/') == std::string::npos && !std::filesystem::exists(spec, error);
  if (!source && name && !downloaded(spec)) return no_such_data(spec);
  if (count && !(source && source->builtin)) {
    std::vector<std::string> names;
    for (const DataSource& builtin : data_sources().entries())
      if (builtin.builtin) names.push_back(builtin.name);
    return fail(ErrorCode::invalid_argument, "{}: count is {}, but only built-in data ({}) is made in any number", spec, count,
                fmt::join(names, ", "));
  }
  return {};
}

Result<std::shared_ptr<const Dataset>> load_run_data(const LoadedRun& run, const std::string& run_path, const std::string& moved_to,
                                                     std::stop_token stop, RunRows rows) {
  const RunConfig& config = run.checkpoint.config;
  DataRequest request = data_request_from(config);
  request.spec = moved_to.empty() ? recorded_origin(run) : moved_to;
  request.only.clear();   // taken below, from what was found to be the run's data
  request.extra.clear();  // for training alone
  request.preprocessing = run.checkpoint.preprocessing;
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
  const std::string fingerprint = own_fingerprint(run.checkpoint.data_fingerprint);
  if (!fingerprint.empty() && fingerprint != data->fingerprint)
    return taken_on_purpose(data, other_data_text(request.spec, run_path, data->fingerprint, fingerprint), !moved_to.empty(), run,
                            run_path);
  if (rows == RunRows::all || config.only.empty()) return data;
  LS_TRY(Dataset own, only_rows(*data, config.only));
  return std::shared_ptr<const Dataset>(std::make_shared<Dataset>(std::move(own)));
}

Result<KnownLabels> labels_of_run(const LoadedRun& run, const Dataset& data) {
  if (data.fingerprint != own_fingerprint(run.checkpoint.data_fingerprint)) return KnownLabels::of(data, {}, 0);
  std::vector<std::pair<uint32_t, uint32_t>> added = run.checkpoint.state.labels_added;
  const auto joined = [&](const auto& label) { return label.first >= data.rows; };
  added.erase(std::remove_if(added.begin(), added.end(), joined), added.end());
  return known_labels(run.checkpoint.config, data, added);
}

Result<FloatArray> means_of(const LoadedRun& run, const Dataset& data, const std::vector<uint32_t>& rows, FloatArray* log_variance,
                            ComputePool& pool, std::stop_token stop) {
  const RunConfig& config = run.checkpoint.config;
  FloatArray means;
  LS_CHECK(encode_dataset(*run.model, run.checkpoint.state.parameters, data, rows, config.seed, config.binarise, means, log_variance, pool,
                          stop));
  return means;
}

Status check_split(const std::string& split, bool with_all) {
  std::vector<std::string> known = {"train", "heldout", "test"};
  if (with_all) known.push_back("all");
  if (std::find(known.begin(), known.end(), split) != known.end()) return {};
  return unknown_name("split", split, known);
}

Result<std::vector<uint32_t>> rows_of_split(const Dataset& data, const std::string& name) {
  if (name == "all") {
    std::vector<uint32_t> rows(data.rows);
    std::iota(rows.begin(), rows.end(), 0u);
    return rows;
  }
  LS_TRY(const Split split, split_from_name(name));
  std::vector<uint32_t> rows = data.ids_of(split);
  if (rows.empty()) return fail(ErrorCode::not_found, "{}: no row is in the split '{}'", data.origin, name);
  return rows;
}

}  // namespace latentscape
