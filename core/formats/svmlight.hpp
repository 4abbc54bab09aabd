// Word counts in svmlight's format: a row a line, "label index:count index:count ... # comment", indices from 1 in any order.
// Source: Joachims, "Making large-scale SVM learning practical", 1999 (SVM-light); libsvm's data sets.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/formats/file.hpp"

namespace latentscape {

/// The largest index that is read.
inline constexpr uint32_t kMostSvmIndex = 1'000'000;

struct SvmRows {
  std::vector<float> labels;        // one a row, whole numbers
  std::vector<size_t> start = {0};  // rows + 1: where the entries of each row begin
  std::vector<uint32_t> index;      // of each entry, from 0, rising within a row
  std::vector<float> count;         // whole numbers above 0
  uint32_t width = 0;               // the largest index, counted from 1
  size_t rows() const { return labels.size(); }
};

/// Blank lines, comments and `qid:` are left out, and counts of 0. Errors (corrupt) name the line: no label, a label or count that is no
/// whole number, a count below 0, an index of 0, over kMostSvmIndex or twice in a row, bytes that are no such text, no row at all.
Result<SvmRows> parse_svmlight(ByteView bytes, std::string_view name);

}  // namespace latentscape
