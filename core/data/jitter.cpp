#include "core/data/jitter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/base/rng.hpp"

namespace latentscape {

namespace {

/// Where place i of n lies if what is outside is mirrored about the first and the last.
size_t mirrored(int64_t i, size_t n) {
  if (static_cast<uint64_t>(i) < n) return static_cast<size_t>(i);
  if (n == 1) return 0;
  const auto period = static_cast<int64_t>(2 * (n - 1));
  const int64_t place = ((i % period) + period) % period;
  return static_cast<size_t>(std::min(place, period - place));
}

/// The two pixels that a place lies between, and how far it is from the first.
struct Between {
  size_t first, second;
  float share;
  Between(float place, size_t n) {
    const float below = std::floor(place);
    share = place - below;
    first = mirrored(static_cast<int64_t>(below), n);
    second = mirrored(static_cast<int64_t>(below) + 1, n);
  }
};

/// Each pixel of `to` looks up the place that a turn by `angle` about the middle and then a shift bring there. Without a turn these are
/// whole pixels, in exact arithmetic.
void move(const float* from, const Dataset& shape, float right, float down, double angle, float* to) {
  const size_t height = shape.height_px(), width = shape.width_px(), channels = shape.channels();
  const auto c = static_cast<float>(std::cos(angle)), s = static_cast<float>(std::sin(angle));
  const float middle_x = 0.5f * static_cast<float>(width - 1), middle_y = 0.5f * static_cast<float>(height - 1);
  for (size_t row = 0; row < height; ++row) {
    const float y = static_cast<float>(row) - down - middle_y;
    for (size_t column = 0; column < width; ++column, to += channels) {
      const float x = static_cast<float>(column) - right - middle_x;
      const Between across(c * x + s * y + middle_x, width), along(c * y - s * x + middle_y, height);
      const float *top = from + along.first * width * channels, *bottom = from + along.second * width * channels;
      const size_t left = across.first * channels, next = across.second * channels;
      for (size_t k = 0; k < channels; ++k) {
        const float above = top[left + k] + across.share * (top[next + k] - top[left + k]);
        const float below = bottom[left + k] + across.share * (bottom[next + k] - bottom[left + k]);
        to[k] = above + along.share * (below - above);
      }
    }
  }
}

/// Each number gets the sum of the four bytes of a draw, centred and scaled: as good as normal for noise.
void add_noise(float deviation, Rng rng, std::span<float> x) {
  constexpr float mean = 510.0f;          // of the sum
  constexpr float spread = 147.8005413f;  // its standard deviation, sqrt(4 (256^2 - 1) / 12)
  for (size_t i = 0; i < x.size(); i += 4) {
    const std::array<uint32_t, 4> draws = rng.block();
    for (size_t k = 0; k < std::min<size_t>(4, x.size() - i); ++k) {
      const uint32_t d = draws[k], sum = (d & 255) + (d >> 8 & 255) + (d >> 16 & 255) + (d >> 24);
      x[i + k] = std::clamp(x[i + k] + deviation / spread * (static_cast<float>(sum) - mean), 0.0f, 1.0f);
    }
  }
}

}  // namespace

Status check_jitter(const Jitter& jitter, const Dataset& data) {
  if (!jitter.any()) return {};
  if (data.kind != DataKind::image)
    return fail(ErrorCode::invalid_argument, "jitter is for images, {} is a {}; leave jitter_shift, jitter_rotate and jitter_noise at 0",
                data.name, to_string(data.kind));
  const size_t side = std::min(data.height_px(), data.width_px());
  if (jitter.shift >= side)
    return fail(ErrorCode::invalid_argument, "jitter_shift is {}, expected less than the {} pixels of a side of {}", jitter.shift, side,
                data.name);
  return {};
}

void copy_jittered(const Dataset& data, uint32_t row, const Jitter& jitter, uint64_t seed, uint64_t step, std::span<float> plain,
                   float* out) {
  Rng rng(seed, RngStream::jitter, step, row);
  const auto shifted = [&] {
    return static_cast<float>(rng.below(static_cast<uint32_t>(2 * jitter.shift + 1))) - static_cast<float>(jitter.shift);
  };
  const float right = shifted(), down = shifted();
  const double angle = rng.uniform(-jitter.rotate, jitter.rotate) * std::numbers::pi / 180.0;
  data.copy_row(row, plain.data());
  if (jitter.shift > 0 || jitter.rotate > 0.0)
    move(plain.data(), data, right, down, angle, out);
  else
    std::copy(plain.begin(), plain.end(), out);
  if (jitter.noise > 0.0) add_noise(static_cast<float>(jitter.noise), rng, {out, plain.size()});
}

}  // namespace latentscape
