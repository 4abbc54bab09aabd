#include "core/nn/early_update.hpp"

#include <algorithm>
#include <cmath>

#include "core/nn/gradient_norm.hpp"

namespace latentscape {

template <class S>
void EarlyUpdate<S>::begin(const OptimiserStep<S>& step, std::span<S> gradients) {
  step_ = step;
  gradients_ = gradients;
  claimed_.clear();
  squares_.clear();
}

template <class S>
bool EarlyUpdate<S>::learns(std::span<const S> own) const {
  const size_t begin = offset(own.data());
  return begin < step_.ranges().back().end && begin + own.size() > step_.ranges().front().begin;
}

template <class S>
size_t EarlyUpdate<S>::claim(std::span<const S> own, size_t parts) {
  const size_t begin = offset(own.data()), first = squares_.size();
  claimed_.emplace_back(begin, begin + own.size());
  squares_.resize(first + parts, 0.0);
  return first;
}

template <class S>
void EarlyUpdate<S>::take(size_t part, const S* place, std::span<const S> gradient) {
  squares_[part] += sum_of_squares(gradient);
  step_(offset(place), gradient);
}

template <class S>
double EarlyUpdate<S>::finish(ComputePool& pool) {
  double total = 0.0;
  for (const double square : squares_) total += square;
  std::sort(claimed_.begin(), claimed_.end());
  const size_t end = step_.ranges().back().end;
  claimed_.emplace_back(end, end);
  size_t at = step_.ranges().front().begin;
  for (const auto& [from, to] : claimed_) {
    if (at < from) {
      const std::span<const S> rest = gradients_.subspan(at, from - at);
      const double norm = gradient_norm<S>(pool, rest, partials_);
      total += norm * norm;
      step_.run(pool, at, rest);
    }
    at = std::max(at, to);
  }
  return std::sqrt(total);
}

template class EarlyUpdate<float>;
template class EarlyUpdate<double>;

}  // namespace latentscape
