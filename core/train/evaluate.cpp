#include "core/train/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/likeliest.hpp"
#include "core/data/batches.hpp"
#include "core/metrics/knn.hpp"

namespace latentscape {

namespace {

constexpr double kActiveVariance = 0.01;  // Burda, Grosse & Salakhutdinov, "Importance weighted autoencoders", 2016

int32_t likeliest_class(const EvaluationBuffers& b, size_t row) { return static_cast<int32_t>(likeliest(b.class_probabilities.row(row))); }

Error stopped(std::string_view what) { return fail(ErrorCode::cancelled, "{} was stopped", what); }

Status check_fit(const ModelF& model, std::span<const float> parameters, const Dataset& data, std::span<const uint32_t> rows) {
  if (model.width() != data.width())
    return fail(ErrorCode::invalid_argument, "the model reads {} numbers an example, {} has {}", model.width(), data.name, data.width());
  if (parameters.size() != model.parameter_count())
    return fail(ErrorCode::invalid_argument, "got {} parameters, the model has {}", parameters.size(), model.parameter_count());
  for (uint32_t row : rows)
    if (row >= data.rows) return fail(ErrorCode::invalid_argument, "row {} is not in {}, which has {} rows", row, data.name, data.rows);
  return {};
}

/// The chunk after the one that begins at `first`, so that mapped rows are there when it comes.
void next_ahead(const Dataset& data, std::span<const uint32_t> rows, size_t first) {
  const size_t begin = first == 0 ? 0 : std::min(rows.size(), first + kEvaluationChunk);
  read_ahead(data, rows.subspan(begin, std::min(rows.size(), first + 2 * kEvaluationChunk) - begin));
}

/// M1's classifier: the labelled neighbours of the posterior means in b.means vote. Rows whose label is known are not judged.
Result<std::optional<double>> neighbours_accuracy(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                                  std::span<const uint32_t> rows, uint64_t seed, Binarise binarise, ComputePool& pool,
                                                  EvaluationBuffers& b, const std::stop_token& stop, const KnownLabels& known) {
  std::vector<int> asked, votes;
  for (const uint32_t row : rows) asked.push_back(known.label(row) < 0 ? data.label(row) : -1);
  for (const uint32_t row : known.own_rows()) votes.push_back(known.label(row));
  if (std::all_of(asked.begin(), asked.end(), [](int label) { return label < 0; })) return std::optional<double>();
  b.voters.resize(votes.size(), model.latent());
  LS_CHECK(encode_with(model, parameters, data, known.own_rows(), seed, binarise, pool, b, stop, b.voters, {}));
  LS_TRY(const KnnAccuracy knn, knn_accuracy(b.voters, votes, b.means, asked, std::min(kVotingNeighbours, votes.size()), pool, stop));
  return std::optional<double>(knn.value);
}

}  // namespace

std::optional<double> Evaluation::perplexity() const {
  if (words <= 0.0) return std::nullopt;
  return std::exp(terms.loss() * static_cast<double>(n) / words);
}

Status for_evaluation_chunks(const ModelF& model, std::span<const float> parameters, const Dataset& data, std::span<const uint32_t> rows,
                             uint64_t seed, Binarise binarise, ComputePool& pool, EvaluationBuffers& b, const std::stop_token& stop,
                             const std::function<void(size_t first, size_t n, const LossTerms&)>& take) {
  LS_CHECK(check_fit(model, parameters, data, rows));
  FlushDenormals flush;
  for (size_t first = 0; first < rows.size(); first += kEvaluationChunk) {
    if (stop.stop_requested()) return stopped("the evaluation");
    const auto ids = rows.subspan(first, std::min(kEvaluationChunk, rows.size() - first));
    next_ahead(data, rows, first);
    fill_evaluation_examples(data, ids, model.latent(), seed, binarise, pool, b.examples);
    b.mean.resize(ids.size(), model.latent());
    b.reconstruction.resize(ids.size());
    b.kl.resize(ids.size());
    b.kl_per_dimension.resize(model.latent());
    Pass<float> io;
    io.x = b.examples.x;
    io.noise = b.examples.noise;
    io.rows.labels = labels_read(model, b.examples);
    io.mean = b.mean;
    io.reconstruction = b.reconstruction;
    io.kl = b.kl;
    io.kl_per_dimension = b.kl_per_dimension;
    if (model.classifies()) {
      b.class_probabilities.resize(ids.size(), model.classes());
      io.class_probabilities = b.class_probabilities;
    }
    take(first, ids.size(), model.pass(pool, b.work, parameters, io, {}));
  }
  return {};
}

Result<Evaluation> evaluate_with(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                 std::span<const uint32_t> rows, Split split, uint64_t seed, Binarise binarise, ComputePool& pool,
                                 EvaluationBuffers& b, const std::stop_token& stop, const KnownLabels* known) {
  if (rows.empty()) return fail(ErrorCode::invalid_argument, "{} has no {} rows to evaluate", data.name, to_string(split));
  Evaluation e;
  e.split = split;
  e.n = rows.size();
  e.kl_per_dimension.assign(model.latent(), 0.0);
  std::vector<double> sum(model.latent(), 0.0), squares(model.latent(), 0.0);
  size_t judged = 0, right = 0;
  const bool by_neighbours = known && known->has_budget() && !model.classifies() && !model.encodes_labels();
  if (by_neighbours) b.means.resize(rows.size(), model.latent());
  LS_CHECK(for_evaluation_chunks(model, parameters, data, rows, seed, binarise, pool, b, stop,
                                 [&](size_t first, size_t n, const LossTerms& terms) {
                                   const double weight = static_cast<double>(n);
                                   if (model.likelihood() == LikelihoodKind::multinomial)
                                     e.words = std::accumulate(b.examples.x.values.begin(), b.examples.x.values.end(), e.words);
                                   if (by_neighbours) std::copy_n(b.mean.values.begin(), n * model.latent(), b.means.row_data(first));
                                   for (size_t i = 0; i < n && model.classifies(); ++i) {
                                     if (b.examples.labels[i] < 0) continue;
                                     ++judged;
                                     right += likeliest_class(b, i) == b.examples.labels[i];
                                   }
                                   e.terms.reconstruction += weight * terms.reconstruction;
                                   e.terms.kl += weight * terms.kl;
                                   for (size_t j = 0; j < sum.size(); ++j) {
                                     e.kl_per_dimension[j] += weight * static_cast<double>(b.kl_per_dimension[j]);
                                     for (size_t i = 0; i < n; ++i) {
                                       const double m = static_cast<double>(b.mean(i, j));
                                       sum[j] += m;
                                       squares[j] += m * m;
                                     }
                                   }
                                 }));
  if (judged > 0) e.accuracy = static_cast<double>(right) / static_cast<double>(judged);
  if (by_neighbours) {
    LS_TRY(e.accuracy, neighbours_accuracy(model, parameters, data, rows, seed, binarise, pool, b, stop, *known));
  }
  const double n = static_cast<double>(rows.size());
  e.terms.reconstruction /= n;
  e.terms.kl /= n;
  for (size_t j = 0; j < sum.size(); ++j) {
    e.kl_per_dimension[j] /= n;
    const double mean = sum[j] / n;
    if (squares[j] / n - mean * mean > kActiveVariance) ++e.active_units;
  }
  return e;
}

Result<Evaluation> evaluate_rows(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                 std::span<const uint32_t> rows, Split split, uint64_t seed, Binarise binarise, ComputePool& pool,
                                 std::stop_token stop, const KnownLabels* known) {
  EvaluationBuffers buffers;
  return evaluate_with(model, parameters, data, rows, split, seed, binarise, pool, buffers, stop, known);
}

Result<std::vector<int32_t>> decoding_labels(const ModelF& model, std::span<const float> parameters, const Dataset& data,
                                             std::span<const uint32_t> rows, uint64_t seed, Binarise binarise, ComputePool& pool,
                                             const std::stop_token& stop) {
  std::vector<int32_t> labels;
  if (!model.decodes_labels()) return labels;
  LS_CHECK(check_fit(model, parameters, data, rows));
  EvaluationBuffers b;
  for (size_t first = 0; first < rows.size(); first += kEvaluationChunk) {
    if (stop.stop_requested()) return stopped("classifying");
    const auto ids = rows.subspan(first, std::min(kEvaluationChunk, rows.size() - first));
    next_ahead(data, rows, first);
    fill_evaluation_examples(data, ids, 0, seed, binarise, pool, b.examples);
    if (model.classifies()) {
      b.class_probabilities.resize(ids.size(), model.classes());
      model.classify(pool, b.work, parameters, b.examples.x, b.class_probabilities);
    }
    for (size_t i = 0; i < ids.size(); ++i) labels.push_back(model.classifies() ? likeliest_class(b, i) : b.examples.labels[i]);
  }
  return labels;
}

Status encode_with(const ModelF& model, std::span<const float> parameters, const Dataset& data, std::span<const uint32_t> rows,
                   uint64_t seed, Binarise binarise, ComputePool& pool, EvaluationBuffers& b, const std::stop_token& stop,
                   MutableFloatView mean, MutableFloatView log_variance) {
  LS_CHECK(check_fit(model, parameters, data, rows));
  FlushDenormals flush;
  for (size_t first = 0; first < rows.size(); first += kEvaluationChunk) {
    if (stop.stop_requested()) return stopped("encoding");
    const size_t end = std::min(rows.size(), first + kEvaluationChunk);
    next_ahead(data, rows, first);
    fill_evaluation_examples(data, rows.subspan(first, end - first), 0, seed, binarise, pool, b.examples);  // no z, no noise
    const MutableFloatView log_variances = log_variance.data ? log_variance.rows_between(first, end) : MutableFloatView();
    model.encode(pool, b.work, parameters, {b.examples.x, labels_read(model, b.examples)}, mean.rows_between(first, end), log_variances);
  }
  return {};
}

Status encode_dataset(const ModelF& model, std::span<const float> parameters, const Dataset& data, std::span<const uint32_t> rows,
                      uint64_t seed, Binarise binarise, FloatArray& mean, FloatArray* log_variance, ComputePool& pool,
                      std::stop_token stop) {
  EvaluationBuffers buffers;
  mean.resize(rows.size(), model.latent());
  if (log_variance) log_variance->resize(rows.size(), model.latent());
  return encode_with(model, parameters, data, rows, seed, binarise, pool, buffers, stop, mean,
                     log_variance ? MutableFloatView(*log_variance) : MutableFloatView());
}

}  // namespace latentscape
