// libFuzzer entry: any bytes as a text file of each layout; the reader must return an error or whole rows of texts, and their words.
#include "core/data/tokens.hpp"
#include "core/formats/text_table.hpp"
#include "core/formats/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace latentscape;
  for (const TextLayout layout : {TextLayout::lines, TextLayout::tabs, TextLayout::commas}) {
    const auto cells = parse_text({data, size}, layout, "fuzz");
    if (!cells.ok()) continue;
    for (const auto& column : cells->columns)
      if (column.size() != cells->rows()) __builtin_trap();
  }
  std::string word;
  Tokens tokens({reinterpret_cast<const char*>(data), size});  // also of what is no UTF-8
  while (tokens.next(word))
    if (word.empty() || word.size() > Tokens::kMostTokenBytes) __builtin_trap();
  return 0;
}
