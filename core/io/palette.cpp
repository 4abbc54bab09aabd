// Colours of figures and of the map. Classes 0 to 6 are Okabe & Ito, "Color Universal Design", 2008, without its black; on light pages its
// light ones are darkened. The others were searched for the largest smallest CIEDE2000 distance under normal sight and simulated
// protanopia, deuteranopia and tritanopia (Machado et al. 2009); a test computes the distances.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/io/figure.hpp"

namespace latentscape {

namespace {

constexpr std::array<uint32_t, 32> kOnDark = {0x0072B2, 0xE69F00, 0x009E73, 0xD55E00, 0xCC79A7, 0x56B4E9, 0xF0E442, 0x93FFD8,
                                              0x9669FF, 0x8E5239, 0xA9C784, 0xC11F82, 0x9F7848, 0xCF0D0B, 0x6C34FD, 0xEB727F,
                                              0xFBBFEE, 0x397753, 0xFFA2B6, 0xBFF98A, 0xA59E50, 0x8A88C9, 0x24D5D6, 0xBB35BD,
                                              0x87608F, 0xCD2559, 0x5DCF54, 0x00A8B4, 0xA35D78, 0xFF83F0, 0xE4EDAF, 0x656501};
constexpr std::array<uint32_t, 32> kOnLight = {0x0066CD, 0xCA8A06, 0x009E73, 0xBA5100, 0xAF7FAB, 0x56C2FF, 0xE1B800, 0x634302,
                                               0x2F00EC, 0x910769, 0x025F47, 0xABBE82, 0x8585FE, 0xEC565E, 0x730F28, 0xFA95B1,
                                               0x726A9D, 0xA2556F, 0x55813C, 0x3C4297, 0x117F78, 0x5DB8A7, 0x445F30, 0x2787CA,
                                               0xA72028, 0xB49FD7, 0xBBA251, 0xD71B8C, 0xD26D91, 0x8E1AFF, 0xF43AE7, 0x60234C};

// viridis by Nathaniel Smith and Stefan van der Walt (CC0), every sixteenth entry of 256; linear between.
constexpr std::array<uint32_t, 17> kViridis = {0x440154, 0x481668, 0x472D7B, 0x424086, 0x3B528B, 0x33638D, 0x2C728E, 0x26828E, 0x21918C,
                                               0x1FA088, 0x28AE80, 0x3FBC73, 0x5EC962, 0x84D44B, 0xADDC30, 0xD8E219, 0xFDE725};

constexpr double channel(uint32_t colour, int shift) { return static_cast<double>(colour >> shift & 255); }

Rgba rgba(uint32_t c) {
  return {static_cast<uint8_t>(c >> 16 & 255), static_cast<uint8_t>(c >> 8 & 255), static_cast<uint8_t>(c & 255), 255};
}

}  // namespace

Rgba categorical_colour(size_t index, bool dark) { return rgba((dark ? kOnDark : kOnLight)[index % kOnDark.size()]); }

Rgba viridis(double t) {
  const double at = (std::isnan(t) ? 0.0 : std::clamp(t, 0.0, 1.0)) * static_cast<double>(kViridis.size() - 1);
  const size_t i = std::min(static_cast<size_t>(at), kViridis.size() - 2);
  const double share = at - static_cast<double>(i);
  const auto mix = [&](int shift) {
    return static_cast<uint8_t>(std::lround(channel(kViridis[i], shift) * (1 - share) + channel(kViridis[i + 1], shift) * share));
  };
  return {mix(16), mix(8), mix(0), 255};
}

}  // namespace latentscape
