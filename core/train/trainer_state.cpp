#include "core/train/trainer_state.hpp"

#include <string_view>

namespace latentscape {

namespace {

/// A TrainerState or its GoodState.
Status check_numbers(const auto& numbers, std::string_view what, const RunConfig& config, const ModelF& model, size_t train_rows,
                     const std::string& data) {
  const size_t count = model.parameter_count();
  for (const auto& [name, size] : {std::pair<const char*, size_t>("parameters", numbers.parameters.size()),
                                   {"first moments", numbers.first_moments.size()},
                                   {"second moments", numbers.second_moments.size()}})
    if (size != count)
      return fail(ErrorCode::invalid_argument, "{} has {} {}, the model '{}' of this run has {}", what, size, name, config.model.name,
                  count);
  if (numbers.position >= train_rows)
    return fail(ErrorCode::invalid_argument, "{} is at example {} of its epoch, {} has {} train rows", what, numbers.position, data,
                train_rows);
  return {};
}

}  // namespace

Status check_state(const TrainerState& state, const RunConfig& config, const ModelF& model, size_t train_rows, const std::string& data) {
  LS_CHECK(check_numbers(state, "the state", config, model, train_rows, data));
  if (state.good) LS_CHECK(check_numbers(*state.good, "the state to go back to", config, model, train_rows, data));
  if (state.good && state.good->step >= state.step)
    return fail(ErrorCode::invalid_argument, "the state to go back to is of step {}, expected one before {}", state.good->step, state.step);
  if (state.batch < 1 || state.batch > train_rows)
    return fail(ErrorCode::invalid_argument, "the state has a batch of {}, expected 1 to {}, the train rows of {}", state.batch, train_rows,
                data);
  RunConfig live = config;
  live.learning_rate = state.learning_rate;
  live.beta = state.beta;
  LS_CHECK(validate(live).context("the state's live settings"));
  if (!(state.learning_rate_scale > 0.0 && state.learning_rate_scale <= 1.0))
    return fail(ErrorCode::invalid_argument, "the state has a learning rate scale of {}, expected above 0 and at most 1",
                state.learning_rate_scale);
  if (state.target_epochs < 1) return fail(ErrorCode::invalid_argument, "the state has a target of 0 epochs, expected at least 1");
  if (!(state.plateau.scale > 0.0 && state.plateau.scale <= 1.0))
    return fail(ErrorCode::invalid_argument, "the state has a plateau scale of {}, expected above 0 and at most 1", state.plateau.scale);
  return {};
}

}  // namespace latentscape
