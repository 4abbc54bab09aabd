// Gzip unpacked behind what a buffer holds already.
#pragma once

#include "core/formats/file.hpp"

namespace latentscape {

/// As inflate_gzip of file.hpp, at most `limit` bytes behind those of `to`; on an error it holds part of them. False: more would have come.
Result<bool> inflate_gzip_behind(ByteView packed, size_t limit, std::string_view name, Bytes& to);

}  // namespace latentscape
