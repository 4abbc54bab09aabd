// libFuzzer entry: any bytes as a safetensors file; the reader must return an error or a whole value.
#include "core/formats/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto result = latentscape::parse_safetensors({data, size}, "fuzz");
  (void)result.ok();
  return 0;
}
