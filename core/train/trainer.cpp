#include "core/train/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/data/batches.hpp"
#include "core/nn/adam.hpp"
#include "core/train/evaluate.hpp"

namespace latentscape {

namespace {

// A state to go back to is kept this often; a later fault loses at most so many minibatches.
constexpr uint64_t kKeepEvery = 100;
// Recoveries in a row, without getting past the place of the fault, before giving up.
constexpr uint64_t kMaxAttempts = 10;

Status check_unit_range(const Dataset& data) {
  const auto* values = std::get_if<std::vector<float>>(&data.values);
  if (!values) return {};
  for (size_t i = 0; i < values->size(); ++i)
    if (!((*values)[i] >= 0.0f && (*values)[i] <= 1.0f))
      return fail(ErrorCode::invalid_argument,
                  "{}: row {}, number {} is {}, the bernoulli likelihood and binarising need numbers from 0 to 1; use likelihood=gaussian",
                  data.name, i / data.width(), i % data.width(), (*values)[i]);
  return {};
}

Status check_data(const RunConfig& config, const Dataset& data, size_t train_rows) {
  if (train_rows == 0) return fail(ErrorCode::invalid_argument, "{} has no train rows", data.name);
  if (config.batch > train_rows)
    return fail(ErrorCode::invalid_argument, "batch is {}, larger than the {} train rows of {}", config.batch, train_rows, data.name);
  if (config.model.likelihood == LikelihoodKind::bernoulli || config.binarise != Binarise::none) return check_unit_range(data);
  return {};
}

}  // namespace

struct Trainer::Impl {
  RunConfig config;
  std::shared_ptr<const Dataset> data;
  std::shared_ptr<ComputePool> pool;
  std::shared_ptr<const ModelF> model;
  size_t train_rows = 0;
  size_t encoder_size = 0;  // parameters [0, encoder_size) learn at the encoder's rate

  TrainerState now;
  TrainerState good;      // the last state whose loss and gradient were seen to be finite
  uint64_t attempts = 0;  // recoveries since training last got past `fault_step`
  uint64_t fault_step = 0;
  std::vector<float> gradients;
  std::vector<double> partials;
  std::optional<EpochOrder> order;

  Workspace<float> work;
  Examples examples;
  std::vector<uint32_t> rows;
  FloatArray means;
  std::vector<float> losses, kl;
  EvaluationBuffers evaluation;

