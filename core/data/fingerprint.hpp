// Fingerprint: tells data apart, and finds what is wrong with its numbers, in one pass over them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/data/dataset.hpp"

namespace latentscape {

/// Two lanes of multiply and rotate over 8-byte words; not cryptographic, for telling data apart.
class Fingerprint {
 public:
  void add(uint64_t word) {
    a_ = (a_ ^ word) * 0x9E3779B97F4A7C15u;
    a_ ^= a_ >> 29;
    b_ = (b_ + word) * 0xC2B2AE3D27D4EB4Fu;
    b_ = (b_ << 31) | (b_ >> 33);
    ++words_;
  }
  void add_words(std::span<const uint8_t> bytes);  // a multiple of 8
  void add_rest(std::span<const uint8_t> bytes);   // fewer than 8, behind the words
  void add_floats(std::span<const float> values);
  void add(const Column& column);
  void add(const WordCounts& counts);
  std::string hex() const;

 private:
  uint64_t a_ = 0x243F6A8885A308D3u, b_ = 0x13198A2E03707344u, words_ = 0;
};

struct ValueScan {
  Fingerprint print;                 // of rows, shape (or, of a table with named columns, these) and values
  std::optional<size_t> not_finite;  // the first such number
};

/// One pass over the numbers of data as its source has made it.
ValueScan scan_values(const Dataset& data);

/// As set_fingerprint of dataset.hpp, where the values have been scanned.
void set_fingerprint(Dataset& data, ValueScan scan);

}  // namespace latentscape
