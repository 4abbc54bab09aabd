// Where the window's unnamed runs go, and how many stay.
#include <algorithm>
#include <filesystem>

#include "core/base/user_folders.hpp"
#include "core/session/session.hpp"

namespace latentscape {

namespace fs = std::filesystem;

Result<std::string> default_runs_folder() {
  LS_TRY(const fs::path base, user_folder(UserFolder::state));
  const fs::path folder = base / "runs";
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (ec) return fail(ErrorCode::io, "{}: cannot be made: {}", folder.string(), ec.message());
  return folder.string();
}

namespace {

/// When a run was last worked on: resuming writes metrics and checkpoints, but never run.json.
fs::file_time_type last_worked_on(const fs::path& run) {
  std::error_code ignored;
  fs::file_time_type newest = fs::last_write_time(run / "run.json", ignored);
  for (const char* name : {"metrics.jsonl", "events.jsonl", "checkpoints"}) {
    std::error_code missing;
    const auto time = fs::last_write_time(run / name, missing);
    if (!missing) newest = std::max(newest, time);
  }
  return newest;
}

}  // namespace

Status prune_runs(const std::string& folder, size_t keep, const std::string& open) {
  std::error_code ec;
  std::vector<std::pair<fs::file_time_type, fs::path>> runs;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    std::error_code entry;
    if (!it->is_directory(entry) || it->is_symlink(entry) || !fs::is_regular_file(it->path() / "run.json", entry)) continue;
    runs.emplace_back(last_worked_on(it->path()), it->path());
  }
  if (ec) return fail(ErrorCode::io, "{}: cannot be listed: {}", folder, ec.message());
  if (runs.size() <= keep) return {};
  std::sort(runs.begin(), runs.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second > b.second; });
  for (size_t i = keep; i < runs.size(); ++i) {
    if (!open.empty() && fs::equivalent(runs[i].second, open, ec)) continue;
    ec.clear();
    fs::remove_all(runs[i].second, ec);
    if (ec) return fail(ErrorCode::io, "{}: cannot be removed: {}", runs[i].second.string(), ec.message());
  }
  return {};
}

}  // namespace latentscape
