// CRC-32, the checksum of gzip, PNG and ZIP (ISO 3309; polynomial 0xedb88320).
#pragma once

#include "core/formats/file.hpp"

namespace latentscape {

/// Of the bytes before (`so_far`, 0: none) and these.
uint32_t crc32_of(ByteView bytes, uint32_t so_far = 0);

}  // namespace latentscape
