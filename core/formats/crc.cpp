#include "core/formats/crc.hpp"

#include <zlib.h>

namespace latentscape {

uint32_t crc32_of(ByteView bytes, uint32_t so_far) { return static_cast<uint32_t>(::crc32_z(so_far, bytes.data(), bytes.size())); }

}  // namespace latentscape
