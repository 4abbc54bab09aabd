#include "app/cli/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <memory>

#include "app/cli/likelihood.hpp"
#include "app/cli/numbers.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/output.hpp"
#include "app/cli/projecting.hpp"
#include "app/cli/signal_stop.hpp"
#include "core/data/vocabulary.hpp"
#include "core/explore/decode.hpp"
#include "core/explore/prior.hpp"
#include "core/io/figure_compare.hpp"
#include "core/io/ticks.hpp"
#include "core/projection/principal.hpp"
#include "core/train/evaluate.hpp"
#include "core/train/examples.hpp"

namespace latentscape {
namespace {

constexpr size_t kShownExamples = 10, kSampleRows = 3;  // images
constexpr size_t kShownPoints = 1'000;                  // of tables, decoded
constexpr size_t kMapPoints = 5'000;
constexpr Rgba kPlain = {79, 120, 160, 255};
constexpr Rgba kInk = {28, 33, 40, 190}, kPale = {231, 233, 237, 190};  // samples have no class

struct Compared {
  LoadedRun run;
  std::shared_ptr<const Dataset> data;
  std::vector<uint32_t> rows;  // of the split
  Evaluation evaluation;
  const RunConfig& config() const { return run.checkpoint.config; }
  std::span<const float> parameters() const { return run.checkpoint.state.parameters; }
};

Result<Compared> open_compared(const std::string& path, const CompareOptions& options, ComputePool& pool, std::stop_token stop) {
  Compared c;
  LS_TRY(c.run, open_run(path, {options.out}));
  LS_TRY(c.data, load_run_data(c.run, path, options.data, stop));
  LS_TRY(c.rows, rows_of_split(*c.data, options.split));
  LS_TRY(const Split split, split_from_name(options.split));
  LS_TRY(c.evaluation,
         evaluate_rows(*c.run.model, c.parameters(), *c.data, c.rows, split, c.config().seed, c.config().binarise, pool, stop));
  return c;
}

/// Rows of the split in all runs: those whose splits were drawn by other seeds share only some.
Result<std::vector<uint32_t>> shared_rows(const std::vector<Compared>& all, const CompareOptions& options) {
  std::vector<uint32_t> rows = all.front().rows;
  for (size_t i = 1; i < all.size(); ++i) {
    if (all[i].data->fingerprint != all.front().data->fingerprint)
      return fail(ErrorCode::invalid_argument,
                  "{} and {} were trained on different data, which cannot stand side by side; name one with --data", options.runs.front(),
                  options.runs[i]);
    std::vector<uint32_t> both;
    std::set_intersection(rows.begin(), rows.end(), all[i].rows.begin(), all[i].rows.end(), std::back_inserter(both));
    rows = std::move(both);
  }
  if (rows.empty())
    return fail(ErrorCode::not_found, "no example is in the {} split of all the runs: their splits were drawn by different seeds",
                options.split);
  return rows;
}

/// The first of each class in turn, so that a row of pictures shows them all.
std::vector<uint32_t> one_of_each(const Dataset& data, const std::vector<uint32_t>& rows, size_t count) {
  std::vector<std::vector<uint32_t>> by_class(std::max<size_t>(1, data.classes()));
  for (const uint32_t row : rows) by_class[static_cast<size_t>(std::max(0, data.label(row)))].push_back(row);
  std::vector<uint32_t> out;
  for (size_t turn = 0; out.size() < std::min(count, rows.size()); ++turn)
    for (const auto& members : by_class)
      if (turn < members.size() && out.size() < count) out.push_back(members[turn]);
  return out;
}

std::vector<uint32_t> some_of(const std::vector<uint32_t>& rows, size_t count) {
  std::vector<uint32_t> out = subset_of(rows.size(), count, 1);
  for (uint32_t& i : out) i = rows[i];
  return out;
}

std::vector<Rgba> colours_of(const Dataset& data, const std::vector<uint32_t>& rows, bool dark) {
  std::vector<Rgba> colours;
  for (const uint32_t row : rows) {
    const int label = data.label(row);
    colours.push_back(label < 0 ? kPlain : categorical_colour(static_cast<size_t>(label), dark));
  }
  return colours;
}

/// Two latents as they are; more by their principal axes; one along x, a row a class.
Status draw_map(const Compared& c, std::vector<Rgba> colours, const std::vector<uint32_t>& rows, ComputePool& pool, std::stop_token stop,
                CompareColumn& column) {
  LS_TRY(const FloatArray means, means_of(c.run, *c.data, rows, nullptr, pool, stop));
  column.map.colours = std::move(colours);
  const std::string points = c.run.model->has_prior() ? "posterior means" : "codes";
  if (means.cols == 1) {
    column.map_caption = points + (c.data->labels() ? " z1, a row a class" : " z1");
    column.map.positions = FloatArray(means.rows, 2);
    for (size_t i = 0; i < means.rows; ++i) {
      column.map.positions(i, 0) = means(i, 0);
      column.map.positions(i, 1) = 0.3f * static_cast<float>(std::max(0, c.data->label(rows[i])));
    }
    return {};
  }
  ProjectionConfig projection;
  projection.method = means.cols == 2 ? "raw" : "pca";
  LS_TRY(ProjectedPoints map, project_points(projection, means, pool, stop, {}));
  column.map.positions = std::move(map.positions);
  column.map_caption = means.cols == 2 ? points + ", z1 and z2" : fmt::format("{}, 2 of {} principal axes", points, means.cols);
  return {};
}

/// Examples as the run reads them, and what it makes of them.
struct Decoded {
  FloatArray originals, reconstructions, samples;
};

Result<Decoded> decode_examples(const Compared& c, const std::vector<uint32_t>& rows, size_t samples, ComputePool& pool,
                                std::stop_token stop) {
  Decoded out;
  Examples examples;
  fill_evaluation_examples(*c.data, rows, 0, c.config().seed, c.config().binarise, pool, examples);
  out.originals = std::move(examples.x);
  if (c.run.model->likelihood() == LikelihoodKind::multinomial) to_shares(out.originals);
  LS_TRY(const FloatArray means, means_of(c.run, *c.data, rows, nullptr, pool, stop));
  LS_TRY(const std::vector<int32_t> labels,
         decoding_labels(*c.run.model, c.parameters(), *c.data, rows, c.config().seed, c.config().binarise, pool, stop));
  Workspace<float> work;
  LS_TRY(out.reconstructions, decode_all(*c.run.model, c.parameters(), {means, labels}, pool, work, stop));
  const std::vector<int32_t> classes = classes_in_turn(samples, *c.run.model);
  const FloatArray z = prior_draws(samples, c.run.model->latent(), c.config().seed);
  LS_TRY(out.samples, decode_all(*c.run.model, c.parameters(), {z, classes}, pool, work, stop));
  return out;
}

ImagesPanel images_panel(FloatArray images, const Dataset& data, size_t columns) {
  return {std::move(images), data.height_px(), data.width_px(), data.channels(), columns};
}

FloatArray stacked(FloatArray above, const FloatArray& below) {
  above.values.insert(above.values.end(), below.values.begin(), below.values.end());
  above.rows += below.rows;
  return above;
}

Status draw_images(const Compared& c, const std::vector<uint32_t>& rows, ComputePool& pool, std::stop_token stop, CompareColumn& column) {
  LS_TRY(Decoded d, decode_examples(c, rows, kSampleRows * kShownExamples, pool, stop));
  column.reconstruction_images = images_panel(stacked(std::move(d.originals), d.reconstructions), *c.data, rows.size());
  column.sample_images = images_panel(std::move(d.samples), *c.data, kShownExamples);
  return {};
}

/// Rows of a table in the plane: two columns as they are, more by the principal axes of the data.
FloatArray in_plane(const FloatArray& x, const PrincipalAxes& axes) {
  FloatArray out(x.rows, 2);
  for (size_t i = 0; i < x.rows; ++i)
    for (size_t k = 0; k < 2; ++k) {
      if (x.cols <= 2) {
        out(i, k) = k < x.cols ? x(i, k) : 0.0f;
        continue;
      }
      double sum = 0.0;
      for (size_t j = 0; j < x.cols; ++j) sum += axes.axes(k, j) * (static_cast<double>(x(i, j)) - axes.mean[j]);
      out(i, k) = static_cast<float>(sum);
    }
  return out;
}

Status draw_table(const Compared& c, std::vector<Rgba> colours, const CompareOptions& options, const std::vector<uint32_t>& rows,
                  ComputePool& pool, std::stop_token stop, CompareColumn& column) {
  LS_TRY(const Decoded d, decode_examples(c, rows, rows.size(), pool, stop));
  LS_TRY(const PrincipalAxes axes, principal_axes(d.originals, 2, pool, stop));
  const FloatArray behind = in_plane(d.originals, axes);
  column.reconstruction_points = {behind, in_plane(d.reconstructions, axes), std::move(colours)};
  column.sample_points = {behind, in_plane(d.samples, axes), std::vector<Rgba>(d.samples.rows, options.dark ? kPale : kInk)};
  return {};
}

/// The last folders of a path, as many as tell the runs apart.
std::vector<std::string> names_of(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    const std::filesystem::path clean = std::filesystem::path(path + "/").parent_path();
    names.push_back(clean.filename().string());
  }
  for (size_t i = 0; i < names.size(); ++i)
    if (std::count(names.begin(), names.end(), names[i]) > 1) return paths;
  return names;
}

/// As people write it.
std::string shown_split(const std::string& split) { return split == "heldout" ? "held-out" : split; }

std::string two_decimals(double value) { return std::isfinite(value) ? tick_label(value, 0.01) : "–"; }

bool of_the_same_nats(const std::vector<Compared>& all) {
  return std::all_of(all.begin(), all.end(), [&](const Compared& c) { return same_nats(c.config(), all.front().config()); });
}

bool of_the_same_rows(const std::vector<Compared>& all) {
  return std::all_of(all.begin(), all.end(), [&](const Compared& c) { return c.rows == all.front().rows; });
}

/// Why losses of the runs do not compare, so that none is the best.
std::vector<std::string> notes_of(const std::vector<Compared>& all, const std::vector<std::string>& names, const std::string& split) {
  std::vector<std::string> notes, likelihoods;
  for (size_t i = 0; i < all.size(); ++i) likelihoods.push_back(fmt::format("{}: {}", names[i], likelihood_text(all[i].config())));
  if (!of_the_same_nats(all)) notes.push_back(fmt::format("the losses do not compare ({})", fmt::join(likelihoods, "; ")));
  if (!of_the_same_rows(all))
    notes.push_back(fmt::format("each run is judged on its own {} rows, so that the losses do not compare", shown_split(split)));
  return notes;
}

void add_numbers(const std::vector<Compared>& all, const std::string& split, std::vector<CompareColumn>& columns) {
  double elbo = -INFINITY, reconstruction = INFINITY;
  for (const Compared& c : all) {
    if (c.run.model->has_prior()) elbo = std::max(elbo, c.evaluation.terms.elbo());
    reconstruction = std::min(reconstruction, c.evaluation.terms.reconstruction);
  }
  const bool same_nats = of_the_same_nats(all), judged = same_nats && of_the_same_rows(all);
  for (size_t i = 0; i < all.size(); ++i) {
    const Evaluation& e = all[i].evaluation;
    const bool prior = all[i].run.model->has_prior();  // an autoencoder has neither an ELBO nor a KL
    columns[i].numbers = {{fmt::format("{} ELBO, nats", shown_split(split)), prior ? two_decimals(e.terms.elbo()) : "–",
                           judged && prior && e.terms.elbo() == elbo},
                          {"reconstruction", two_decimals(e.terms.reconstruction), judged && e.terms.reconstruction == reconstruction},
                          {"KL", prior ? two_decimals(e.terms.kl) : "–", false},
                          {"active units", fmt::format("{} of {}", e.active_units, all[i].run.model->latent()), false}};
    if (!same_nats) columns[i].numbers.push_back({"nats of", likelihood_text(all[i].config()), false});
  }
}

Json json_of(const Compared& c, const std::string& path) {
  const Evaluation& e = c.evaluation;
  const bool prior = c.run.model->has_prior();
  Json json = {{"run", path},
               {"model", c.config().model.name},
               {"latent", c.run.model->latent()},
               {"step", c.run.checkpoint.state.step},
               {"n", e.n},
               {"loss", e.terms.loss()},
               {"elbo", prior ? Json(e.terms.elbo()) : Json()},
               {"reconstruction", e.terms.reconstruction},
               {"kl", prior ? Json(e.terms.kl) : Json()},
               {"active_units", e.active_units}};
  add_likelihood(json, c.config());
  return json;
}

std::string text_of(const std::vector<Compared>& all, const std::vector<std::string>& names, const std::string& split) {
  std::string text;
  for (size_t i = 0; i < all.size(); ++i) {
    const LossTerms& terms = all[i].evaluation.terms;
    text += fmt::format("{}: {} ({} examples, {}) loss {:.4f}  reconstruction {:.4f}", names[i], split, all[i].evaluation.n,
                        likelihood_text(all[i].config()), terms.loss(), terms.reconstruction);
    if (all[i].run.model->has_prior()) text += fmt::format("  elbo {:.4f}  KL {:.4f}", terms.elbo(), terms.kl);
    text += fmt::format(", {} of {} units active\n", all[i].evaluation.active_units, all[i].run.model->latent());
  }
  return text;
}

/// Everything but the columns' own pictures.
CompareFigure figure_of(const std::vector<Compared>& all, const CompareOptions& options, const std::vector<std::string>& names,
                        size_t shared, size_t mapped) {
  const Dataset& data = *all.front().data;
  const bool images = data.shape.size() >= 2;
  CompareFigure f;
  f.title = fmt::format("{}: {} runs side by side", data.name, all.size());
  const std::string split = shown_split(options.split);
  f.reconstruction_caption = images ? split + " examples, reconstructions below" : "reconstructions over " + split + " (grey)";
  f.sample_caption = images ? "decoded draws of N(0, 1)" : "decoded draws of N(0, 1) over " + split + " (grey)";
  f.note = fmt::format("maps: {} of {} {} examples{}", mapped, shared, split, data.labels() ? ", coloured by label" : "");
  if (!of_the_same_rows(all)) f.note += fmt::format("; numbers: each run on its own {} rows", split);
  if (!of_the_same_nats(all)) f.note += "; losses of other likelihoods or binarising do not compare";
  if (const Column* labels = data.labels())
    for (size_t k = 0; k < labels->categories.size(); ++k)
      f.legend.emplace_back(labels->categories[k], categorical_colour(k, options.dark));
  for (size_t i = 0; i < all.size(); ++i) {
    CompareColumn column;
    column.name = names[i];
    const std::string beta =
        all[i].run.model->has_prior() ? fmt::format(", beta {:g}", all[i].run.checkpoint.state.beta) : "";  // of the KL
    column.about = fmt::format("{}, z = {}{}, {} epochs", all[i].config().model.name, all[i].run.model->latent(), beta,
                               all[i].run.checkpoint.state.epoch);
    f.columns.push_back(std::move(column));
  }
  add_numbers(all, options.split, f.columns);
  return f;
}

}  // namespace

