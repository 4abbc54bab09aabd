#include "core/nn/convolution.hpp"

#include <algorithm>
#include <vector>

namespace latentscape {

namespace {

constexpr size_t kGroupNumbers = 1 << 18;  // of patches: a megabyte in float
constexpr size_t kMostImages = 16;
constexpr size_t kSumTile = 4096;

/// This thread's patches; grown on first use, then no allocation.
template <class S>
std::span<S> patch_buffer(size_t size) {
  thread_local std::vector<S> room;
  if (room.size() < size) room.resize(size);
  return {room.data(), size};
}

/// For each output row, the part of the kernel that lies within the image.
struct Overlap {
  size_t begin, end;  // of the kernel
  size_t at;          // image index under `begin`
};
Overlap overlap(size_t place, size_t stride, size_t padding, size_t kernel, size_t size) {
  const size_t start = place * stride;  // in padded coordinates
  const size_t begin = start < padding ? padding - start : 0;
  const size_t end = std::min(kernel, size + padding - std::min(start, size + padding));
  return {std::min(begin, end), end, start + begin - std::min(padding, start + begin)};
}

/// Patches of one image: places x patch.
template <class S>
void gather_patches(const ConvShape& s, const S* image, S* patches) {
  const size_t pad = s.padding(), row = s.kernel * s.channels, oh = s.out_height(), ow = s.out_width();
  for (size_t oy = 0; oy < oh; ++oy) {
    const Overlap y = overlap(oy, s.stride, pad, s.kernel, s.height);
    for (size_t ox = 0; ox < ow; ++ox, patches += s.patch()) {
      const Overlap x = overlap(ox, s.stride, pad, s.kernel, s.width);
      const size_t first = x.begin * s.channels, count = (x.end - x.begin) * s.channels;
      for (size_t ky = 0; ky < s.kernel; ++ky) {
        S* out = patches + ky * row;
        if (ky < y.begin || ky >= y.end) {
          std::fill_n(out, row, S(0));
          continue;
        }
        const S* in = image + ((y.at + ky - y.begin) * s.width + x.at) * s.channels;
        for (size_t k = 0; k < first; ++k) out[k] = S(0);
        for (size_t k = 0; k < count; ++k) out[first + k] = in[k];
        for (size_t k = first + count; k < row; ++k) out[k] = S(0);
      }
    }
  }
}

/// Adds patches back to where they came from.
template <class S>
void scatter_patches(const ConvShape& s, const S* patches, S* image) {
  const size_t pad = s.padding(), row = s.kernel * s.channels, oh = s.out_height(), ow = s.out_width();
  for (size_t oy = 0; oy < oh; ++oy) {
    const Overlap y = overlap(oy, s.stride, pad, s.kernel, s.height);
    for (size_t ox = 0; ox < ow; ++ox, patches += s.patch()) {
      const Overlap x = overlap(ox, s.stride, pad, s.kernel, s.width);
      const size_t first = x.begin * s.channels, count = (x.end - x.begin) * s.channels;
      for (size_t ky = y.begin; ky < y.end; ++ky) {
        const S* in = patches + ky * row + first;
        S* out = image + ((y.at + ky - y.begin) * s.width + x.at) * s.channels;
        for (size_t k = 0; k < count; ++k) out[k] += in[k];
      }
    }
  }
}

/// Rows [begin, end) of a batch.
struct Group {
  size_t index, begin, end;
  size_t images() const { return end - begin; }
};

/// body(group) for all groups of n images, on the pool.
template <class F>
void for_groups(ComputePool& pool, const ConvShape& shape, size_t n, const F& body) {
  const size_t size = shape.group();
  const auto tile = [&](size_t i) { body(Group{i, i * size, std::min(n, (i + 1) * size)}); };
  pool.run((n + size - 1) / size, tile);
}

size_t groups_of(const ConvShape& shape, size_t n) { return (n + shape.group() - 1) / shape.group(); }

/// Patches of a group's images, (images * places) x patch.
template <class S>
View2<S> group_patches(const ConvShape& s, View2<const S> images, const Group& g) {
  const View2<S> patches(patch_buffer<S>(g.images() * s.places() * s.patch()).data(), g.images() * s.places(), s.patch());
  for (size_t i = 0; i < g.images(); ++i) gather_patches(s, images.row_data(g.begin + i), patches.data + i * s.places() * s.patch());
  return patches;
}

/// Rows of a group seen as one row a place.
template <class S>
View2<S> places_of(const ConvShape& s, View2<S> maps, const Group& g) {
  return {maps.row_data(g.begin), g.images() * s.places(), s.features};
}

template <class S>
void add_rows(View2<const S> rows, S* sum) {
  for (size_t i = 0; i < rows.rows; ++i) {
    const S* row = rows.row_data(i);
    for (size_t j = 0; j < rows.cols; ++j) sum[j] += row[j];
  }
}

/// gradients = the sum of one part a group, in order.
template <class S>
void sum_parts(ComputePool& pool, std::span<const S> parts, size_t groups, std::span<S> gradients) {
  const size_t n = gradients.size();
  for_tiles(pool, n, kSumTile, [&](size_t begin, size_t end) {
    std::copy(parts.begin() + static_cast<ptrdiff_t>(begin), parts.begin() + static_cast<ptrdiff_t>(end),
              gradients.begin() + static_cast<ptrdiff_t>(begin));
    for (size_t g = 1; g < groups; ++g) {
      const S* part = parts.data() + g * n;
      for (size_t i = begin; i < end; ++i) gradients[i] += part[i];
    }
  });
}

template <class S>
void slope_below(Activation below, View2<const S> x, View2<S> dx, const Group& g) {
  multiply_by_slope(below, x.row_data(g.begin), dx.row_data(g.begin), g.images() * dx.cols);
}

/// The weight of either kind of layer, features x patch.
template <class S>
View2<const S> weight_of(const ConvShape& s, std::span<const S> parameters) {
  return {parameters.data(), s.features, s.patch()};
}

/// What a group's maps give through the weight, added to its images.
template <class S>
void add_images(const ConvShape& s, std::span<const S> parameters, View2<const S> maps, View2<S> images, const Group& g) {
  const View2<const S> places = places_of(s, maps, g);
  const View2<S> patches(patch_buffer<S>(places.rows * s.patch()).data(), places.rows, s.patch());
  gemm_here<S>(Transpose::no, Transpose::no, places, weight_of(s, parameters), patches);
  for (size_t i = 0; i < g.images(); ++i) scatter_patches(s, patches.data + i * s.places() * s.patch(), images.row_data(g.begin + i));
}

/// Gradients of the weight, from the maps and the images on its two sides, and of one bias a channel of dy, which is one of the two.
template <class S>
void parameter_gradients(ComputePool& pool, const ConvShape& s, View2<const S> maps, View2<const S> images, View2<const S> dy,
                         size_t channels, std::span<S> gradients, std::span<S> scratch) {
  const size_t weights = s.features * s.patch(), count = weights + channels;
  for_groups(pool, s, dy.rows, [&](const Group& g) {
    S* part = scratch.data() + g.index * count;
    gemm_here<S>(Transpose::yes, Transpose::no, places_of(s, maps, g), group_patches(s, images, g), View2<S>(part, s.features, s.patch()));
    std::fill_n(part + weights, channels, S(0));
    add_rows(View2<const S>(dy.row_data(g.begin), g.images() * dy.cols / channels, channels), part + weights);
  });
  sum_parts<S>(pool, scratch, groups_of(s, dy.rows), gradients);
}

Tile rows_tile(const Group& g, size_t cols) { return {g.begin, g.end, 0, cols, g.index, 0}; }

}  // namespace

size_t ConvShape::group() const { return std::clamp<size_t>(kGroupNumbers / std::max<size_t>(1, places() * patch()), 1, kMostImages); }

size_t Convolution::gradient_scratch(size_t n) const { return groups_of(shape, n) * parameter_count(); }
size_t TransposedConvolution::gradient_scratch(size_t n) const { return groups_of(shape, n) * parameter_count(); }

template <class S>
void Convolution::forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<S> y, TileFunction after) const {
  const S* bias = parameters.data() + weight_count();
  for_groups(pool, shape, x.rows, [&](const Group& g) {
    const View2<S> maps = places_of(shape, y, g);
    gemm_here<S>(Transpose::no, Transpose::yes, group_patches(shape, x, g), weight_of(shape, parameters), maps);
    for (size_t i = 0; i < maps.rows; ++i) {
      S* row = maps.row_data(i);
      for (size_t j = 0; j < maps.cols; ++j) row[j] += bias[j];
    }
    activate(activation, maps.data, maps.rows * maps.cols);
    if (after) after(rows_tile(g, y.cols));
  });
}

