// libFuzzer: no text may crash the reader of configs, and what it accepts reads back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/io/config_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto config = latentscape::config_from_json({reinterpret_cast<const char*>(data), size}, "fuzz.json");
  if (!config.ok()) return 0;
  const auto again = latentscape::config_from_json(latentscape::json_from_config(*config), "fuzz.json");
  if (!again.ok() || !(*again == *config)) std::abort();
  return 0;
}
