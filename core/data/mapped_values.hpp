// Mapped values: the numbers of a dataset that stay on the disk and are read as they are touched, beside those that lie in memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/formats/mapped_file.hpp"

namespace latentscape {

struct CacheEntry;

/// Row-major numbers from byte `offset` of a file on, which they fill; of them all rows, or some.
template <class T>
class MappedValues {
 public:
  /// `entry`: of the cache that the file is in; none: the person's own file.
  MappedValues(std::shared_ptr<const MappedFile> file, size_t offset, size_t width, std::shared_ptr<const CacheEntry> entry)
      : file_(std::move(file)), offset_(offset), width_(width), entry_(std::move(entry)) {}

  /// These rows alone, ascending.
  MappedValues some(std::span<const uint32_t> rows) const {
    MappedValues out = *this;
    std::vector<uint32_t> places;
    for (const uint32_t row : rows) places.push_back(static_cast<uint32_t>(place(row)));
    out.rows_ = std::make_shared<const std::vector<uint32_t>>(std::move(places));
    return out;
  }

  size_t size() const { return rows_ ? rows_->size() * width_ : (file_->bytes().size() - offset_) / sizeof(T); }
  /// All numbers of the file, in whose order they lie.
  const T* data() const { return reinterpret_cast<const T*>(file_->bytes().data() + offset_); }
  const T* row(size_t i) const { return data() + place(i) * width_; }
  void will_need(size_t first, size_t last) const {
    file_->will_need(offset_ + place(first) * width_ * sizeof(T), (place(last) - place(first) + 1) * width_ * sizeof(T));
  }
  void passed(size_t rows) const { file_->passed(rows * width_ * sizeof(T)); }
  const std::shared_ptr<const CacheEntry>& entry() const { return entry_; }
  /// The same numbers.
  bool operator==(const MappedValues& other) const {
    if (size() != other.size() || width_ != other.width_) return false;
    for (size_t i = 0; i * width_ < size(); ++i)
      if (!std::equal(row(i), row(i) + width_, other.row(i))) return false;
    return true;
  }

 private:
  size_t place(size_t i) const { return rows_ ? (*rows_)[i] : i; }

  std::shared_ptr<const MappedFile> file_;
  size_t offset_;
  size_t width_;
  std::shared_ptr<const CacheEntry> entry_;
  std::shared_ptr<const std::vector<uint32_t>> rows_;
};

/// What can be asked of either: which entry of the cache it is from, where a row is, which rows come soon (first to last), how many have
/// been read.
template <class T>
bool is_mapped(const std::vector<T>&) {
  return false;
}
template <class T>
bool is_mapped(const MappedValues<T>&) {
  return true;
}
template <class T>
const CacheEntry* entry_of(const std::vector<T>&) {
  return nullptr;
}
template <class T>
const CacheEntry* entry_of(const MappedValues<T>& values) {
  return values.entry().get();
}
template <class T>
const T* row_of(const std::vector<T>& values, size_t i, size_t width) {
  return values.data() + i * width;
}
template <class T>
const T* row_of(const MappedValues<T>& values, size_t i, size_t) {
  return values.row(i);
}
template <class T>
void rows_needed(const std::vector<T>&, size_t, size_t) {}
template <class T>
void rows_needed(const MappedValues<T>& values, size_t first, size_t last) {
  values.will_need(first, last);
}
template <class T>
void rows_passed(const std::vector<T>&, size_t) {}
template <class T>
void rows_passed(const MappedValues<T>& values, size_t rows) {
  values.passed(rows);
}

}  // namespace latentscape
