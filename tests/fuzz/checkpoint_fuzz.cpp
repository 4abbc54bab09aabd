// libFuzzer: no bytes may crash the reader of checkpoints.
#include <cstddef>
#include <cstdint>

#include "core/io/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto checkpoint = latentscape::parse_checkpoint({data, size}, "fuzz.safetensors");
  return checkpoint.ok() && checkpoint->shape.empty() ? -1 : 0;
}
