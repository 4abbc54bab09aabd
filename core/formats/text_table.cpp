#include "core/formats/text_table.hpp"

#include "core/formats/csv_records.hpp"

namespace latentscape {

namespace {

constexpr size_t kReportRows = 1 << 14;  // between two looks at stop and progress

CellRules rules_of(TextLayout layout) {
  switch (layout) {
    case TextLayout::lines: return CellRules::line;
    case TextLayout::tabs: return CellRules::tab;
    case TextLayout::commas: return CellRules::comma;
  }
  return CellRules::line;
}

Result<TextCells> read_cells(CsvBytes bytes, TextLayout layout, std::string_view name, size_t most, const std::stop_token& stop,
                             const Progress& progress) {
  CsvRecords records(bytes, name, rules_of(layout));
  LS_CHECK(records.begin());
  TextCells out;
  std::vector<std::string_view> cells;
  while (most == 0 || out.rows() < most) {
    LS_TRY(const bool found, records.next(cells));
    if (!found) break;
    if (out.columns.empty()) out.columns.resize(cells.size());
    if (cells.size() != out.columns.size())
      return records.wrong(
          fmt::format("has {} cell{}, expected {} as in the first line", cells.size(), cells.size() == 1 ? "" : "s", out.columns.size()));
    for (size_t k = 0; k < cells.size(); ++k) out.columns[k].emplace_back(cells[k]);
    if (out.rows() % kReportRows) continue;
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: reading was stopped", name);
    if (progress) progress(bytes.share(), fmt::format("reading {}", name));
  }
  if (out.columns.empty()) return fail(ErrorCode::corrupt, "{}: has only blank lines", name);
  return out;
}

}  // namespace

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

TextLayout text_layout_of(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with(".tsv") ? TextLayout::tabs : name.ends_with(".csv") ? TextLayout::commas : TextLayout::lines;
}

Result<TextCells> parse_text(ByteView bytes, TextLayout layout, std::string_view name, size_t most) {
  return read_cells(CsvBytes(bytes), layout, name, most, {}, {});
}

Result<TextCells> read_text(const std::filesystem::path& path, TextLayout layout, size_t most, std::stop_token stop,
                            const Progress& progress) {
  LS_TRY(CsvBytes bytes, CsvBytes::open(path));
  return read_cells(std::move(bytes), layout, path.string(), most, stop, progress);
}

Result<Bytes> read_unpacked(const std::filesystem::path& path) {
  LS_TRY(const Bytes packed, read_file(path));
  return is_gzip(packed) ? gunzip(packed, kMostUnpacked, path.string()) : packed;
}

}  // namespace latentscape
