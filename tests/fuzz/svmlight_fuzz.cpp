// libFuzzer entry: any bytes as svmlight word counts; the reader must return an error or whole rows.
#include "core/formats/svmlight.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto rows = latentscape::parse_svmlight({data, size}, "fuzz");
  if (!rows.ok()) return 0;
  if (rows->start.size() != rows->rows() + 1 || rows->start.back() != rows->index.size()) __builtin_trap();
  for (size_t i = 0; i < rows->rows(); ++i)
    for (size_t k = rows->start[i]; k < rows->start[i + 1]; ++k)
      if (rows->index[k] >= rows->width || rows->count[k] <= 0.0f || (k > rows->start[i] && rows->index[k] <= rows->index[k - 1]))
        __builtin_trap();
  return 0;
}
