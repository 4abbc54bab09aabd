#include "core/train/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/rng.hpp"
#include "core/data/batches.hpp"
#include "core/nn/gradient_norm.hpp"
#include "core/train/evaluate.hpp"
#include "core/train/prepare_run.hpp"
#include "core/train/update.hpp"

namespace latentscape {

namespace {

// A state to go back to is kept this often and at each epoch's end; a later fault loses at most so many minibatches. A fault counts as
// passed when training has got so far beyond it.
constexpr uint64_t kKeepEvery = 100;
constexpr size_t kKeptTogether = size_t{1} << 16;  // numbers that one thread copies at a time
// Adam squares the gradient in single precision: beyond this the second moments overflow and training stands still.
constexpr double kLargestGradient = 1e18;
// A loss so many times that of the last good state has left all data behind; no sound run comes near.
constexpr double kExplosion = 1e6;

/// Labelled rows that join each minibatch where a classifier has labels for less than half of the rows: so many for each of the others.
/// They teach the classifier alone: in the rest of the loss a few examples met again and again would be learnt by heart.
constexpr double kLabelledAgain = 0.5;

/// What one forward and backward pass gives, besides the gradient.
struct Minibatch {
  std::vector<uint32_t> rows;
  size_t fresh = 0;  // the first of them, the epoch's own; labelled ones may follow once more
  FloatArray means;
  std::vector<float> losses, kl, weights;
  LossTerms terms;
  double norm = 0.0;  // of the gradient, before clipping
  double beta = 1.0;
};

}  // namespace

struct Trainer::Impl {
  RunConfig config;
  std::shared_ptr<const Dataset> data;
  std::shared_ptr<ComputePool> pool;
  std::shared_ptr<const ModelF> model;
  size_t train_rows = 0;
  KnownLabels labels;
  Update updates;

  TrainerState now;  // its `good` is always there
  std::vector<float> gradients;
  std::vector<double> partials;
  std::optional<EpochOrder> order;

  Workspace<float> work;
  Examples examples;
  Minibatch last;         // the one of the last step
  Minibatch next;         // the one that follows, where `computed`: its gradient is in `gradients`
  bool computed = false;  // at an epoch's end the next minibatch proves the state, so that it can be gone back to and saved alone
  EvaluationBuffers evaluation;

