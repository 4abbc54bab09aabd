#include "core/session/explore_workers.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/likeliest.hpp"
#include "core/neighbours/exact.hpp"
#include "core/session/manifold_rule.hpp"
#include "core/session/no_memory.hpp"
#include "core/train/examples.hpp"

namespace latentscape {

namespace {

constexpr size_t kClassNeighbours = 50;
constexpr size_t kDecodeRows = 128;  // between two looks at the stop token
constexpr size_t kDataRows = 2048;   // rows of data space looked at together
constexpr int kBehindTheProbe = 3;   // steps of priority

/// What one worker thread needs to run passes by itself.
struct Bench {
  ComputePool pool{1};
  Workspace<float> work;
};

/// The newest run with weights, or nothing.
struct Source {
  std::shared_ptr<const Published> published;
  const OpenedRun* run = nullptr;
  const ModelWeights* weights = nullptr;
  std::shared_ptr<const LatentFrame> frame;
};

Source newest(const SessionState& state) {
  Source s;
  s.published = state.published.latest();
  if (!s.published || !s.published->run || !s.published->snapshot) return s;
  s.run = s.published->run.get();
  s.weights = s.published->snapshot->weights.get();
  s.frame = s.published->snapshot->latents;
  return s;
}

void look_around(ProbeAnswer& answer, const Source& source, Bench& bench, ManifoldRule& rule, std::stop_token stop) {
  const FloatArray& means = source.frame->means;
  const size_t k = std::min(kClassNeighbours, means.rows);
  if (k == 0) return;
  auto lists = exact_neighbours(means, FloatView(answer.z.data(), 1, answer.z.size()), k, bench.pool, stop);
  if (!lists.ok()) return;  // latents that are not finite: no claim is made
  answer.nearest = lists->ids(0, 0);
  answer.nearest_distance = std::sqrt(static_cast<double>(lists->squared_distances(0, 0)));
  answer.manifold_radius = rule.radius(source.frame, bench.pool, stop);
  answer.on_manifold = answer.nearest_distance <= answer.manifold_radius;
  const size_t classes = source.run->data->classes();
  if (classes == 0) return;
  answer.class_shares.assign(classes, 0.0f);
  for (size_t i = 0; i < k; ++i) {
    const int label = source.frame->points->labels[lists->ids(0, i)];
    if (label >= 0) answer.class_shares[static_cast<size_t>(label)] += 1.0f / static_cast<float>(k);
  }
}

/// Requests may be older than the model.
int32_t known_class(const ModelF& model, int32_t label) { return label >= 0 && static_cast<size_t>(label) < model.classes() ? label : 0; }

std::shared_ptr<const ProbeAnswer> answer_probe(const SessionState& state, const ProbeRequest& request, Bench& bench, ManifoldRule& rule,
                                                std::stop_token stop) {
  const Source source = newest(state);
  if (!source.weights || request.z.size() != source.weights->model->latent()) return nullptr;
  const ModelF& model = *source.weights->model;
  auto answer = std::make_shared<ProbeAnswer>();
  answer->revision = source.weights->revision;
  answer->tag = request.tag;
  answer->z = request.z;
  answer->x.resize(model.width());
  const int32_t label[] = {known_class(model, request.label)};
  model.decode(bench.pool, bench.work, source.weights->parameters, {FloatView(answer->z.data(), 1, answer->z.size()), label},
               MutableFloatView(answer->x.data(), 1, answer->x.size()));
  if (source.frame) look_around(*answer, source, bench, rule, stop);
  return answer;
}

std::shared_ptr<const GridAnswer> answer_grid(const SessionState& state, const GridRequest& request, Bench& bench, std::stop_token stop) {
  const Source source = newest(state);
  if (!source.weights || request.z.cols != source.weights->model->latent()) return nullptr;
  const ModelF& model = *source.weights->model;
  auto answer = std::make_shared<GridAnswer>();
  answer->revision = source.weights->revision;
  answer->tag = request.tag;
  answer->z = request.z;
  answer->labels = request.labels;
  answer->labels.resize(request.z.rows, 0);
  for (int32_t& label : answer->labels) label = known_class(model, label);
  answer->x.resize(request.z.rows, model.width());
  for (size_t begin = 0; begin < request.z.rows; begin += kDecodeRows) {
    if (stop.stop_requested()) return nullptr;
    const size_t end = std::min(begin + kDecodeRows, request.z.rows);
    const LabelledRows<float> z(answer->z, answer->labels);
    model.decode(bench.pool, bench.work, source.weights->parameters, z.between(begin, end),
                 MutableFloatView(answer->x).rows_between(begin, end));
  }
  return answer;
}

/// The rows behind the nearest of `points`, without `self`, nearest first.
void append_neighbours(std::vector<std::pair<float, uint32_t>>& best, const NeighbourLists& lists, std::span<const uint32_t> rows,
                       uint32_t self) {
  for (size_t i = 0; i < lists.ids.cols; ++i)
    if (const uint32_t row = rows[lists.ids(0, i)]; row != self) best.emplace_back(lists.squared_distances(0, i), row);
}

std::vector<uint32_t> first_rows(std::vector<std::pair<float, uint32_t>> best, size_t count) {
  std::sort(best.begin(), best.end());
  best.resize(std::min(best.size(), count));
  std::vector<uint32_t> rows;
  for (const auto& entry : best) rows.push_back(entry.second);
  return rows;
}

std::vector<uint32_t> latent_neighbours(const Source& source, const Inspection& about, size_t count, Bench& bench, std::stop_token stop) {
  const FloatArray& means = source.frame->means;
  const size_t k = std::min(count + 1, means.rows);
  auto lists = exact_neighbours(means, FloatView(about.mean.data(), 1, about.mean.size()), k, bench.pool, stop);
  if (!lists.ok()) return {};
  std::vector<std::pair<float, uint32_t>> best;
  append_neighbours(best, *lists, source.frame->points->ids, about.row);
  return first_rows(std::move(best), count);
}

std::vector<uint32_t> input_neighbours(const Source& source, const Inspection& about, size_t count, Bench& bench, std::stop_token stop) {
  const Dataset& data = *source.run->data;
  if (data.mapped()) return {};  // all of the disk's rows for one click
  const std::span<const uint32_t> ids = source.frame->points->ids;
  std::vector<std::pair<float, uint32_t>> best;
  for (size_t begin = 0; begin < ids.size(); begin += kDataRows) {
    if (stop.stop_requested()) return {};
    const auto rows = ids.subspan(begin, std::min(kDataRows, ids.size() - begin));
    const FloatArray chunk = data.gather(rows);
    auto lists = exact_neighbours(chunk, FloatView(about.original.data(), 1, about.original.size()), std::min(count + 1, rows.size()),
                                  bench.pool, stop);
    if (!lists.ok()) return {};
    append_neighbours(best, *lists, rows, about.row);
  }
  return first_rows(std::move(best), count);
}

std::shared_ptr<const Inspection> answer_inspect(const SessionState& state, const InspectRequest& request, Bench& bench,
                                                 std::stop_token stop) {
  const Source source = newest(state);
  if (!source.weights || request.row >= source.run->data->rows) return nullptr;
  const ModelF& model = *source.weights->model;
  const std::span<const float> parameters = source.weights->parameters;
  auto about = std::make_shared<Inspection>();
  about->revision = source.weights->revision;
  about->tag = request.tag;
  about->row = request.row;
  about->original.resize(model.width());
  source.run->data->copy_row(request.row, about->original.data());
  const RunConfig& config = source.run->config;
  Examples read;  // what the model reads: of a binarised run the one draw a row that evaluations read too
  const uint32_t rows[] = {request.row};
  fill_evaluation_examples(*source.run->data, rows, 0, config.seed, config.binarise, bench.pool, read);
  about->mean.resize(model.latent());
  about->deviation.resize(model.latent());
  about->reconstructed.resize(model.width());

  // Without noise, z is the posterior mean.
  const std::vector<float> no_noise(model.latent(), 0.0f);
  float reconstruction = 0.0f, kl = 0.0f;
  Pass<float> pass;
  pass.x = read.x;
  pass.noise = FloatView(no_noise.data(), 1, model.latent());
  pass.mean = MutableFloatView(about->mean.data(), 1, model.latent());
  pass.log_variance = MutableFloatView(about->deviation.data(), 1, model.latent());
  pass.reconstruction = {&reconstruction, 1};
  pass.kl = {&kl, 1};
  pass.rows.labels = labels_read(model, read);
  FloatArray classes(model.classifies() ? 1 : 0, model.classes());
  if (model.classifies()) pass.class_probabilities = classes;
  model.pass(bench.pool, bench.work, parameters, pass, {});
  for (float& v : about->deviation) v = std::exp(0.5f * v);
  about->reconstruction = reconstruction;
  about->kl = kl;
  about->class_probabilities = classes.values;
  const int32_t label[] = {model.encodes_labels() ? read.labels[0] : static_cast<int32_t>(likeliest(classes.values))};
  model.decode(bench.pool, bench.work, parameters, {FloatView(about->mean.data(), 1, model.latent()), label},
               MutableFloatView(about->reconstructed.data(), 1, model.width()));
  if (source.frame && request.neighbours > 0) {
    about->latent_neighbours = latent_neighbours(source, *about, request.neighbours, bench, stop);
    about->input_neighbours = input_neighbours(source, *about, request.neighbours, bench, stop);
  }
  if (stop.stop_requested()) return nullptr;
  return about;
}

SaysNoMemory<GridRequest, GridAnswer> grid_function(SessionState& state, const char* what) {
  return {state, what, [&state, bench = std::make_shared<Bench>()](const GridRequest& request, std::stop_token stop) {
            return answer_grid(state, request, *bench, std::move(stop));
          }};
}

}  // namespace

ExploreWorkers::ExploreWorkers(SessionState& state)
    : probe(SaysNoMemory<ProbeRequest, ProbeAnswer>(
          state, "the probe",
          [&state, bench = std::make_shared<Bench>(), rule = std::make_shared<ManifoldRule>()](
              const ProbeRequest& request, std::stop_token stop) { return answer_probe(state, request, *bench, *rule, std::move(stop)); })),
      underlay(grid_function(state, "the underlay"), kBehindTheProbe),
      samples(grid_function(state, "the samples"), kBehindTheProbe),
      inspect(SaysNoMemory<InspectRequest, Inspection>(
                  state, "the inspection",
                  [&state, bench = std::make_shared<Bench>()](const InspectRequest& request, std::stop_token stop) {
                    return answer_inspect(state, request, *bench, std::move(stop));
                  }),
              kBehindTheProbe) {}

}  // namespace latentscape
