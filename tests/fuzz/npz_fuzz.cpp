// libFuzzer entry: any bytes as a npz file; the reader must return an error or whole values.
#include "core/formats/npz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto result = latentscape::parse_npz({data, size}, "fuzz");
  (void)result.ok();
  return 0;
}