template <class S>
void Convolution::backward_parameters(ComputePool& pool, View2<const S> x, View2<const S> dy, std::span<S> gradients,
                                      std::span<S> scratch) const {
  parameter_gradients<S>(pool, shape, dy, x, dy, shape.features, gradients, scratch);
}

template <class S>
void Convolution::backward_input(ComputePool& pool, std::span<const S> parameters, View2<const S> dy, Activation below, View2<const S> x,
                                 View2<S> dx, bool accumulate) const {
  for_groups(pool, shape, dy.rows, [&](const Group& g) {
    if (!accumulate) std::fill_n(dx.row_data(g.begin), g.images() * dx.cols, S(0));
    add_images(shape, parameters, dy, dx, g);
    slope_below(below, x, dx, g);
  });
}

template <class S>
void TransposedConvolution::forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<S> y,
                                    TileFunction after) const {
  const S* bias = parameters.data() + weight_count();
  for_groups(pool, shape, x.rows, [&](const Group& g) {
    S* images = y.row_data(g.begin);
    const size_t numbers = g.images() * y.cols;
    for (size_t i = 0; i < numbers; i += shape.channels) std::copy_n(bias, shape.channels, images + i);
    add_images(shape, parameters, x, y, g);
    activate(activation, images, numbers);
    if (after) after(rows_tile(g, y.cols));
  });
}

