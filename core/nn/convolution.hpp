// Convolution and its transpose on channels-last images: immutable descriptions; weights, gradients and activations are passed in.
// By products of patches (Chellapilla et al., "High performance convolutional neural networks for document processing", 2006), a group of
// images at a time, so that the patches stay in cache. Groups are cut by shape alone and reduced in order.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/nn/activation.hpp"
#include "core/nn/gemm.hpp"

namespace latentscape {

/// How a kernel slides over an image of height x width x channels; zeros outside. A side of h gives ceil(h / stride) places, so every pixel
/// lies under one (for even sides and kernel - stride even these are PyTorch's with padding (kernel - stride) / 2). With a padding of its
/// own it gives floor((h + 2 padding - kernel) / stride) + 1, as PyTorch does; the sides must hold one kernel at least.
struct ConvShape {
  size_t height = 0, width = 0, channels = 0;  // of the larger image
  size_t kernel = 1, stride = 1;
  size_t features = 0;                     // channels of the smaller image
  std::optional<size_t> own_padding = {};  // on every side

  /// Before the first pixel; without a padding of its own, after the last as needed.
  size_t padding() const { return own_padding.value_or(kernel > stride ? (kernel - stride + 1) / 2 : 0); }
  size_t out_height() const { return places_along(height); }
  size_t out_width() const { return places_along(width); }
  size_t places_along(size_t side) const {
    return own_padding ? (side + 2 * *own_padding - kernel) / stride + 1 : (side + stride - 1) / stride;
  }
  size_t places() const { return out_height() * out_width(); }
  size_t patch() const { return kernel * kernel * channels; }
  size_t image() const { return height * width * channels; }
  size_t maps() const { return places() * features; }
  /// Images whose patches are handled together.
  size_t group() const;
};

/// y = f(W * x + b). x: n x (height * width * channels); y: n x (out_height * out_width * features).
struct Convolution {
  ConvShape shape;
  Activation activation = Activation::identity;

  size_t in() const { return shape.image(); }
  size_t out() const { return shape.maps(); }
  size_t weight_count() const { return shape.features * shape.patch(); }  // features x kernel x kernel x channels
  size_t parameter_count() const { return weight_count() + shape.features; }

  /// `after` runs on whole rows of y.
  template <class S>
  void forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<S> y, TileFunction after) const;
  /// Overwrites `gradients`; scratch: gradient_scratch(n) numbers.
  template <class S>
  void backward_parameters(ComputePool& pool, View2<const S> x, View2<const S> dy, std::span<S> gradients, std::span<S> scratch) const;
  /// dx + where it accumulates.
  template <class S>
  void backward_input(ComputePool& pool, std::span<const S> parameters, View2<const S> dy, Activation below, View2<const S> x, View2<S> dx,
                      bool accumulate = false) const;
  size_t gradient_scratch(size_t n) const;
};

/// The adjoint with a bias of its own: from the smaller image to the larger one.
/// x: n x (out_height * out_width * features); y: n x (height * width * channels).
struct TransposedConvolution {
  ConvShape shape;
  Activation activation = Activation::identity;

  size_t in() const { return shape.maps(); }
  size_t out() const { return shape.image(); }
  size_t weight_count() const { return shape.features * shape.patch(); }  // features x kernel x kernel x channels
  size_t parameter_count() const { return weight_count() + shape.channels; }

  template <class S>
  void forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<S> y, TileFunction after) const;
  template <class S>
  void backward_parameters(ComputePool& pool, View2<const S> x, View2<const S> dy, std::span<S> gradients, std::span<S> scratch) const;
  template <class S>
  void backward_input(ComputePool& pool, std::span<const S> parameters, View2<const S> dy, Activation below, View2<const S> x,
                      View2<S> dx) const;
  size_t gradient_scratch(size_t n) const;
};

}  // namespace latentscape
