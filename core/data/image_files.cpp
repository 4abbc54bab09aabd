#include "core/data/image_files.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/base/lower.hpp"
#include "core/base/number_text.hpp"
#include "core/formats/csv.hpp"

namespace latentscape {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLabels = "labels.csv";
constexpr std::array<std::string_view, 7> kExtensions = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tga", ".psd"};
constexpr size_t kMostLooks = 4000;  // names that holds_images reads
constexpr size_t kDeepest = 32;      // folders in folders
constexpr size_t kNamed = 3;         // of the files that a warning is about

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

std::optional<Split> split_of_folder(const std::string& name) {
  const std::string text = lower(name);
  if (text == "train") return Split::train;
  if (text == "test") return Split::test;
  if (text == "val" || text == "valid" || text == "validation") return Split::heldout;
  return std::nullopt;
}

/// What comes before the first '/', and what is behind it; the first is empty where there is none.
std::pair<std::string, std::string> parted(const std::string& path) {
  const size_t slash = path.find('/');
  return slash == std::string::npos ? std::pair(std::string(), path) : std::pair(path.substr(0, slash), path.substr(slash + 1));
}

/// "3 files ...: a, b, c", with dots where there are more.
void warn(std::vector<std::string>& warnings, std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  const std::vector<std::string> first(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(kNamed, names.size())));
  warnings.push_back(fmt::format("{} {}: {}{}", names.size(), what, fmt::join(first, ", "), names.size() > kNamed ? ", ..." : ""));
}

class Walk {
 public:
  Walk(fs::path root, std::stop_token stop) : root_(std::move(root)), stop_(std::move(stop)) {}

  Status run(const fs::path& folder, const std::string& prefix) {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", root_.string());
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (!error && std::find(above_.begin(), above_.end(), real) != above_.end()) {
      loops.push_back(prefix);
      return {};
    }
    fs::directory_iterator entries(folder, error);
    if (error || above_.size() == kDeepest) {
      unreadable.push_back(prefix.empty() ? folder.string() : prefix);
      return {};
    }
    above_.push_back(real);
    for (; entries != fs::directory_iterator(); entries.increment(error)) {
      if (error) break;
      LS_CHECK(take(*entries, prefix));
    }
    above_.pop_back();
    return {};
  }

  std::vector<std::string> images, others, unreadable, loops;

 private:
  Status take(const fs::directory_entry& entry, const std::string& prefix) {
    const std::string name = entry.path().filename().string();
    if (is_hidden(entry.path())) return {};
    std::error_code error;
    const fs::file_status status = entry.status(error);
    if (fs::is_directory(status)) return run(entry.path(), prefix + name + "/");
    if (fs::is_regular_file(status) && is_image_name(entry.path()))
      images.push_back(prefix + name);
    else if (is_image_name(entry.path()))
      unreadable.push_back(prefix + name);  // a link to nothing, a device
    else if (name != kLabels)
      others.push_back(prefix + name);
    return {};
  }

  fs::path root_;
  std::stop_token stop_;
  std::vector<fs::path> above_;
};

/// Names of classes, each once; the empty one is none.
class ClassNames {
 public:
  explicit ClassNames(std::vector<std::string>& names) : names_(names) {}
  uint32_t index(const std::string& name) {
    if (name.empty()) return kNoClass;
    const auto [place, added] = index_.emplace(name, static_cast<uint32_t>(names_.size()));
    if (added) names_.push_back(name);
    return place->second;
  }

 private:
  std::vector<std::string>& names_;
  std::unordered_map<std::string, uint32_t> index_;
};

bool in_order(const ImageFile& a, const ImageFile& b) { return a.split != b.split ? a.split < b.split : a.path < b.path; }

/// Classes by labels.csv, where there is one, of the files that it names.
class Labels {
 public:
  Labels(ImageFiles& found, ClassNames& classes) : found_(found), classes_(classes), named_(found.files.size()) {}

  Status read(const std::string& folder, const std::string& prefix) {
    const fs::path path = fs::path(folder) / prefix / kLabels;
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return {};
    LS_TRY(const CsvTable table, read_csv(path));
    const CsvColumn *file = nullptr, *label = nullptr;
    std::vector<std::string> names;
    for (const CsvColumn& column : table.columns) {
      names.push_back(column.name);
      if (lower(column.name) == "file") file = &column;
      if (lower(column.name) == "label") label = &column;
    }
    if (!file || !label || file->numeric)
      return fail(ErrorCode::corrupt, "{}: has the columns {}, expected 'file' with the names of images, and 'label'", path.string(),
                  fmt::join(names, ", "));
    for (size_t i = 0; i < table.rows; ++i) {
      if (file->words[i] == kNoWord) continue;
      std::string name = prefix + fs::path(file->dictionary[file->words[i]]).lexically_normal().generic_string();
      std::string text;
      if (label->numeric)
        text = std::isnan(label->numbers[i]) ? "" : number_text(label->offset, static_cast<double>(label->numbers[i]));
      else if (label->words[i] != kNoWord)
        text = label->dictionary[label->words[i]];
      if (!take(name, text)) return fail(ErrorCode::corrupt, "{}: names {} twice", path.string(), name);
    }
    return {};
  }

