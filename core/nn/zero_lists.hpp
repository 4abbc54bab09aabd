// Which part of a product's depth counts: examples are mostly zeros (four fifths of the pixels of MNIST), and what is multiplied by them
// changes no sum.
//
// A chain of multiply-adds that leaves out the zeros of one factor ends at the same number as the whole one: it begins at +0, and adding
// +-0 changes no number. (Where products underflow, the sign of a zero may differ.) Only 0 times inf or NaN is lost: such a weight shows as
// soon as its input does, and a broken gradient of the output always shows in the gradient of the bias, which is its plain sum.
#pragma once

#include <cstdint>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

/// For each strip of `strip` rows of x the columns where any of them is not 0, in order: a count, then so many numbers, list_room(x.cols)
/// from one strip to the next (kernels.hpp). Null where x has too few zeros for this to pay, or too many columns. In this thread's own
/// memory, until the next call.
template <class S>
const uint16_t* lists_of_rows(ComputePool& pool, View2<const S> x, size_t strip);

/// The same for strips of kStrip columns: the rows.
template <class S>
const uint16_t* lists_of_columns(ComputePool& pool, View2<const S> x);

}  // namespace latentscape
