// A folder that goes away, and a small checkpoint with awkward numbers.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "core/base/rng.hpp"
#include "core/formats/file.hpp"
#include "core/io/checkpoint.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {

inline RunConfig small_config() {
  RunConfig config;
  config.data = "mnist \"quoted\" \\ π";
  config.model.latent = 3;
  config.model.encoder = {7, 5};
  config.model.decoder = {4};
  config.learning_rate = 0.1 + 0.2;  // 0.30000000000000004: needs all 17 digits
  config.learning_rate_decoder = 1.0 / 3.0;
  config.seed = UINT64_MAX;
  config.epochs = 2;
  return config;
}

inline Checkpoint small_checkpoint(uint64_t step, double heldout = std::nan("")) {
  Checkpoint c;
  c.config = small_config();
  c.shape = {3, 2};
  c.classes = {"cat", "dog, \"big\"", "狗"};
  c.data_fingerprint = "0123abcd";
  c.heldout_loss = heldout;
  const auto model = make_model(c.config.model, c.shape);
  EXPECT_TRUE(model.ok()) << model.error().message;
  if (!model.ok()) return c;
  TrainerState& s = c.state;
  const size_t n = (*model)->parameter_count();
  for (std::vector<float>* values : {&s.parameters, &s.first_moments, &s.second_moments}) values->resize(n);
  Rng rng(step, RngStream::general);
  rng.fill_normal(s.parameters);
  rng.fill_normal(s.first_moments);
  for (float& v : s.second_moments) v = static_cast<float>(rng.uniform());
  s.step = step;
  s.epoch = UINT64_MAX - 1;
  s.position = (uint64_t{1} << 53) + 1;  // not a double
  s.recoveries = 2;
  s.batch = 100;
  s.learning_rate = 1.0 / 3.0 * 1e-3;
  s.beta = std::nextafter(1.0, 2.0);
  s.learning_rate_scale = 0.25;
  s.attempts = 2;
  s.fault_step = step + 3;
  s.good_loss = 100.0 / 3.0;
  s.target_epochs = 12;
  s.plateau = {100.0 / 7.0, 5, 2, 0.125};
  if (step > 0)
    s.good = GoodState{s.first_moments,          s.parameters, s.second_moments, step - 1, UINT64_MAX - 2, (uint64_t{1} << 53) - 1,
                       {100.0 / 9.0, 4, 1, 0.25}};
  return c;
}

inline std::shared_ptr<const ModelF> model_of(const Checkpoint& c) { return make_model(c.config.model, c.shape).value(); }

inline std::string text_of(const std::string& path) {
  const Result<Bytes> bytes = read_file(path);
  return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : "";
}

/// Bytes with a few seeded faults: flipped, cut, doubled, filled.
inline Bytes mutated(Bytes bytes, Rng& rng, size_t within) {
  const uint32_t faults = 1 + rng.below(3);
  for (uint32_t f = 0; f < faults && !bytes.empty(); ++f) {
    const size_t at = rng.below(static_cast<uint32_t>(std::min(within, bytes.size())));
    switch (rng.below(6)) {
      case 0: bytes[at] = static_cast<uint8_t>(rng.bits()); break;
      case 1: bytes[at] ^= static_cast<uint8_t>(1u << rng.below(8)); break;
      case 2: bytes.resize(at); break;
      case 3: bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), static_cast<uint8_t>(rng.bits())); break;
      case 4: bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at)); break;
      default: bytes[at] = "0123456789\"{}[],:-.eE"[rng.below(21)]; break;
    }
  }
  return bytes;
}

}  // namespace latentscape
