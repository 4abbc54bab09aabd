// libFuzzer entry: any bytes as a npy file; the reader must return an error or a whole value.
#include "core/formats/npy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto result = latentscape::parse_npy({data, size}, "fuzz");
  (void)result.ok();
  return 0;
}