  bool wants_gradient() const;
  void take_rows();
  void compute_next();
  void compute_and_update();
  void add_labelled(Minibatch& batch) const;
  void forward_backward(Minibatch& batch, EarlyUpdate<float>* early);
  std::string fault_of(const Minibatch& batch) const;
  void keep();
  double live_rate_scale() const;
  void update(double norm);
  double rate_scale(const TrainerState& state) const;
  double epochs_done(const TrainerState& state) const;
  double beta_of(const TrainerState& state) const;
  bool plateau_due() const;
  Result<Evaluation> evaluate(Split split, const std::stop_token& stop);
  Status judge_plateau();
  Result<StepReport> recover(const std::string& fault);
  size_t rows_as_they_are() const { return config.jitter.any() ? 0 : last.fresh; }
};

/// Whether the parameters must wait for the whole gradient: to be clipped, or as a state to go back to, which it has to prove first.
bool Trainer::Impl::wants_gradient() const { return config.clip_norm > 0.0 || now.position == 0 || now.step % kKeepEvery == 0; }

void Trainer::Impl::take_rows() {
  const std::span<const uint32_t> epoch_rows = order->order(now.epoch).subspan(now.position);
  const auto batch_rows = epoch_rows.first(std::min<size_t>(now.batch, epoch_rows.size()));
  order->read_ahead(*data, now.position, batch_rows.size());
  next.rows.assign(batch_rows.begin(), batch_rows.end());
  next.fresh = batch_rows.size();
  add_labelled(next);
}

void Trainer::Impl::compute_next() {
  take_rows();
  forward_backward(next, nullptr);
  next.norm = gradient_norm<float>(*pool, updates.learning(gradients), partials);
  computed = true;
}

/// In one, so that the gradient need not go to memory. A faulty one breaks the state, which then goes back anyway.
void Trainer::Impl::compute_and_update() {
  take_rows();
  EarlyUpdate<float>& early =
      updates.early(live_rate_scale(), now.parameters, gradients, now.first_moments, now.second_moments, now.step + 1);
  forward_backward(next, &early);
  next.norm = early.finish(*pool);
}

/// Few labels would hardly ever be met: so many of them come again in each minibatch, drawn by seed and step.
void Trainer::Impl::add_labelled(Minibatch& batch) const {
  const std::span<const uint32_t> labelled = labels.rows();
  if (!model->classifies() || labelled.empty() || 2 * labelled.size() > train_rows) return;
  const auto count = static_cast<size_t>(std::ceil(kLabelledAgain * static_cast<double>(batch.fresh)));
  for (size_t i = 0; i < count; ++i)
    batch.rows.push_back(labelled[Rng(config.seed, RngStream::labels, now.step + 1, static_cast<uint32_t>(i))
                                      .below(static_cast<uint32_t>(labelled.size()))]);
}

void Trainer::Impl::forward_backward(Minibatch& batch, EarlyUpdate<float>* early) {
  const size_t n = batch.rows.size();
  fill_training_examples(*data, batch.rows, *model, labels, config, now.step, *pool, examples);
  batch.means.resize(n, model->latent());
  batch.losses.resize(n);
  batch.kl.resize(n);
  Pass<float> io;
  io.x = examples.x;
  io.noise = examples.noise;
  io.rows = {examples.labels, true, config.seed, now.step};
  io.population = train_rows;
  batch.beta = beta_of(now);
  io.beta = static_cast<float>(batch.beta);
  if (batch.fresh < n) {
    batch.weights.assign(n, 0.0f);
    std::fill_n(batch.weights.begin(), batch.fresh, 1.0f / static_cast<float>(batch.fresh));
    io.weights = batch.weights;
  }
  io.marginal = static_cast<float>(linear_ramp(epochs_done(now), config.marginal_epochs));
  io.encoder_gradient = config.freeze != Freeze::encoder;
  io.early = early;
  io.mean = batch.means;
  io.reconstruction = batch.losses;
  io.kl = batch.kl;
  batch.terms = model->pass(*pool, work, now.parameters, io, gradients);
  for (size_t i = 0; i < n; ++i) batch.losses[i] += batch.kl[i];
}

/// What makes a minibatch useless; empty: nothing.
std::string Trainer::Impl::fault_of(const Minibatch& batch) const {
  if (!std::isfinite(batch.terms.objective) || !std::isfinite(batch.terms.loss())) return "the loss is not finite";
  if (!std::isfinite(batch.norm)) return "the gradient is not finite";
  if (batch.norm * clip_scale(batch.norm, config.clip_norm) > kLargestGradient)
    return fmt::format("the gradient grew to {:.2g}", batch.norm);
  if (now.good_loss && batch.terms.loss() > kExplosion * std::max(1.0, std::abs(*now.good_loss)))
    return fmt::format("the loss grew to {:.2g}", batch.terms.loss());
  return "";
}

/// This state's minibatch has just proved it.
void Trainer::Impl::keep() {
  GoodState& good = *now.good;
  const size_t count = now.parameters.size();
  for (std::vector<float>* array : {&good.parameters, &good.first_moments, &good.second_moments}) array->resize(count);
  for_tiles(*pool, count, kKeptTogether, [&](size_t begin, size_t end) {
    const auto copy = [&](const std::vector<float>& from, std::vector<float>& to) {
      std::copy(from.begin() + static_cast<ptrdiff_t>(begin), from.begin() + static_cast<ptrdiff_t>(end),
                to.begin() + static_cast<ptrdiff_t>(begin));
    };
    copy(now.parameters, good.parameters);
    copy(now.first_moments, good.first_moments);
    copy(now.second_moments, good.second_moments);
  });
  good.step = now.step;
  good.epoch = now.epoch;
  good.position = now.position;
  good.plateau = now.plateau;
}

/// What schedules and recoveries make of the learning rate of the state's next minibatch: the schedule at its middle, so that neither the
/// first of a warm-up nor the last of a cosine is lost. Exactly 1 without any of them.
double Trainer::Impl::rate_scale(const TrainerState& state) const {
  const uint64_t rows = std::min<uint64_t>(state.batch, train_rows - state.position);
  const double place = (static_cast<double>(state.position) + 0.5 * static_cast<double>(rows)) / static_cast<double>(train_rows);
  const double factor =
      rate_factor(config.lr_schedule, config.warmup, static_cast<double>(state.epoch) + place, static_cast<double>(state.target_epochs));
  return factor * state.plateau.scale * state.learning_rate_scale;
}

double Trainer::Impl::epochs_done(const TrainerState& state) const {
  return static_cast<double>(state.epoch) + static_cast<double>(state.position) / static_cast<double>(train_rows);
}

double Trainer::Impl::beta_of(const TrainerState& state) const {
  return scheduled_beta(config.schedule, state.beta, config.schedule_epochs, epochs_done(state), static_cast<double>(state.target_epochs));
}

bool Trainer::Impl::plateau_due() const {
  return config.lr_schedule == RateSchedule::plateau && now.position == 0 && now.epoch > now.plateau.judged;
}

/// A live change of the learning rate scales both parts alike; unchanged, the factor is exactly 1.
double Trainer::Impl::live_rate_scale() const { return now.learning_rate / config.learning_rate * rate_scale(now); }

void Trainer::Impl::update(double norm) {
  updates.step(*pool, live_rate_scale(), now.parameters, gradients, now.first_moments, now.second_moments, now.step + 1,
               clip_scale(norm, config.clip_norm));
}

Result<Evaluation> Trainer::Impl::evaluate(Split split, const std::stop_token& stop) {
  return evaluate_with(*model, now.parameters, *data, data->ids_of(split), split, config.seed, config.binarise, *pool, evaluation, stop,
                       &labels);
}

/// Where nobody has told the held-out loss of this epoch's end.
Status Trainer::Impl::judge_plateau() {
  if (!plateau_due()) return {};
  LS_TRY(const Evaluation heldout, evaluate(Split::heldout, {}));
  judge_epoch(now.plateau, now.epoch, heldout.terms.loss(), config.patience);
  return {};
}

/// People's live settings stay; the numbers go back.
Result<StepReport> Trainer::Impl::recover(const std::string& fault) {
  const uint64_t broke_at = now.step;
  computed = false;
  ++now.attempts;
  ++now.recoveries;
  now.fault_step = std::max(now.fault_step, broke_at);
  now.learning_rate_scale /= now.attempts == 1 ? 2 : 4;
  const GoodState& good = *now.good;
  now.parameters = good.parameters;
  now.first_moments = good.first_moments;
  now.second_moments = good.second_moments;
  now.step = good.step;
  now.epoch = good.epoch;
  now.position = good.position;
  now.plateau = good.plateau;
  if (now.attempts > kMaxRecoveries)
    return fail(ErrorCode::non_finite,
                "{} at step {} of {}, after {} recoveries in a row with ever smaller steps; use a smaller learning rate, or check the data "
                "for extreme values; the state of step {} is kept",
                fault, broke_at + 1, data->name, kMaxRecoveries, now.step);
  StepReport report;
  report.step = now.step;
  report.epoch = now.epoch;
  report.samples = last.fresh;
  report.terms = last.terms;
  report.gradient_norm = last.norm;
  report.beta = last.beta;
  report.learning_rate = now.learning_rate * rate_scale(now);
  report.recovered = true;
  report.message =
      fmt::format("{} at step {}: went back to step {}, learning rate now {:g}", fault, broke_at + 1, now.step, report.learning_rate);
  return report;
}

Trainer::Trainer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Trainer::~Trainer() = default;

Result<std::unique_ptr<Trainer>> Trainer::create(RunConfig config, std::shared_ptr<const Dataset> data, std::shared_ptr<ComputePool> pool) {
  LS_TRY(PreparedRun run, prepare_run(std::move(config), *data));
  config = std::move(run.config);
  auto impl = std::make_unique<Impl>();
  impl->pool = std::move(pool);
  impl->labels = std::move(run.labels);
  impl->model = std::move(run.model);
  const std::span<const uint32_t> labelled = impl->labels.rows();
  if (config.unlabelled)
    impl->order.emplace(*data, config.seed, *config.window);
  else
    impl->order.emplace(std::vector<uint32_t>(labelled.begin(), labelled.end()), config.seed, *config.window);
  impl->train_rows = impl->order->rows();

  const size_t count = impl->model->parameter_count();
  impl->updates = Update(config, *impl->model);
  TrainerState& state = impl->now;
  state.parameters.resize(count);
  state.first_moments.assign(count, 0.0f);
  state.second_moments.assign(count, 0.0f);
  state.learning_rate = config.learning_rate;
  state.beta = config.beta;
  state.batch = config.batch;
  state.target_epochs = *config.epochs;
  impl->model->initialise(state.parameters, config.seed);
  state.good.emplace();
  impl->keep();
  impl->gradients.resize(count);
  impl->config = std::move(config);
  impl->data = std::move(data);
  return std::unique_ptr<Trainer>(new Trainer(std::move(impl)));
}

Result<StepReport> Trainer::step() {
  Impl& m = *impl_;
  FlushDenormals flush;
  LS_CHECK(m.judge_plateau());
  const bool early = !m.computed && !m.wants_gradient();
  if (early)
    m.compute_and_update();
  else if (!m.computed)
    m.compute_next();
  m.computed = false;
  std::swap(m.last, m.next);
  if (const std::string fault = m.fault_of(m.last); !fault.empty()) return m.recover(fault);
  if (m.now.step % kKeepEvery == 0 && m.now.step != m.now.good->step) {
    m.keep();
    m.now.good_loss = m.last.terms.loss();
  }
  if (!m.now.good_loss) m.now.good_loss = m.last.terms.loss();  // of the very beginning
  if (m.now.attempts > 0 && m.now.step >= m.now.fault_step + kKeepEvery) m.now.attempts = 0;
  if (!early) m.update(m.last.norm);

  StepReport report;
  report.samples = m.last.fresh;
  report.terms = m.last.terms;
  report.gradient_norm = m.last.norm;
  report.beta = m.last.beta;
  report.learning_rate = effective_learning_rate();
  m.now.position += m.last.fresh;
  ++m.now.step;
  if (m.now.position >= m.train_rows) {
    m.now.position = 0;
    ++m.now.epoch;
    report.epoch_done = true;
    m.compute_next();
    if (m.fault_of(m.next).empty()) {
      m.keep();
      m.now.good_loss = m.next.terms.loss();
    }
  }
  report.step = m.now.step;
  report.epoch = m.now.epoch;
  return report;
}

Status Trainer::set_learning_rate(double lr) {
  RunConfig changed = impl_->config;
  changed.learning_rate = lr;
  LS_CHECK(validate(changed));
  LS_CHECK(impl_->judge_plateau());  // first, so that it does not matter on which side of the evaluation a change comes
  TrainerState& now = impl_->now;
  if (now.learning_rate == lr && now.learning_rate_scale == 1.0 && now.plateau.scale == 1.0) return {};
  now.learning_rate = lr;
  now.learning_rate_scale = 1.0;  // what people ask for is what they get
  now.attempts = 0;
  now.plateau.scale = 1.0;
  now.plateau.waited = 0;
  return {};
}

Status Trainer::set_beta(double beta) {
  RunConfig changed = impl_->config;
  changed.beta = beta;
  LS_CHECK(validate(changed));
  impl_->now.beta = beta;
  impl_->computed = false;
  return {};
}

Status Trainer::set_batch(size_t batch) {
  if (batch < 1 || batch > impl_->train_rows)
    return fail(ErrorCode::invalid_argument, "batch is {}, expected 1 to {}, the train rows of {}", batch, impl_->train_rows,
                impl_->data->name);
  impl_->now.batch = batch;
  impl_->computed = false;
  return {};
}

Status Trainer::set_label(size_t row, size_t label) {
  LS_CHECK(impl_->labels.set(*impl_->data, row, label));
  impl_->now.labels_added.emplace_back(static_cast<uint32_t>(row), static_cast<uint32_t>(label));
  impl_->computed = false;
  return {};
}

Status Trainer::set_target(uint64_t epochs) {
  if (epochs < 1) return fail(ErrorCode::invalid_argument, "the target is 0 epochs, expected at least 1");
  impl_->now.target_epochs = epochs;
  impl_->computed = false;
  return {};
}

void Trainer::heldout_evaluated(double loss) {
  if (impl_->plateau_due()) judge_epoch(impl_->now.plateau, impl_->now.epoch, loss, impl_->config.patience);
}

Status Trainer::encode_rows(std::span<const uint32_t> rows, MutableFloatView means, std::span<float> losses, std::stop_token stop) {
  Impl& m = *impl_;
  const size_t latent = m.model->latent();
  if (means.rows != rows.size() || means.cols != latent || (!losses.empty() && losses.size() != rows.size()))
    return fail(ErrorCode::internal, "encode_rows: room for {} x {} means, expected {} x {}", means.rows, means.cols, rows.size(), latent);
  EvaluationBuffers& b = m.evaluation;
  if (losses.empty())
    return encode_with(*m.model, m.now.parameters, *m.data, rows, m.config.seed, m.config.binarise, *m.pool, b, stop, means, {});
  return for_evaluation_chunks(*m.model, m.now.parameters, *m.data, rows, m.config.seed, m.config.binarise, *m.pool, b, stop,
                               [&](size_t first, size_t n, const LossTerms&) {
                                 std::copy_n(b.mean.values.begin(), n * latent, means.row_data(first));
                                 for (size_t i = 0; i < n; ++i) losses[first + i] = b.reconstruction[i] + b.kl[i];
                               });
}

Result<Evaluation> Trainer::evaluate(Split split, std::stop_token stop) { return impl_->evaluate(split, stop); }

TrainerState Trainer::state() const {
  TrainerState state = impl_->now;
  if (state.good->step == state.step) state.good.reset();
  return state;
}

Status Trainer::restore(TrainerState state) {
  LS_CHECK(check_state(state, impl_->config, *impl_->model, impl_->train_rows, impl_->data->name));
  LS_TRY(KnownLabels labels, known_labels(impl_->config, *impl_->data, state.labels_added));
  impl_->labels = std::move(labels);
  impl_->now = std::move(state);
  impl_->computed = false;
  if (!impl_->now.good) {
    impl_->now.good.emplace();
    impl_->keep();
  }
  return {};
}

std::span<const uint32_t> Trainer::last_rows() const { return std::span(impl_->last.rows).first(impl_->rows_as_they_are()); }
FloatView Trainer::last_means() const { return FloatView(impl_->last.means).rows_between(0, impl_->rows_as_they_are()); }
std::span<const float> Trainer::last_losses() const { return std::span(impl_->last.losses).first(impl_->rows_as_they_are()); }
const RunConfig& Trainer::config() const { return impl_->config; }
const Dataset& Trainer::data() const { return *impl_->data; }
std::shared_ptr<const Dataset> Trainer::shared_data() const { return impl_->data; }
std::shared_ptr<const ModelF> Trainer::model() const { return impl_->model; }
std::span<const float> Trainer::parameters() const { return impl_->now.parameters; }
std::shared_ptr<ComputePool> Trainer::pool() const { return impl_->pool; }
uint64_t Trainer::step_count() const { return impl_->now.step; }
uint64_t Trainer::epoch() const { return impl_->now.epoch; }
double Trainer::epoch_progress() const { return impl_->epochs_done(impl_->now); }
size_t Trainer::train_rows() const { return impl_->train_rows; }
double Trainer::learning_rate() const { return impl_->now.learning_rate; }
double Trainer::effective_learning_rate() const { return effective_learning_rate(impl_->now); }
double Trainer::effective_learning_rate(const TrainerState& state) const { return state.learning_rate * impl_->rate_scale(state); }
double Trainer::beta() const { return impl_->now.beta; }
const KnownLabels& Trainer::labels() const { return impl_->labels; }
double Trainer::beta_in_use() const { return beta_in_use(impl_->now); }
double Trainer::beta_in_use(const TrainerState& state) const { return impl_->beta_of(state); }
size_t Trainer::batch() const { return impl_->now.batch; }

}  // namespace latentscape
