#include "core/nn/mlp.hpp"

#include <algorithm>
#include <utility>

namespace latentscape {

Mlp::Mlp(std::span<const size_t> sizes, Activation hidden) {
  for (size_t i = 0; i + 1 < sizes.size(); ++i) {
    layers_.push_back({sizes[i], sizes[i + 1], i + 2 < sizes.size() ? hidden : Activation::identity});
    offsets_.push_back(offsets_.back() + layers_.back().parameter_count());
  }
}

size_t Mlp::widest_input() const {
  size_t widest = 0;
  for (size_t i = 1; i < layers_.size(); ++i) widest = std::max(widest, layers_[i].in);
  return widest;
}

template <class S>
void Mlp::forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, std::span<const View2<S>> outputs,
                  TileFunction after) const {
  View2<const S> input = x;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const bool last = i + 1 == layers_.size();
    layers_[i].forward<S>(pool, parameters.subspan(offsets_[i]), input, outputs[i], last ? after : TileFunction());
    input = outputs[i];
  }
}

template <class S>
void Mlp::backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, std::span<const View2<S>> outputs,
                   View2<const S> d_output, std::span<S> gradients, View2<S> d_input, std::span<S> scratch_a,
                   std::span<S> scratch_b) const {
  View2<const S> dy = d_output;
  for (size_t i = layers_.size(); i-- > 0;) {
    const Linear& layer = layers_[i];
    const View2<const S> input = i ? View2<const S>(outputs[i - 1]) : x;
    layer.backward_parameters<S>(pool, input, dy, gradients.subspan(offsets_[i], layer.parameter_count()));
    if (i == 0 && !d_input.data) return;
    const View2<S> dx = i ? View2<S>(scratch_a.data(), dy.rows, layer.in) : d_input;
    layer.backward_input<S>(pool, parameters.subspan(offsets_[i]), dy, i ? layers_[i - 1].activation : Activation::identity, input, dx);
    dy = dx;
    std::swap(scratch_a, scratch_b);
  }
}

#define LS_INSTANTIATE(S)                                                                                                         \
  template void Mlp::forward<S>(ComputePool&, std::span<const S>, View2<const S>, std::span<const View2<S>>, TileFunction) const; \
  template void Mlp::backward<S>(ComputePool&, std::span<const S>, View2<const S>, std::span<const View2<S>>, View2<const S>,     \
                                 std::span<S>, View2<S>, std::span<S>, std::span<S>) const;
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