template <class S>
void TransposedConvolution::backward_parameters(ComputePool& pool, View2<const S> x, View2<const S> dy, std::span<S> gradients,
                                                std::span<S> scratch) const {
  parameter_gradients<S>(pool, shape, x, dy, dy, shape.channels, gradients, scratch);
}

template <class S>
void TransposedConvolution::backward_input(ComputePool& pool, std::span<const S> parameters, View2<const S> dy, Activation below,
                                           View2<const S> x, View2<S> dx) const {
  for_groups(pool, shape, dy.rows, [&](const Group& g) {
    gemm_here<S>(Transpose::no, Transpose::yes, group_patches(shape, dy, g), weight_of(shape, parameters), places_of(shape, dx, g));
    slope_below(below, x, dx, g);
  });
}

#define LS_INSTANTIATE_LAYER(L, S, ...)                                                                                    \
  template void L::forward<S>(ComputePool&, std::span<const S>, View2<const S>, View2<S>, TileFunction) const;             \
  template void L::backward_parameters<S>(ComputePool&, View2<const S>, View2<const S>, std::span<S>, std::span<S>) const; \
  template void L::backward_input<S>(ComputePool&, std::span<const S>, View2<const S>, Activation, View2<const S>,         \
                                     View2<S> __VA_OPT__(, ) __VA_ARGS__) const;
LS_INSTANTIATE_LAYER(Convolution, float, bool)
LS_INSTANTIATE_LAYER(Convolution, double, bool)
LS_INSTANTIATE_LAYER(TransposedConvolution, float)
LS_INSTANTIATE_LAYER(TransposedConvolution, double)
#undef LS_INSTANTIATE_LAYER

}  // namespace latentscape