Result<Report> compare_runs(const CompareOptions& options, std::stop_token stop) {
  ComputePool pool(options.threads);
  std::vector<Compared> all;
  for (const std::string& path : options.runs) {
    LS_TRY(Compared one, open_compared(path, options, pool, stop));
    all.push_back(std::move(one));
  }
  LS_TRY(const std::vector<uint32_t> shared, shared_rows(all, options));
  const Dataset& data = *all.front().data;
  const std::vector<std::string> names = names_of(options.runs);
  const std::vector<uint32_t> mapped = some_of(shared, kMapPoints);
  const std::vector<uint32_t> points = some_of(shared, kShownPoints);
  CompareFigure figure = figure_of(all, options, names, shared.size(), mapped.size());
  Json runs = Json::array();
  for (size_t i = 0; i < all.size(); ++i) {
    CompareColumn& column = figure.columns[i];
    LS_CHECK(draw_map(all[i], colours_of(data, mapped, options.dark), mapped, pool, stop, column));
    if (data.shape.size() >= 2)
      LS_CHECK(draw_images(all[i], one_of_each(data, shared, kShownExamples), pool, stop, column));
    else
      LS_CHECK(draw_table(all[i], colours_of(data, points, options.dark), options, points, pool, stop, column));
    runs.push_back(json_of(all[i], options.runs[i]));
  }
  FigureStyle style;
  style.width = options.width > 0 ? options.width : 260.0 + 440.0 * static_cast<double>(all.size());
  style.dark = options.dark;
  LS_CHECK(write_figure(options.out, figure, style));
  Report report;
  const std::vector<std::string> notes = notes_of(all, names, options.split);
  report.json = {{"out", options.out}, {"split", options.split}, {"runs", runs}, {"notes", notes}};
  report.text = text_of(all, names, options.split);
  for (const std::string& note : notes) report.text += note + "\n";
  report.text += options.out + "\n";
  return report;
}

