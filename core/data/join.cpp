#include "core/data/join.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace latentscape {

namespace {

constexpr char kBetweenFingerprints = '+';

Status check_alike(const Dataset& data, const Dataset& other) {
  if (own_fingerprint(data.fingerprint) == other.fingerprint)
    return fail(ErrorCode::invalid_argument, "{}: is {} itself, held-out rows among it; expected another set", other.origin, data.name);
  if (other.kind != data.kind || other.shape != data.shape)
    return fail(ErrorCode::invalid_argument, "{}: its examples are {}s of {}, expected {}s of {} as {} has them", other.origin,
                to_string(other.kind), fmt::join(other.shape, " x "), to_string(data.kind), fmt::join(data.shape, " x "), data.name);
  if (data.mapped() || other.mapped())
    return fail(ErrorCode::unsupported,
                "{}: only rows in memory join, and {} is larger than the memory for it; a larger --memory lets it in", other.origin,
                data.mapped() ? data.name : other.name);
  if (other.categories != data.categories)
    return fail(ErrorCode::invalid_argument, "{}: its columns have other categories than those of {}", other.origin, data.name);
  return {};
}

bool is_number(const std::string& name) { return name.find_first_not_of("0123456789") == std::string::npos; }

/// Which of the `known` classes, those of `whose`, each class of `data` is. Where the known are numbers themselves, a number is a name.
Result<std::vector<float>> classes_in(const std::vector<std::string>& known, const std::string& whose, const Dataset& data) {
  std::vector<float> classes;
  const bool numbered = std::any_of(known.begin(), known.end(), is_number);
  for (const std::string& name : data.labels()->categories) {
    auto found = class_from_text(known, name);
    if (found && numbered && known[*found] != name) found.reset();
    if (!found)
      return fail(ErrorCode::invalid_argument, "{}: its class '{}' is not one of {} ({})", data.origin, name, whose,
                  fmt::join(known, ", "));
    classes.push_back(static_cast<float>(*found));
  }
  return classes;
}

/// Counts or bytes where both have them, else floats.
void append_values(Dataset& data, const Dataset& other, std::span<const uint32_t> rows) {
  const size_t width = data.width();
  auto* counts = std::get_if<WordCounts>(&data.values);
  if (const auto* more = std::get_if<WordCounts>(&other.values); counts && more) {
    for (const uint32_t row : rows) counts->add_row(more->words_of(row), more->counts_of(row));
    return;
  }
  auto* bytes = std::get_if<std::vector<uint8_t>>(&data.values);
  const auto* more = std::get_if<std::vector<uint8_t>>(&other.values);
  if (bytes && more) {
    for (const uint32_t row : rows) {
      const auto begin = more->begin() + static_cast<std::ptrdiff_t>(row * width);
      bytes->insert(bytes->end(), begin, begin + static_cast<std::ptrdiff_t>(width));
    }
    return;
  }
  std::vector<float> values((data.rows + rows.size()) * width);
  for (size_t i = 0; i < data.rows; ++i) data.copy_row(i, values.data() + i * width);
  for (size_t i = 0; i < rows.size(); ++i) other.copy_row(rows[i], values.data() + (data.rows + i) * width);
  data.values = std::move(values);
  data.scalings.clear();  // copy_row has done it
}

}  // namespace

std::optional<size_t> class_from_text(const std::vector<std::string>& classes, std::string_view text) {
  const auto found = std::find(classes.begin(), classes.end(), text);
  if (found != classes.end()) return static_cast<size_t>(found - classes.begin());
  size_t index = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, index);
  if (read.ec != std::errc{} || read.ptr != end || index >= classes.size()) return std::nullopt;
  return index;
}

Status join_train(Dataset& data, const Dataset& other) {
  LS_CHECK(check_alike(data, other));
  std::vector<float> classes;
  if (data.labels() && other.labels()) {
    LS_TRY(classes, classes_in(data.labels()->categories, data.name, other));
  }
  const std::vector<uint32_t> rows = other.ids_of({Split::train, Split::heldout});
  append_values(data, other, rows);
  for (Column& column : data.columns) column.values.resize(data.rows + rows.size(), std::numeric_limits<float>::quiet_NaN());
  if (!data.texts.empty())
    for (const uint32_t row : rows) data.texts.push_back(other.texts.empty() ? std::string() : other.texts[row]);
  if (!classes.empty()) {
    std::vector<float>& labels = data.columns[static_cast<size_t>(data.label_column)].values;
    for (size_t i = 0; i < rows.size(); ++i)
      if (const int label = other.label(rows[i]); label >= 0) labels[data.rows + i] = classes[static_cast<size_t>(label)];
  }
  if (!data.row_names.empty() || !other.row_names.empty()) {
    data.row_names.resize(data.rows);
    for (const uint32_t row : rows) data.row_names.push_back(other.row_names.empty() ? std::string() : other.row_names[row]);
  }
  if (!data.row_numbers.empty())
    for (const uint32_t row : rows) data.row_numbers.push_back(static_cast<uint32_t>(other.row_number(row)));
  data.split.resize(data.rows + rows.size(), Split::train);
  data.rows += rows.size();
  data.extra += rows.size();
  data.fingerprint += kBetweenFingerprints + other.fingerprint;
  for (const std::string& warning : other.warnings) data.warnings.push_back(other.name + ": " + warning);
  return {};
}

Status take_classes(Dataset& data, const std::vector<std::string>& classes, const std::string& whose) {
  if (!data.labels() || data.labels()->categories == classes) return {};
  LS_TRY(const std::vector<float> places, classes_in(classes, whose, data));
  Column& labels = data.columns[static_cast<size_t>(data.label_column)];
  for (float& label : labels.values)
    if (!std::isnan(label)) label = places[static_cast<size_t>(label)];
  labels.categories = classes;
  return {};
}

std::string own_fingerprint(const std::string& fingerprint) { return fingerprint.substr(0, fingerprint.find(kBetweenFingerprints)); }

}  // namespace latentscape
