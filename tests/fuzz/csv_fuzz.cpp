// libFuzzer entry: any bytes as a csv file; the reader must return an error or a whole table.
#include "core/formats/csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto table = latentscape::parse_csv({data, size}, "fuzz");
  if (!table.ok()) return 0;
  for (const auto& column : table->columns)
    if ((column.numeric ? column.numbers.size() : column.words.size()) != table->rows) __builtin_trap();
  return 0;
}