  void add_warnings() const {
    if (!any_) return;
    std::vector<std::string> without;
    for (size_t i = 0; i < named_.size(); ++i)
      if (!named_[i]) without.push_back(found_.files[i].path);
    warn(found_.warnings, "images are not in labels.csv", without);
    warn(found_.warnings, "files of labels.csv are no images here", {absent_.begin(), absent_.end()});
  }

 private:
  /// False: that name has come before.
  bool take(const std::string& name, const std::string& label) {
    any_ = true;
    const auto begin = found_.files.begin(), end = found_.files.end();
    for (const Split split : {Split::train, Split::heldout, Split::test}) {
      const auto file = std::lower_bound(begin, end, ImageFile{name, kNoClass, split}, in_order);
      if (file == end || file->path != name) continue;
      const auto i = static_cast<size_t>(file - begin);
      if (named_[i]) return false;
      named_[i] = true;
      file->class_index = classes_.index(label);
      return true;
    }
    return absent_.insert(name).second;
  }

  ImageFiles& found_;
  ClassNames& classes_;
  std::vector<bool> named_;  // of each file
  std::set<std::string> absent_;
  bool any_ = false;
};

}  // namespace

bool is_image_name(const fs::path& path) {
  return std::find(kExtensions.begin(), kExtensions.end(), lower(path.extension().string())) != kExtensions.end();
}

bool holds_images(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return false;
  fs::recursive_directory_iterator entries(folder, fs::directory_options::follow_directory_symlink, error);
  for (size_t looks = 0; !error && entries != fs::recursive_directory_iterator() && looks < kMostLooks; entries.increment(error), ++looks) {
    if (is_hidden(entries->path()) || entries.depth() > 2) {
      entries.disable_recursion_pending();
      continue;
    }
    if (is_image_name(entries->path())) return true;
  }
  return false;
}

Result<ImageFiles> find_images(const std::string& folder, std::stop_token stop) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return fail(ErrorCode::not_found, "{}: is not a folder, expected one with images in it", folder);
  Walk walk(folder, std::move(stop));
  LS_CHECK(walk.run(folder, ""));
  ImageFiles found;
  std::vector<std::string> places = {""};
  found.splits = false;
  for (const std::string& path : walk.images) {
    const std::string top = parted(path).first;
    if (top.empty() || std::find(places.begin(), places.end(), top + "/") != places.end()) continue;
    places.push_back(top + "/");
    found.splits = found.splits || split_of_folder(top) == Split::train;
  }
  for (size_t i = 1; i < places.size(); ++i) found.splits = found.splits && split_of_folder(parted(places[i]).first).has_value();
  ClassNames classes(found.classes);
  found.files.reserve(walk.images.size());
  for (std::string& path : walk.images) {
    auto [top, rest] = parted(path);
    ImageFile file{std::move(path), kNoClass, Split::train};
    if (found.splits && !top.empty()) {
      file.split = *split_of_folder(top);
      top = parted(rest).first;
    }
    file.class_index = classes.index(top);
    found.files.push_back(std::move(file));
  }
  if (found.files.empty()) {
    const std::string more = walk.unreadable.empty() ? "" : fmt::format("; {} could not be read", walk.unreadable.front());
    return fail(ErrorCode::corrupt, "{}: holds no images, expected files that end with {}{}", folder, fmt::join(kExtensions, ", "), more);
  }
  std::sort(found.files.begin(), found.files.end(), in_order);
  for (auto* names : {&walk.others, &walk.unreadable, &walk.loops}) std::sort(names->begin(), names->end());
  warn(found.warnings, "files are not called like images and are left out", walk.others);
  warn(found.warnings, "files or folders cannot be read and are left out", walk.unreadable);
  warn(found.warnings, "folders are links to a folder above them and are left out", walk.loops);
  if (!found.splits) places.resize(1);
  Labels labels(found, classes);
  for (const std::string& place : places) LS_CHECK(labels.read(folder, place));
  labels.add_warnings();
  return found;
}

}  // namespace latentscape
