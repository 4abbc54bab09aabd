#include "core/models/training_memory.hpp"

#include "core/base/machine_memory.hpp"

namespace latentscape {

namespace {

// Numbers that training keeps for each parameter: itself, its gradient, two moments of Adam, and the last good copy of three.
constexpr double kCopies = 7.0;
// Rows of the largest pass in common use: a chunk of an evaluation.
constexpr size_t kUsualRows = 512;

}  // namespace

void TrainingMemory::add(const Network& network, size_t times) {
  parameters_ += parameter_count_of(network.layers());
  working_ += network.working_numbers(kUsualRows * times);
}

Status TrainingMemory::check(size_t scalar_bytes) const {
  const double bytes = (parameters_ * kCopies + working_) * static_cast<double>(scalar_bytes),
               most = static_cast<double>(machine_memory()) / 2;
  if (bytes <= most) return {};
  return fail(ErrorCode::out_of_memory,
              "a model of {:.1f} million parameters that keeps {:.1f} million numbers for the {} examples that an evaluation takes at once "
              "would need {:.1f} GB to train, more "
              "than half of this machine's {:.1f} GB; choose smaller layers or fewer latents",
              parameters_ / 1e6, working_ / 1e6, kUsualRows, bytes / 1e9, 2 * most / 1e9);
}

}  // namespace latentscape
