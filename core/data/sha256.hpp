// SHA-256 (FIPS 180-4), by OpenSSL, as lower-case hex.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/base/log.hpp"
#include "core/formats/file.hpp"

namespace latentscape {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(ByteView bytes);
  void add(std::string_view text);
  std::string hex();  // once, at the end

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_of(ByteView bytes);
/// Of a file of any size, piece by piece. Errors: those of reading it, cancelled.
Result<std::string> sha256_of_file(const std::filesystem::path& path, const std::stop_token& stop, const Progress& progress);

}  // namespace latentscape
