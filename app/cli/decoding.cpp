#include "app/cli/decoding.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/image_set.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/data/join.hpp"
#include "core/explore/decode.hpp"
#include "core/formats/npy.hpp"
#include "core/formats/npy_rows.hpp"

namespace latentscape {

namespace {

Result<FloatArray> rows_of(const std::string& path, NpyArray array) {
  if (array.dims.size() != 2)
    return fail(ErrorCode::invalid_argument, "{}: has {} dimension{}, expected 2 (a row a point)", path, array.dims.size(),
                array.dims.size() == 1 ? "" : "s");
  FloatArray z;
  z.rows = array.dims[0];
  z.cols = array.dims[1];
  z.values = std::move(array.values);
  if (z.empty()) return fail(ErrorCode::invalid_argument, "{}: is {} x {}, expected at least one row and one column", path, z.rows, z.cols);
  return z;
}

/// How decoded rows become a table. Of built-in data of categories no checkpoint holds the names: its first columns have them.
Result<Preprocessing> table_of(const LoadedRun& run, const PictureOptions& options, std::stop_token stop) {
  Preprocessing table = run.checkpoint.preprocessing;
  if (!table.empty() || run.model->likelihood() != LikelihoodKind::categorical || extension_of(options.out) != "csv") return table;
  LS_TRY(const auto data, load_run_data(run, options.run, options.data, stop));
  for (size_t i = 0; i < data->categories.size(); ++i) table.inputs.push_back({data->columns[i].name, data->columns[i].categories});
  return table;
}

}  // namespace

void add_picture_options(CLI::App& command, PictureOptions& options, const char* data_help) {
  command.add_option("run", options.run, "a run directory or a checkpoint file")->required()->type_name("RUN");
  const char* const out =
      options.sets ? ".npy, .png (a grid, images), .csv (tables) or .txt (texts); without an extension a folder that `train` reads"
                   : ".npy, .png (a grid, images), .csv (tables) or .txt (texts)";
  command.add_option("--out", options.out, out)->required()->type_name("FILE");
  command.add_option("--threads", options.threads, "0: all cores")->check(whole_number(0, kMostThreads))->type_name("T");
  command.add_option("--label", options.label, "the class to decode as, by name or number; for models that are told it")->type_name("L");
  if (data_help) command.add_option("--data", options.data, data_help)->type_name("DATA");
}

Result<Report> write_picture(const PictureOptions& options, const std::vector<std::string>& inputs,
                             const std::function<Result<Picture>(const PictureWork&)>& make) {
  const bool set = options.sets && !options.out.empty() && extension_of(options.out).empty();
  if (!set) LS_USAGE(check_extension(options.out, "decoded examples", {"npy", "png", "csv", "txt"}));
  std::vector<std::string> read = {options.run, options.data};
  read.insert(read.end(), inputs.begin(), inputs.end());
  LS_CHECK(set ? check_set_output(options.out) : check_output(options.out, read));
  SignalStop signals;
  LS_TRY(const LoadedRun run, open_run(options.run, set ? std::vector<std::string>() : std::vector{options.out}));
  LS_CHECK(set ? check_set_shape(options.out, run.checkpoint.shape)
               : check_examples_path(options.out, run.checkpoint.shape, run.checkpoint.preprocessing));
  ComputePool pool(options.threads);
  LS_TRY(Picture picture, make({run, pool, signals.token()}));
  if (options.label || picture.labels.empty()) {
    LS_TRY(picture.labels, labels_for(run, options.label, picture.z.rows));
  }
  if (options.label) picture.more["label"] = run.checkpoint.classes[static_cast<size_t>(picture.labels[0])];
  Workspace<float> work;
  LS_TRY(const FloatArray x,
         decode_all(*run.model, run.checkpoint.state.parameters, {picture.z, picture.labels}, pool, work, signals.token()));
  LS_TRY(const Preprocessing table, table_of(run, options, signals.token()));
  std::vector<std::string> classes;
  for (const int32_t label : picture.labels) classes.push_back(run.checkpoint.classes[static_cast<size_t>(label)]);
  LS_CHECK(set ? write_image_set(options.out, x, run.checkpoint.shape, picture.labels, run.checkpoint.classes)
               : write_examples(options.out, x, run.checkpoint.shape, table, picture.columns, classes));
  Report report;
  report.json = {{"out", options.out}, {"n", x.rows}, {"shape", run.checkpoint.shape}};
  report.json.update(picture.more);
  report.text = fmt::format("{}: {} {}\n", options.out, x.rows, picture.text.empty() ? "decoded examples" : picture.text);
  return report;
}

Result<std::vector<int32_t>> labels_for(const LoadedRun& run, const std::optional<std::string>& label, size_t n) {
  const std::vector<std::string>& classes = run.checkpoint.classes;
  const std::string& model = run.checkpoint.config.model.name;
  if (!run.model->decodes_labels()) {
    if (label) return fail(ErrorCode::invalid_argument, "--label {}: the model '{}' decodes without a label", *label, model);
    return std::vector<int32_t>();
  }
  if (!label)
    return fail(ErrorCode::invalid_argument, "the model '{}' decodes with a label, expected --label with one of {}", model,
                fmt::join(classes, ", "));
  const auto index = class_from_text(classes, *label);
  if (!index) return unknown_name("label", *label, classes);
  const std::vector<std::string>& unmet = run.checkpoint.unmet;
  if (std::find(unmet.begin(), unmet.end(), classes[*index]) != unmet.end())
    print_note(fmt::format("no labelled train row was of class '{}': what the model decodes as it means nothing", classes[*index]));
  return std::vector<int32_t>(n, static_cast<int32_t>(*index));
}

Result<FloatArray> read_points(const std::string& path, std::span<const double> offsets) {
  LS_TRY(NpyRows rows, NpyRows::open(path));
  NpyArray array;
  array.dims = rows.header().dims;
  array.values.resize(rows.header().count);
  LS_CHECK(rows.read(0, rows.rows(), offsets.size() == rows.width() ? offsets : std::span<const double>(), array.values.data()));
  return rows_of(path, std::move(array));
}

Result<std::vector<double>> point_offsets(const std::string& path) {
  LS_TRY(NpyRows rows, NpyRows::open(path));
  return offsets_of({&rows, 1});
}

Result<FloatArray> read_latents(const std::string& path) {
  LS_TRY(NpyArray array, read_npy(path));
  if (array.dims.size() == 1) array.dims.insert(array.dims.begin(), 1);
  return rows_of(path, std::move(array));
}

size_t square_columns(size_t n) {
  size_t columns = 1;
  while (columns * columns < n) ++columns;
  return columns;
}

Status check_axes(const std::vector<size_t>& axes, size_t latent) {
  if (latent < 2) return fail(ErrorCode::invalid_argument, "the model has one latent dimension, a plane needs two");
  if (axes[0] == axes[1] || axes[0] > latent || axes[1] > latent)
    return fail(ErrorCode::invalid_argument, "--axes {},{}: expected two different dimensions from 1 to {}", axes[0], axes[1], latent);
  return {};
}

Result<std::vector<double>> kl_of_run(const LoadedRun& run, const std::string& run_path, const std::string& data_path, ComputePool& pool,
                                      std::stop_token stop) {
  if (!run.directory.empty()) {
    LS_TRY(const RunDirectory directory, RunDirectory::open(run.directory));
    LS_TRY(const std::vector<MetricsLine> lines, directory.metrics());
    for (const MetricsLine& line : lines)
      if (line.step == run.checkpoint.state.step && line.evaluation && line.evaluation->split == Split::heldout &&
          line.evaluation->kl_per_dimension.size() == run.model->latent())
        return line.evaluation->kl_per_dimension;
  }
  LS_TRY(const auto data, load_run_data(run, run_path, data_path, stop));
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, "heldout"));
  const RunConfig& config = run.checkpoint.config;
  LS_TRY(const Evaluation evaluation,
         evaluate_rows(*run.model, run.checkpoint.state.parameters, *data, rows, Split::heldout, config.seed, config.binarise, pool, stop));
  return evaluation.kl_per_dimension;
}

}  // namespace latentscape
