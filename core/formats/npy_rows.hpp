// The rows of an NPY array, some at a time: an array of any size is read in little memory.
#pragma once

#include <functional>

#include "core/formats/byte_source.hpp"
#include "core/formats/npy_header.hpp"

namespace latentscape {

class NpyRows {
 public:
  /// Reads the header. Errors: those of parse_npy; corrupt where the length is not what it promises.
  static Result<NpyRows> open(std::unique_ptr<ByteSource> source, std::string name);
  static Result<NpyRows> open(const std::filesystem::path& path);

  const NpyHeader& header() const { return header_; }
  const std::string& name() const { return name_; }
  size_t rows() const { return header_.dims.empty() ? 1 : header_.dims[0]; }
  size_t width() const { return width_; }  // numbers a row
  /// False: the length was promised and has not been seen yet.
  bool any_order() const { return source_->any_order(); }

  /// n rows from `first` on, each in C order; n x width.
  Status read(size_t first, size_t n, float* out) { return read_as(first, n, out); }
  Status read(size_t first, size_t n, double* out) { return read_as(first, n, out); }
  /// As floats, each less the one of the `offsets` (width of them, or none) that is for its place in a row.
  Status read(size_t first, size_t n, std::span<const double> offsets, float* out);

 private:
  template <class T>
  Status read_as(size_t first, size_t n, T* out);
  template <class T>
  Status read_columns(size_t first, size_t n, T* out);

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  NpyHeader header_;
  size_t width_ = 1;
  Bytes buffer_;
  std::vector<double> wide_;
};

/// What should be subtracted from the numbers at each place of a row of all parts before they become floats: the least one where floats
/// would lose what tells them apart, else 0; empty: nothing anywhere. `keep_on` is asked now and then, false: cancelled.
Result<std::vector<double>> offsets_of(std::span<NpyRows> parts, const std::function<bool()>& keep_on = {});

}  // namespace latentscape
