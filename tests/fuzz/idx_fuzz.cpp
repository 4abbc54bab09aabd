// libFuzzer entry: any bytes as a idx file; the reader must return an error or a whole value.
#include "core/formats/idx.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto result = latentscape::parse_idx({data, size}, "fuzz");
  (void)result.ok();
  return 0;
}
