// Seeded damage to the bytes of a valid file: what a reader must survive.
#pragma once

#include <algorithm>
#include <string_view>

#include "core/base/rng.hpp"
#include "core/formats/file.hpp"

namespace latentscape {

/// The same case gives the same damage: a few flipped, inserted, removed or extreme bytes, a cut, or a run from another place.
inline Bytes mutated(Bytes bytes, uint32_t test_case) {
  Rng rng(7, RngStream::general, 1, test_case);
  const auto place = [&] { return rng.below(static_cast<uint32_t>(bytes.size())); };
  const uint32_t changes = 1 + rng.below(3);
  for (uint32_t k = 0; k < changes && !bytes.empty(); ++k) {
    const auto at = bytes.begin() + place();
    switch (rng.below(12)) {
      case 0: *at = static_cast<uint8_t>(*at ^ (1u << rng.below(8))); break;
      case 1: *at = static_cast<uint8_t>(rng.below(256)); break;
      case 2: *at = 0xff; break;
      case 3: *at = 0; break;
      case 4: bytes.insert(at, static_cast<uint8_t>(rng.below(256))); break;
      case 5: bytes.erase(at); break;
      case 6: bytes.erase(at, bytes.end()); break;
      case 7: *at = bytes[place()]; break;
      default: *at = static_cast<uint8_t>(*at + 1 + rng.below(8)); break;  // a digit of a text header becomes another
    }
  }
  return bytes;
}

inline ByteView view_of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

}  // namespace latentscape
