#include "app/gui/theme.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

namespace latentscape {
namespace {

/// Relative luminance and contrast of WCAG 2.1.
double luminance(ImU32 colour) {
  const auto part = [&](int shift) {
    const double c = ((colour >> shift) & 255) / 255.0;
    return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * part(IM_COL32_R_SHIFT) + 0.7152 * part(IM_COL32_G_SHIFT) + 0.0722 * part(IM_COL32_B_SHIFT);
}
double contrast(ImU32 a, ImU32 b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

TEST(Theme, TextAndControlsPassWcagAaInBothThemes) {
  for (const char* name : {"ink", "paper"}) {
    const auto loaded = theme_named(name);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    const Theme& t = loaded.value();
    for (const ImU32 ground : {t.background, t.panel, t.raised}) {
      for (const ImU32 ink : {t.text, t.muted, t.good, t.warning, t.error})
        EXPECT_GE(contrast(ink, ground), 4.5) << name << " " << std::hex << ink << " on " << ground;
      EXPECT_GE(contrast(t.accent, ground), 3.0) << name;
    }
    EXPECT_GE(contrast(t.on_accent, t.accent), 4.5) << name;
    EXPECT_GE(contrast(t.accent, t.accent_ground), 4.0) << name;
    EXPECT_GE(contrast(t.text, t.accent_ground), 4.5) << name;
  }
}

TEST(Theme, AnUnknownNameSaysWhatThereIs) {
  const auto theme = theme_named("sepia");
  ASSERT_FALSE(theme.ok());
  EXPECT_NE(theme.error().message.find("ink or paper"), std::string::npos);
}

}  // namespace
}  // namespace latentscape
