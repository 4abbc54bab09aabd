// NPZ: named NPY arrays in one zip file, as numpy.load and numpy.savez_compressed use it.
#pragma once

#include <utility>

#include "core/formats/npy.hpp"

namespace latentscape {

/// In file order; names without ".npy".
using NamedArrays = std::vector<std::pair<std::string, NpyArray>>;

/// Deflated, without times: the same arrays give the same bytes. Errors: invalid_argument (empty or duplicate names).
Result<Bytes> npz_bytes(const NamedArrays& arrays);
/// Entries that are not NPY are an error (corrupt).
Result<NamedArrays> parse_npz(ByteView bytes, std::string_view name);
Result<NamedArrays> read_npz(const std::filesystem::path& path);

}  // namespace latentscape
