// The classes' colours must stay apart for people with any of the three colour-vision deficiencies.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <set>

#include "core/io/figure.hpp"

namespace latentscape {
namespace {

using Triple = std::array<double, 3>;

double linear(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }

Triple linear_of(Rgba c) { return {linear(c.r / 255.0), linear(c.g / 255.0), linear(c.b / 255.0)}; }

/// CIE L*a*b*, D65, from linear sRGB.
Triple lab_of(const Triple& c) {
  const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
  const double x = f((0.4124564 * c[0] + 0.3575761 * c[1] + 0.1804375 * c[2]) / 0.95047);
  const double y = f(0.2126729 * c[0] + 0.7151522 * c[1] + 0.0721750 * c[2]);
  const double z = f((0.0193339 * c[0] + 0.1191920 * c[1] + 0.9503041 * c[2]) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

/// Machado, Oliveira & Fernandes, "A physiologically-based model for simulation of color vision deficiency", 2009, severity 1.
constexpr double kSight[4][9] = {{1, 0, 0, 0, 1, 0, 0, 0, 1},
                                 {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
                                 {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
                                 {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900}};

Triple seen(Rgba colour, size_t sight) {
  const Triple c = linear_of(colour);
  Triple out{};
  for (size_t i = 0; i < 3; ++i) {
    const double* row = kSight[sight] + 3 * i;
    out[i] = std::fmin(1, std::fmax(0, row[0] * c[0] + row[1] * c[1] + row[2] * c[2]));
  }
  return lab_of(out);
}

/// CIEDE2000, Sharma, Wu & Dalal 2005.
double ciede2000(const Triple& p, const Triple& q) {
  constexpr double pi = std::numbers::pi, k25 = 6103515625.0;
  const double mean_c7 = std::pow((std::hypot(p[1], p[2]) + std::hypot(q[1], q[2])) / 2, 7);
  const double g = 1 + 0.5 * (1 - std::sqrt(mean_c7 / (mean_c7 + k25)));
  const double c1 = std::hypot(g * p[1], p[2]), c2 = std::hypot(g * q[1], q[2]);
  const auto hue = [&](const Triple& t) {
    const double h = std::atan2(t[2], g * t[1]);
    return h < 0 ? h + 2 * pi : h;
  };
  const double h1 = hue(p), h2 = hue(q);
  double dh = c1 * c2 == 0 ? 0 : h2 - h1;
  if (dh > pi) dh -= 2 * pi;
  if (dh < -pi) dh += 2 * pi;
  const double dl = q[0] - p[0], dc = c2 - c1, dhue = 2 * std::sqrt(c1 * c2) * std::sin(dh / 2);
  const double l = (p[0] + q[0]) / 2, c = (c1 + c2) / 2;
  double h = c1 * c2 == 0 ? h1 + h2 : (h1 + h2) / 2;
  if (c1 * c2 != 0 && std::abs(h1 - h2) > pi) h += h1 + h2 < 2 * pi ? pi : -pi;
  const double t =
      1 - 0.17 * std::cos(h - pi / 6) + 0.24 * std::cos(2 * h) + 0.32 * std::cos(3 * h + pi / 30) - 0.20 * std::cos(4 * h - 63 * pi / 180);
  const double turn = pi / 6 * std::exp(-std::pow((h * 180 / pi - 275) / 25, 2));
  const double c7 = std::pow(c, 7), rotation = -std::sin(2 * turn) * 2 * std::sqrt(c7 / (c7 + k25));
  const double sl = 1 + 0.015 * (l - 50) * (l - 50) / std::sqrt(20 + (l - 50) * (l - 50)), sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
  const double a = dl / sl, b = dc / sc, e = dhue / sh;
  return std::sqrt(std::fmax(0, a * a + b * b + e * e + rotation * b * e));
}

double least_distance(size_t n, bool dark, size_t sight) {
  double least = 1e9;
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j)
      least = std::fmin(least, ciede2000(seen(categorical_colour(i, dark), sight), seen(categorical_colour(j, dark), sight)));
  return least;
}

double luminance(Rgba c) {
  const Triple l = linear_of(c);
  return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
}

TEST(Palette, DistanceFormulaAgreesWithPublishedPairs) {
  EXPECT_NEAR(ciede2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}), 2.0425, 1e-4);  // Sharma et al. 2005, table 1
  EXPECT_NEAR(ciede2000({50, 2.5, 0}, {73, 25, -18}), 27.1492, 1e-4);
  EXPECT_NEAR(ciede2000({22.7233, 20.0904, -46.6940}, {23.0331, 14.9730, -42.5619}), 2.0373, 1e-4);
}

TEST(Palette, TenClassesStayApartUnderEverySight) {
  for (const bool dark : {false, true})
    for (size_t sight = 0; sight < 4; ++sight) EXPECT_GT(least_distance(10, dark, sight), sight == 0 ? 14.0 : 10.0) << dark << " " << sight;
}

TEST(Palette, ThirtyTwoClassesStayApart) {
  for (const bool dark : {false, true})
    for (size_t sight = 0; sight < 4; ++sight) EXPECT_GT(least_distance(32, dark, sight), 5.5) << dark << " " << sight;
}

TEST(Palette, NoClassIsGreyOrLostOnItsPage) {
  const double dark_page = luminance({0x11, 0x13, 0x18, 255}), light_page = luminance({0xFF, 0xFF, 0xFF, 255});
  for (const bool dark : {false, true}) {
    for (size_t i = 0; i < 32; ++i) {
      const Rgba colour = categorical_colour(i, dark);
      const Triple lab = lab_of(linear_of(colour));
      EXPECT_GT(std::hypot(lab[1], lab[2]), 25) << i;
      const double page = dark ? dark_page : light_page, own = luminance(colour);
      const double contrast = (std::fmax(page, own) + 0.05) / (std::fmin(page, own) + 0.05);
      // WCAG's 3:1 on dark; on white no ten colours have it and also keep their distance (yellow, sky blue): filled dots there have 1.8.
      EXPECT_GT(contrast, dark ? 3.0 : 1.8) << i << (dark ? " dark" : " light");
    }
  }
}

TEST(Palette, OkabeItoOnDarkAndWrapsAt32) {
  EXPECT_EQ(categorical_colour(0, true), (Rgba{0x00, 0x72, 0xB2, 255}));
  EXPECT_EQ(categorical_colour(6, true), (Rgba{0xF0, 0xE4, 0x42, 255}));
  EXPECT_EQ(categorical_colour(35, true), categorical_colour(3, true));
}

TEST(Palette, ViridisRisesInLightnessFromEndToEnd) {
  EXPECT_EQ(viridis(0), (Rgba{0x44, 0x01, 0x54, 255}));
  EXPECT_EQ(viridis(1), (Rgba{0xFD, 0xE7, 0x25, 255}));
  EXPECT_EQ(viridis(-3), viridis(0));
  EXPECT_EQ(viridis(std::nan("")), viridis(0));
  double last = -1;
  for (int i = 0; i <= 64; ++i) {
    const double lightness = lab_of(linear_of(viridis(i / 64.0)))[0];
    EXPECT_GT(lightness, last) << i;
    last = lightness;
  }
}

}  // namespace
}  // namespace latentscape