  void take_rows();
  LossTerms forward_backward();
  void update(double norm);
  Result<StepReport> recover(const LossTerms& terms, double norm);
};

void Trainer::Impl::take_rows() {
  const std::span<const uint32_t> epoch_rows = order->order(now.epoch).subspan(now.position);
  const auto batch_rows = epoch_rows.first(std::min<size_t>(now.batch, epoch_rows.size()));
  rows.assign(batch_rows.begin(), batch_rows.end());
}

LossTerms Trainer::Impl::forward_backward() {
  fill_training_examples(*data, rows, model->latent(), config.seed, config.binarise, now.step, *pool, examples);
  means.resize(rows.size(), model->latent());
  losses.resize(rows.size());
  kl.resize(rows.size());
  Pass<float> io;
  io.x = examples.x;
  io.noise = examples.noise;
  io.beta = static_cast<float>(now.beta);
  io.mean = means;
  io.reconstruction = losses;
  io.kl = kl;
  const LossTerms terms = model->pass(*pool, work, now.parameters, io, gradients);
  for (size_t i = 0; i < losses.size(); ++i) losses[i] += kl[i];
  return terms;
}

void Trainer::Impl::update(double norm) {
  // A live change of the learning rate scales both parts alike; unchanged, the factor is exactly 1.
  const double live = now.learning_rate / config.learning_rate * now.learning_rate_scale;
  const RateRange ranges[] = {{0, encoder_size, config.learning_rate_encoder.value_or(config.learning_rate) * live},
                              {encoder_size, now.parameters.size(), config.learning_rate_decoder.value_or(config.learning_rate) * live}};
  adam_step<float>(*pool, ranges, now.parameters, gradients, now.adam_mean, now.adam_variance, now.step + 1,
                   clip_scale(norm, config.clip_norm));
}

Result<StepReport> Trainer::Impl::recover(const LossTerms& terms, double norm) {
  const uint64_t broke_at = now.step;
  attempts = broke_at <= fault_step && attempts > 0 ? attempts + 1 : 1;
  fault_step = std::max(fault_step, broke_at);
  // People's live settings stay; the numbers go back.
  TrainerState back = good;
  back.recoveries = now.recoveries + 1;
  back.learning_rate = now.learning_rate;
  back.beta = now.beta;
  back.batch = now.batch;
  back.learning_rate_scale = now.learning_rate_scale / 2;
  now = std::move(back);
  const std::string_view what = std::isfinite(terms.objective) ? "gradient" : "loss";
  if (attempts > kMaxAttempts)
    return fail(ErrorCode::non_finite,
                "the {} is not finite at step {} of {} after {} recoveries with ever smaller steps; check the data for values that are not "
                "finite, or use a smaller learning rate; the state of step {} is kept",
                what, broke_at + 1, data->name, kMaxAttempts, now.step);
  StepReport report;
  report.step = now.step;
  report.epoch = now.epoch;
  report.samples = rows.size();
  report.terms = terms;
  report.gradient_norm = norm;
  report.recovered = true;
  report.message = fmt::format("the {} was not finite at step {}: went back to step {}, learning rate now {:g}", what, broke_at + 1,
                               now.step, now.learning_rate * now.learning_rate_scale);
  return report;
}

Trainer::Trainer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Trainer::~Trainer() = default;

Result<std::unique_ptr<Trainer>> Trainer::create(RunConfig config, std::shared_ptr<const Dataset> data, std::shared_ptr<ComputePool> pool) {
  auto impl = std::make_unique<Impl>();
  impl->order.emplace(*data, config.seed);
  impl->train_rows = impl->order->rows();
  if (!config.likelihood_given)
    config.model.likelihood = data->kind == DataKind::image ? LikelihoodKind::bernoulli : LikelihoodKind::gaussian;
  if (!config.batch_given) config.batch = std::max<size_t>(1, std::min(config.batch, impl->train_rows));
  LS_CHECK(validate(config));
  LS_CHECK(check_data(config, *data, impl->train_rows));
  LS_TRY(impl->model, make_model(config.model, data->shape));

  const size_t count = impl->model->parameter_count();
  for (const ParameterBlock& block : impl->model->blocks())
    if (block.of_encoder) impl->encoder_size = std::max(impl->encoder_size, block.offset + block.size);
  TrainerState& state = impl->now;
  state.parameters.resize(count);
  state.adam_mean.assign(count, 0.0f);
  state.adam_variance.assign(count, 0.0f);
  state.learning_rate = config.learning_rate;
  state.beta = config.beta;
  state.batch = config.batch;
  impl->model->initialise(state.parameters, config.seed);
  impl->good = state;
  impl->gradients.resize(count);
  impl->config = std::move(config);
  impl->data = std::move(data);
  impl->pool = std::move(pool);
  return std::unique_ptr<Trainer>(new Trainer(std::move(impl)));
}

Result<StepReport> Trainer::step() {
  Impl& m = *impl_;
  FlushDenormals flush;
  m.take_rows();
  const LossTerms terms = m.forward_backward();
  const double norm = gradient_norm<float>(*m.pool, m.gradients, m.partials);
  if (!std::isfinite(terms.objective) || !std::isfinite(terms.loss()) || !std::isfinite(norm)) return m.recover(terms, norm);
  if (m.now.step % kKeepEvery == 0 && m.now.step != m.good.step) m.good = m.now;  // this minibatch has just proved it
  m.update(norm);
  if (m.attempts > 0 && m.now.step > m.fault_step) m.attempts = 0;

  StepReport report;
  report.samples = m.rows.size();
  report.terms = terms;
  report.gradient_norm = norm;
  m.now.position += m.rows.size();
  if (m.now.position >= m.train_rows) {
    m.now.position = 0;
    ++m.now.epoch;
    report.epoch_done = true;
  }
  report.step = ++m.now.step;
  report.epoch = m.now.epoch;
  return report;
}

Status Trainer::set_learning_rate(double lr) {
  RunConfig changed = impl_->config;
  changed.learning_rate = lr;
  LS_CHECK(validate(changed));
  impl_->now.learning_rate = lr;
  return {};
}

Status Trainer::set_beta(double beta) {
  RunConfig changed = impl_->config;
  changed.beta = beta;
  LS_CHECK(validate(changed));
  impl_->now.beta = beta;
  return {};
}

Status Trainer::set_batch(size_t batch) {
  if (batch < 1 || batch > impl_->train_rows)
    return fail(ErrorCode::invalid_argument, "batch is {}, expected 1 to {}, the train rows of {}", batch, impl_->train_rows,
                impl_->data->name);
  impl_->now.batch = batch;
  return {};
}

Status Trainer::encode_rows(std::span<const uint32_t> rows, MutableFloatView means, std::span<float> losses, std::stop_token stop) {
  Impl& m = *impl_;
  const size_t latent = m.model->latent();
  if (means.rows != rows.size() || means.cols != latent || (!losses.empty() && losses.size() != rows.size()))
    return fail(ErrorCode::internal, "encode_rows: room for {} x {} means, expected {} x {}", means.rows, means.cols, rows.size(), latent);
  EvaluationBuffers& b = m.evaluation;
  return for_evaluation_chunks(*m.model, m.now.parameters, *m.data, rows, m.config.seed, m.config.binarise, *m.pool, b, stop,
                               [&](size_t first, size_t n, const LossTerms&) {
                                 std::copy_n(b.mean.values.begin(), n * latent, means.row_data(first));
                                 for (size_t i = 0; !losses.empty() && i < n; ++i) losses[first + i] = b.reconstruction[i] + b.kl[i];
                               });
}

Result<Evaluation> Trainer::evaluate(Split split, std::stop_token stop) {
  Impl& m = *impl_;
  return evaluate_with(*m.model, m.now.parameters, *m.data, m.data->ids_of(split), split, m.config.seed, m.config.binarise, *m.pool,
                       m.evaluation, stop);
}

TrainerState Trainer::state() const { return impl_->now; }

Status Trainer::restore(TrainerState state) {
  Impl& m = *impl_;
  const size_t count = m.model->parameter_count();
  for (const auto& [what, size] : {std::pair<const char*, size_t>("parameters", state.parameters.size()),
                                   {"first moments of adam", state.adam_mean.size()},
                                   {"second moments of adam", state.adam_variance.size()}})
    if (size != count)
      return fail(ErrorCode::invalid_argument, "the state has {} {}, the model '{}' of this run has {}", size, what, m.config.model.name,
                  count);
  if (state.batch < 1 || state.batch > m.train_rows)
    return fail(ErrorCode::invalid_argument, "the state has a batch of {}, expected 1 to {}, the train rows of {}", state.batch,
                m.train_rows, m.data->name);
  if (state.position >= m.train_rows)
    return fail(ErrorCode::invalid_argument, "the state is at example {} of its epoch, {} has {} train rows", state.position, m.data->name,
                m.train_rows);
  RunConfig live = m.config;
  live.learning_rate = state.learning_rate;
  live.beta = state.beta;
  LS_CHECK(validate(live).context("the state's live settings"));
  if (!(state.learning_rate_scale > 0.0 && state.learning_rate_scale <= 1.0))
    return fail(ErrorCode::invalid_argument, "the state has a learning rate scale of {}, expected above 0 and at most 1",
                state.learning_rate_scale);
  m.now = std::move(state);
  m.good = m.now;
  m.attempts = 0;
  m.fault_step = 0;
  return {};
}

std::span<const uint32_t> Trainer::last_rows() const { return impl_->rows; }
FloatView Trainer::last_means() const { return impl_->means; }
std::span<const float> Trainer::last_losses() const { return impl_->losses; }
const RunConfig& Trainer::config() const { return impl_->config; }
const Dataset& Trainer::data() const { return *impl_->data; }
std::shared_ptr<const Dataset> Trainer::shared_data() const { return impl_->data; }
std::shared_ptr<const ModelF> Trainer::model() const { return impl_->model; }
std::span<const float> Trainer::parameters() const { return impl_->now.parameters; }
std::shared_ptr<ComputePool> Trainer::pool() const { return impl_->pool; }
uint64_t Trainer::step_count() const { return impl_->now.step; }
uint64_t Trainer::epoch() const { return impl_->now.epoch; }
double Trainer::epoch_progress() const {
  return static_cast<double>(impl_->now.epoch) + static_cast<double>(impl_->now.position) / static_cast<double>(impl_->train_rows);
}
size_t Trainer::train_rows() const { return impl_->train_rows; }
double Trainer::learning_rate() const { return impl_->now.learning_rate; }
double Trainer::beta() const { return impl_->now.beta; }
size_t Trainer::batch() const { return impl_->now.batch; }

}  // namespace latentscape
