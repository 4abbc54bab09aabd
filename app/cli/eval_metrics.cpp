#include "app/cli/eval_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/data/vocabulary.hpp"
#include "core/explore/decode.hpp"
#include "core/explore/prior.hpp"
#include "core/metrics/diversity.hpp"
#include "core/metrics/knn.hpp"
#include "core/metrics/latent_statistics.hpp"
#include "core/metrics/linear_probe.hpp"
#include "core/metrics/mutual_information_gap.hpp"
#include "core/metrics/precision_recall.hpp"
#include "core/metrics/rate.hpp"
#include "core/projection/projection.hpp"
#include "core/train/evaluate.hpp"

namespace latentscape {
namespace {

constexpr size_t kInformationRows = 10'000;  // the estimate takes all pairs
constexpr size_t kSampleRows = 2'000;        // samples and examples that are compared: the same
constexpr size_t kPcaNumbers = 50'000'000;   // of train examples held at once

std::vector<int> labels_of(const Dataset& data, const std::vector<uint32_t>& rows) {
  std::vector<int> labels;
  for (const uint32_t row : rows) labels.push_back(data.label(row));
  return labels;
}

/// A seeded subset of at most `count` rows, in their order.
std::vector<uint32_t> some_of(const std::vector<uint32_t>& rows, size_t count, uint64_t seed) {
  std::vector<uint32_t> out = subset_of(rows.size(), count, seed);
  for (uint32_t& i : out) i = rows[i];
  return out;
}

/// Examples as the run reads them; word counts as shares, as they are decoded.
FloatArray examples_of(const EvalSubject& s, std::span<const uint32_t> rows) {
  Examples examples;
  fill_evaluation_examples(s.data, rows, 0, s.config().seed, s.config().binarise, s.pool, examples);
  if (s.run.model->likelihood() == LikelihoodKind::multinomial) to_shares(examples.x);
  return std::move(examples.x);
}

Status add_active_units(EvalSubject&, Report&) { return {}; }  // eval always gives them

Status add_information(EvalSubject& s, Report& report) {
  if (!s.run.model->has_prior())
    return fail(ErrorCode::unsupported, "the metric mi: an autoencoder has no posterior, so no such information is defined");
  FloatArray log_variance;
  const std::vector<uint32_t> rows = some_of(s.rows, kInformationRows, s.config().seed);
  LS_TRY(const FloatArray mean, means_of(s.run, s.data, rows, &log_variance, s.pool, s.stop));
  LS_TRY(const MutualInformation mi, mutual_information(mean, log_variance, s.config().seed, s.pool, s.stop));
  report.json["mutual_information"] = {
      {"value", mi.value}, {"cap", mi.cap}, {"n", mi.n}, {"mean_kl", mi.mean_kl}, {"aggregate_kl", mi.aggregate_kl}};
  report.text += fmt::format("mutual information {:.4f} nats ({} rows of {}; this estimate cannot exceed log {} = {:.2f})\n", mi.value,
                             mi.n, s.split_name(), mi.n, mi.cap);
  return {};
}

/// "of train", or how many of its labels were known.
std::string teachers_text(const EvalSubject& s) {
  return s.known.has_budget() ? fmt::format("the {} labelled of train", s.known.own_rows().size()) : "train";
}

Status add_knn(EvalSubject& s, Report& report) {
  LS_TRY(const FloatArray* voters, s.labelled_means());
  LS_TRY(const FloatArray* queries, s.means());
  const size_t k = std::clamp<size_t>(voters->rows, 1, kVotingNeighbours);
  LS_TRY(const KnnAccuracy knn, knn_accuracy(*voters, s.known_labels(), *queries, labels_of(s.data, s.rows), k, s.pool, s.stop));
  report.json["knn_accuracy"] = {{"k", knn.k}, {"value", knn.value}, {"n", knn.n}, {"n_labels", voters->rows}};
  report.text += fmt::format("{}-NN accuracy {:.4f} (means of {} vote for the {} means of {})\n", knn.k, knn.value, teachers_text(s), knn.n,
                             s.split_name());
  return {};
}

Status add_probe(EvalSubject& s, Report& report) {
  LS_TRY(const FloatArray* train, s.labelled_means());
  LS_TRY(const FloatArray* means, s.means());
  LS_TRY(const LinearProbe probe, fit_linear_probe(*train, s.known_labels(), s.pool, kProbePenalty, s.stop));
  LS_TRY(const ProbeAccuracy accuracy, probe_accuracy(probe, *means, labels_of(s.data, s.rows)));
  report.json["probe_accuracy"] = accuracy.value;
  report.json["probe"] = {
      {"n_train", probe.n}, {"n_labels", probe.n}, {"n", accuracy.n}, {"iterations", probe.iterations}, {"converged", probe.converged}};
  report.text += fmt::format("linear probe accuracy {:.4f} (logistic regression on {} means of train, judged on {} of {}{})\n",
                             accuracy.value, probe.n, accuracy.n, s.split_name(),
                             probe.converged ? "" : fmt::format("; not converged after {} iterations", probe.iterations));
  return {};
}

Status add_mig(EvalSubject& s, Report& report) {
  LS_TRY(const std::vector<Factor> factors, factors_of(s.data, s.rows));
  LS_TRY(const FloatArray* means, s.means());
  LS_TRY(const MutualInformationGap mig, mutual_information_gap(*means, factors));
  report.json["mig"] = mig.value;
  Json parts = Json::array();
  std::string text;
  for (const FactorGap& gap : mig.factors) {
    parts.push_back({{"name", gap.name}, {"gap", gap.value}, {"dimension", gap.best}, {"entropy", gap.entropy}});
    text += fmt::format("{}{} {:.3f} (z{})", text.empty() ? "" : ", ", gap.name, gap.value, gap.best);
  }
  report.json["mig_factors"] = std::move(parts);
  report.text += fmt::format("MIG {:.4f} ({} means of {} in {} bins): {}\n", mig.value, mig.n, s.split_name(), mig.bins, text);
  return {};
}

/// Mean squared error of the decoded means of the split, and of as many principal axes of train.
Result<std::pair<double, double>> squared_errors(EvalSubject& s, const PrincipalAxes& axes) {
  LS_TRY(const FloatArray* means, s.means());
  LS_TRY(const std::vector<int32_t> labels,
         decoding_labels(*s.run.model, s.parameters(), s.data, s.rows, s.config().seed, s.config().binarise, s.pool, s.stop));
  const LabelledRows<float> codes(*means, labels);
  Workspace<float> work;
  double model = 0.0, pca = 0.0;
  for (size_t first = 0; first < s.rows.size(); first += kEvaluationChunk) {
    const size_t n = std::min(kEvaluationChunk, s.rows.size() - first);
    const FloatArray x = examples_of(s, std::span(s.rows).subspan(first, n));
    LS_TRY(const FloatArray decoded, decode_all(*s.run.model, s.parameters(), codes.between(first, first + n), s.pool, work, s.stop));
    const double share = static_cast<double>(n) / static_cast<double>(s.rows.size());
    model += share * mean_squared_error(x, decoded);
    pca += share * mean_squared_error(x, pca_reconstruction(axes, axes.axes.rows, x));
  }
  return std::pair(model, pca);
}

Status add_rate(EvalSubject& s, Report& report) {
  if (!s.run.model->has_prior())
    return fail(ErrorCode::unsupported, "the metric rate: an autoencoder has no posterior, so its code has no length in nats");
  const Rate rate = rate_from(s.evaluation.terms, s.data.width());
  const std::vector<uint32_t> train =
      some_of(s.data.ids_of(Split::train), std::max<size_t>(1, kPcaNumbers / s.data.width()), s.config().seed);
  LS_TRY(const PrincipalAxes axes, principal_axes(examples_of(s, train), s.run.model->latent(), s.pool, s.stop));
  LS_TRY(const auto errors, squared_errors(s, axes));
  report.json["rate"] = {{"nats", rate.nats},
                         {"bits_per_dim", rate.bits_per_dimension},
                         {"code_nats", rate.code_nats},
                         {"code_bits", rate.code_bits},
                         {"squared_error", errors.first},
                         {"pca_squared_error", errors.second},
                         {"pca_components", axes.axes.rows},
                         {"n_train", train.size()},
                         {"n", s.rows.size()}};
  report.text += fmt::format(
      "rate {:.4f} nats an example ({:.5f} bits a dimension), {:.4f} nats ({:.3f} bits) of it the code; squared error {:.6f} a number, "
      "with "
      "{} principal components {:.6f} ({} examples of {}, components of {} of train)\n",
      rate.nats, rate.bits_per_dimension, rate.code_nats, rate.code_bits, errors.first, axes.axes.rows, errors.second, s.rows.size(),
      s.split_name(), train.size());
  return {};
}

/// Decoded draws of the prior, and as many examples of the split.
struct SamplesBesideData {
  FloatArray samples, data;
};

Result<SamplesBesideData> samples_beside_data(const EvalSubject& s) {
  const std::vector<uint32_t> rows = some_of(s.rows, kSampleRows, s.config().seed);
  const FloatArray z = prior_draws(rows.size(), s.run.model->latent(), s.config().seed);
  Workspace<float> work;
  SamplesBesideData both;
  const std::vector<int32_t> classes = classes_in_turn(rows.size(), *s.run.model);
  LS_TRY(both.samples, decode_all(*s.run.model, s.parameters(), {z, classes}, s.pool, work, s.stop));
  both.data = examples_of(s, rows);
  return both;
}

Status add_precision(EvalSubject& s, Report& report) {
  LS_TRY(const SamplesBesideData both, samples_beside_data(s));
  LS_TRY(const PrecisionRecall p, precision_recall(both.samples, both.data, s.pool, kManifoldNeighbours, s.stop));
  report.json["precision"] = {{"precision", p.precision}, {"recall", p.recall}, {"k", p.k}, {"n", p.data}};
  report.text += fmt::format(
      "precision {:.4f}, recall {:.4f} (k = {}, {} decoded draws of the prior beside as many examples of {}, distances of the numbers "
      "themselves)\n",
      p.precision, p.recall, p.k, p.samples, s.split_name());
  return {};
}

Status add_diversity(EvalSubject& s, Report& report) {
  LS_TRY(const SamplesBesideData both, samples_beside_data(s));
  LS_TRY(const Diversity d, sample_diversity(both.samples, both.data, s.pool, kManifoldNeighbours, s.stop));
  report.json["diversity"] = {
      {"precision", d.precision},       {"recall", d.recall}, {"k", d.k}, {"nearest_sample", d.nearest_sample}, {"samples", d.samples},
      {"nearest_data", d.nearest_data}, {"n", d.data}};
  report.text += fmt::format(
      "diversity: a sample's nearest other at {:.4f}, within the data {:.4f}; precision {:.4f}, recall {:.4f} (k = {}, {} decoded draws of "
      "the prior beside {} examples of {}, distances of the numbers themselves)\n",
      d.nearest_sample, d.nearest_data, d.precision, d.recall, d.k, d.samples, d.data, s.split_name());
  return {};
}

Status add_auroc(EvalSubject& s, Report& report) {
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(s.everything, std::string(s.split_name())));
  LS_TRY(const std::vector<int> marks, outlier_marks(s.everything, rows, s.truth));
  LS_TRY(const AnomalyScores scores, scores_of_rows(s.run, s.everything, rows, s.pool, s.stop));
  LS_TRY(const Auroc value, auroc_of(scores.score, marks));
  report.json["auroc"] = value.value;
  report.json["auroc_counts"] = {{"normal", value.negatives}, {"outliers", value.positives}};
  report.text += fmt::format("AUROC {:.4f} (anomaly scores of {} outliers and {} normal examples of {})\n", value.value, value.positives,
                             value.negatives, s.split_name());
  return {};
}

constexpr std::array kMetrics = {
    EvalMetric{"au", "active_units", "active units", false, false, add_active_units},
    EvalMetric{"mi", "mutual_information", "mutual information", false, false, add_information},
    EvalMetric{"knn", "knn_accuracy", "5-NN accuracy", true, true, add_knn},
    EvalMetric{"probe", "probe_accuracy", "linear probe accuracy", true, true, add_probe},
    EvalMetric{"mig", "mig", "mutual information gap", false, false, add_mig},
    EvalMetric{"rate", "rate", "nats and bits, beside PCA", false, false, add_rate},
    EvalMetric{"precision", "precision", "and recall of samples", false, false, add_precision},
    EvalMetric{"diversity", "diversity", "of samples", false, false, add_diversity},
    EvalMetric{"auroc", "auroc", "of anomaly scores, with --normal or --outlier", false, false, add_auroc},
};

}  // namespace

Result<const FloatArray*> EvalSubject::means() {
  if (!means_) {
    LS_TRY(means_, means_of(run, data, rows, nullptr, pool, stop));
  }
  return &*means_;
}

Result<const FloatArray*> EvalSubject::labelled_means() {
  if (!labelled_means_) {
    const auto own = known.own_rows();
    LS_TRY(labelled_means_, means_of(run, data, {own.begin(), own.end()}, nullptr, pool, stop));
  }
  return &*labelled_means_;
}

std::vector<int> EvalSubject::known_labels() const {
  std::vector<int> labels;
  for (const uint32_t row : known.own_rows()) labels.push_back(known.label(row));
  return labels;
}

std::span<const EvalMetric> eval_metrics() { return kMetrics; }

}  // namespace latentscape
