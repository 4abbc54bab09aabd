#include "core/data/fingerprint.hpp"

#include <algorithm>
#include <bit>

namespace latentscape {

namespace {

constexpr size_t kPiece = size_t{1} << 20;  // numbers; a multiple of 8
constexpr size_t kAhead = 8;                // pieces that the disk is asked for before they are read
constexpr uint32_t kExponent = 0x7f800000u;

uint64_t mixed(uint64_t h) {  // the finaliser of MurmurHash3
  h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
  h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53u;
  return h ^ (h >> 33);
}

void add_text(Fingerprint& print, const std::string& text) {
  print.add(text.size());
  for (const char c : text) print.add(static_cast<uint8_t>(c));
}

void scan(std::span<const uint8_t> bytes, size_t, bool last, ValueScan& out) {
  const size_t words = bytes.size() / 8 * 8;
  out.print.add_words(bytes.first(words));
  if (last) out.print.add_rest(bytes.subspan(words));
}

void scan(std::span<const float> numbers, size_t first, bool, ValueScan& out) {
  const auto finite = [](float v) { return (std::bit_cast<uint32_t>(v) & kExponent) != kExponent; };
  bool all = true;
  for (const float v : numbers) all = all & finite(v);
  if (!all && !out.not_finite)
    out.not_finite = first + static_cast<size_t>(std::find_if_not(numbers.begin(), numbers.end(), finite) - numbers.begin());
  out.print.add_floats(numbers);
}

}  // namespace

void Fingerprint::add_words(std::span<const uint8_t> bytes) {
  // Words are put together byte by byte, so that the number does not depend on the machine's byte order.
  for (size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    uint64_t word = 0;
    for (size_t k = 0; k < 8; ++k) word |= uint64_t{bytes[i + k]} << (8 * k);
    add(word);
  }
}

void Fingerprint::add_rest(std::span<const uint8_t> bytes) {
  uint64_t rest = bytes.size();
  for (const uint8_t byte : bytes) rest = rest << 8 | byte;
  add(rest);
}

void Fingerprint::add_floats(std::span<const float> values) {
  for (const float v : values) add(std::bit_cast<uint32_t>(v));
}

void Fingerprint::add(const Column& column) {
  add_text(*this, column.name);
  for (const std::string& category : column.categories) add_text(*this, category);
  add_floats(column.values);
  if (column.offset != 0.0) add(std::bit_cast<uint64_t>(column.offset));
}

void Fingerprint::add(const WordCounts& counts) {
  add(2);  // after bytes and floats
  for (const size_t start : counts.start) add(start);
  for (const uint32_t word : counts.word) add(word);
  add_floats(counts.count);
}

std::string Fingerprint::hex() const { return fmt::format("{:016x}{:016x}", mixed(a_ + words_), mixed(b_ ^ words_)); }

ValueScan scan_values(const Dataset& data) {
  ValueScan out;
  out.print.add(data.rows);
  const bool array = data.holds_numbers();  // whose inputs say its offsets
  if (array || data.preprocessing.inputs.empty())
    for (const size_t dim : data.shape) out.print.add(dim);
  else
    for (const Column& column : data.columns) out.print.add(column);
  for (const TableInput& input : data.preprocessing.inputs)
    if (array && input.offset != 0.0) out.print.add(std::bit_cast<uint64_t>(input.offset));
  visit_numbers(data.values, [&](const auto& values) {
    using T = std::remove_cvref_t<decltype(*values.data())>;
    out.print.add(std::is_same_v<T, uint8_t> ? 0 : 1);  // mapped or not
    const std::span<const T> all(values.data(), values.size());
    const size_t width = std::max<size_t>(1, data.width());
    size_t at = 0;
    do {
      const size_t n = std::min(kPiece, all.size() - at);
      const size_t first = at == 0 ? 0 : (at + (kAhead - 1) * kPiece) / width;
      if (first < data.rows) rows_needed(values, first, std::min(data.rows - 1, (at + kAhead * kPiece) / width));
      scan(all.subspan(at, n), at, at + n == all.size(), out);
      at += n;
      rows_passed(values, n / width);
    } while (at < all.size());
  });
  if (const auto* counts = std::get_if<WordCounts>(&data.values)) out.print.add(*counts);
  for (const std::string& text : data.texts) add_text(out.print, text);
  return out;
}

void set_fingerprint(Dataset& data, ValueScan scan) {
  if (const Column* labels = data.labels()) scan.print.add_floats(labels->values);
  data.fingerprint = scan.print.hex();
}

void set_fingerprint(Dataset& data) { set_fingerprint(data, scan_values(data)); }

}  // namespace latentscape