Action add_compare(CLI::App& command) {
  auto o = std::make_shared<CompareOptions>();
  command.add_option("runs", o->runs, "two run directories or checkpoint files, or more")->required()->type_name("RUN...");
  command.add_option("--out", o->out, ".png, .svg or .pdf")->required()->type_name("FILE");
  command.add_option("--data", o->data, "other data of the same shape for all runs, or where their data is now")->type_name("DATA");
  command.add_option("--split", o->split, "train, heldout or test")->capture_default_str()->type_name("S");
  command.add_option("--width", o->width, "pixels, or points in SVG and PDF (default: 1140 for two runs, 440 more for each other)")
      ->check(finite_number(200.0, 8192.0));
  command.add_option("--threads", o->threads, "0: all cores")->check(whole_number(0, kMostThreads))->type_name("T");
  command.add_flag("--dark", o->dark, "light on dark");
  return [o](const CommandSettings&) -> Result<Report> {
    if (o->runs.size() < 2 || o->runs.size() > kMostCompared)
      return refused(fail(ErrorCode::invalid_argument, "{} run{} to compare, expected 2 to {}", o->runs.size(),
                          o->runs.size() == 1 ? "" : "s", kMostCompared));
    LS_USAGE(check_extension(o->out, "a figure", {"png", "svg", "pdf"}));
    LS_USAGE(check_split(o->split, false));
    std::vector<std::string> inputs = o->runs;
    inputs.push_back(o->data);
    LS_CHECK(check_output(o->out, inputs));
    SignalStop signals;
    return compare_runs(*o, signals.token());
  };
}

}  // namespace latentscape
