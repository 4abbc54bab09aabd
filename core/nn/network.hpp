// Network: a stack of layers; an immutable description. Weights, gradients and activations are passed in.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/nn/layer.hpp"
#include "core/nn/network_spec.hpp"
#include "core/nn/row_conditions.hpp"
#include "core/nn/workspace.hpp"

namespace latentscape {

/// Feature maps as they lie in memory, channels last; no places: plain numbers.
struct Maps {
  size_t places = 0, channels = 0;
};

/// A layer's place in its network.
struct LayerPlace {
  std::string name;           // in PyTorch: of its module in the nn.Sequential, "4" or "2.0"
  Maps in, out;               // what it reads from another layer, and makes for one; the data keep their own order
  bool begins_block = false;  // a residual block: what the block's last layer makes has what its first one reads added
  bool ends_block = false;
  size_t offset = 0;  // of its parameters
};

class Network {
 public:
  static constexpr size_t kMostHidden = 30;
  /// Layers that a network can have: a residual block with a norm, a silu and dropout takes five, and two frame the hidden ones.
  static constexpr size_t kMostLayers = 5 * kMostHidden + 2;
  /// Slots of a workspace that one network's buffers take.
  static constexpr size_t kSlots = kMostLayers + 3;

  /// From examples of `shape` ({d}, {h, w} or {h, w, channels}, channels last) to `out` numbers: the spec's layers with the activation,
  /// then a linear one. With classes, the first dense layer adds the row of an example's class (linear.hpp).
  /// A layer goes: linear or convolution, norm, activation, dropout; a residual block: x + W2 f(norm(W1 x + b1)) + b2, dropout.
  /// Errors name the layer, what it needs and what it gets.
  static Result<Network> reading(const NetworkSpec& spec, std::span<const size_t> shape, size_t out, Activation hidden, size_t classes = 0,
                                 std::string_view part = "encoder");
  /// From `in` numbers to examples of `shape`: the last layer has no activation. The first upconv is preceded by a dense layer that makes
  /// its feature maps. Classes as above.
  static Result<Network> writing(const NetworkSpec& spec, size_t in, std::span<const size_t> shape, Activation hidden, size_t classes = 0);

  std::span<const Layer> layers() const { return layers_; }
  const LayerPlace& place(size_t layer) const { return places_[layer]; }
  size_t in() const { return layer_in(layers_.front()); }
  size_t out() const { return layer_out(layers_.back()); }
  size_t classes() const { return classes_; }
  size_t parameter_count() const { return parameter_count_; }
  /// Numbers that forward and backward of n examples keep; a double, so that no size overflows.
  double working_numbers(size_t n) const;
  /// Multiply-adds of one example, forward.
  double macs() const;
  /// How many tiles `after` sees of each row of the last output, numbered by col_index.
  size_t output_tiles(size_t n) const;
  /// LeCun's uniform weights (linear.hpp), those of the last layer and of a block's times 0.3; the same seed and first key the same
  /// numbers; keys first_key, first_key + 1, ...
  template <class S>
  void initialise(std::span<S> parameters, uint64_t seed, uint32_t first_key) const;

  /// Views of a workspace's memory for a batch of n: what forward fills and backward reads.
  template <class S>
  struct Buffers {
    std::array<View2<S>, kMostLayers> outputs;  // of each layer, n x layer_out
    size_t layers = 0;
    std::span<S> a, b, parts;  // what backward needs only on its way

    View2<S> output() const { return outputs[layers - 1]; }  // n x out
    void set_output(View2<S> to) { outputs[layers - 1] = to; }
  };
  /// In slots first_slot .. first_slot + kSlots - 1; without gradients there is no room for backward.
  template <class S>
  Buffers<S> buffers(Workspace<S>& work, size_t first_slot, size_t n, bool gradients) const;

  /// Fills the buffers' outputs; `after` runs on each finished tile of the last one.
  template <class S>
  void forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, const Buffers<S>& buffers,
               const RowConditions& conditions = {}, TileFunction after = {}) const;

  /// d_output: gradient of the last output, which may lie in its place. Overwrites `gradients`. d_input.data may be null: then it is not
  /// computed. x, buffers and conditions as forward had them. To `early`, where there is one, dense layers hand their gradients over: their
  /// parameters are new ones afterwards.
  template <class S>
  void backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, const Buffers<S>& buffers, View2<const S> d_output,
                std::span<S> gradients, View2<S> d_input, const RowConditions& conditions = {}, EarlyUpdate<S>* early = nullptr) const;

 private:
  friend class NetworkBuilder;
  explicit Network(size_t classes) : classes_(classes) {}
  size_t widest_input() const;  // of all layers but the first
  bool needs_scratch(const Layer& layer) const;
  size_t gradient_scratch(size_t n) const;  // numbers that the gradients of n examples need on their way
  /// The layer below i that takes part in such a pass; kMostLayers for none.
  size_t below(size_t i, const RowConditions& conditions) const;

  size_t classes_;
  std::vector<Layer> layers_;
  std::vector<LayerPlace> places_;
  size_t parameter_count_ = 0;
};

}  // namespace latentscape
