// The memory budget: how much of a data set's numbers may lie in memory before they are read from the disk.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace latentscape {

/// "1500000", "512M", "2G", "1.5G" (K, M, G are powers of 1024) or a share of the machine's memory, "25%"; at least 1 byte. Errors
/// (invalid_argument): anything else.
Result<size_t> bytes_from_text(std::string_view text);

/// The bytes asked for; 0: half of the machine's memory.
size_t memory_budget(size_t asked);

/// "7.3 GB", "512 bytes".
std::string text_from_bytes(uint64_t bytes);

}  // namespace latentscape
