// Row-major 2-D arrays: the value that numbers travel in between folders.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace latentscape {

/// rows x cols, row-major, owning.
template <class T>
struct Array2 {
  size_t rows = 0;
  size_t cols = 0;
  std::vector<T> values;

  Array2() = default;
  Array2(size_t r, size_t c, T fill = T{}) : rows(r), cols(c), values(r * c, fill) {}

  bool empty() const { return values.empty(); }
  T* row_data(size_t i) { return values.data() + i * cols; }
  const T* row_data(size_t i) const { return values.data() + i * cols; }
  std::span<T> row(size_t i) { return {row_data(i), cols}; }
  std::span<const T> row(size_t i) const { return {row_data(i), cols}; }
  T& operator()(size_t i, size_t j) { return values[i * cols + j]; }
  const T& operator()(size_t i, size_t j) const { return values[i * cols + j]; }

  /// Changes the shape and keeps the allocation; contents are unspecified afterwards.
  void resize(size_t r, size_t c) {
    rows = r;
    cols = c;
    values.resize(r * c);
  }
  bool operator==(const Array2&) const = default;
};

using FloatArray = Array2<float>;

/// rows x cols, row-major, borrowed.
template <class T>
struct View2 {
  T* data = nullptr;
  size_t rows = 0;
  size_t cols = 0;

  View2() = default;
  View2(T* d, size_t r, size_t c) : data(d), rows(r), cols(c) {}
  template <class U>
  View2(Array2<U>& a) : data(a.values.data()), rows(a.rows), cols(a.cols) {}
  template <class U>
  View2(const Array2<U>& a) : data(a.values.data()), rows(a.rows), cols(a.cols) {}
  template <class U>
  View2(const View2<U>& v) : data(v.data), rows(v.rows), cols(v.cols) {}

  T* row_data(size_t i) const { return data + i * cols; }
  std::span<T> row(size_t i) const { return {row_data(i), cols}; }
  T& operator()(size_t i, size_t j) const { return data[i * cols + j]; }
  View2 rows_between(size_t begin, size_t end) const { return {data + begin * cols, end - begin, cols}; }
};

using FloatView = View2<const float>;
using MutableFloatView = View2<float>;

}  // namespace latentscape
