#include "core/data/fetch.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "core/base/version.hpp"
#include "core/data/sha256.hpp"
#include "core/data/text_sets.hpp"
#include "core/formats/file.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

constexpr long kConnectSeconds = 20, kSilentSeconds = 30;  // after which a mirror is given up
constexpr uint64_t kUnpacking = 64;                        // more than what a data set's gzip files unpack to
constexpr uint64_t kSlack = uint64_t{1} << 20;             // a mirror may have compressed less well

/// Is this file what the list says? An error of code corrupt where it is not.
Status check_sum(const DownloadFile& file, const fs::path& path) {
  LS_TRY(Bytes bytes, read_file(path));
  if (file.unpacked) {
    LS_TRY(bytes, gunzip(bytes, static_cast<size_t>(kUnpacking * file.bytes + kSlack), path.string()));
  }
  const std::string found = sha256_of(bytes);
  if (found == file.sha256) return {};
  return fail(ErrorCode::corrupt, "{}: its SHA-256 is {}, expected {}", file.name, found, file.sha256);
}

/// NAME.part, open and locked.
class Part {
 public:
  explicit Part(fs::path path) : path_(std::move(path)) {}
  ~Part() {
    if (file_ < 0) return;
    if (size() == 0) ::unlink(path_.c_str());
    ::close(file_);
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  Status open() {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file_ < 0) return fail(ErrorCode::io, "{}: cannot be written: {}", path_.string(), std::strerror(errno));
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) return fail(ErrorCode::io, "{}: another program is fetching it", path_.string());
    return {};
  }
  uint64_t size() const {
    struct stat info {};
    return ::fstat(file_, &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
  }
  bool empty_it() { return ::ftruncate(file_, 0) == 0; }
  /// All of it, or errno says why not.
  bool append(const char* data, size_t count) {
    while (count > 0) {
      const ssize_t done = ::write(file_, data, count);
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) return false;
      data += done;
      count -= static_cast<size_t>(done);
    }
    return true;
  }
  bool sync() { return ::fsync(file_) == 0; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  int file_ = -1;
};

/// One request: what came, and why it ended.
struct Transfer {
  Part& part;
  uint64_t most = 0;  // bytes of the file
  uint64_t received = 0;
  int write_error = 0;  // errno
  bool too_long = false;
  std::function<void()> tell;
  std::stop_token stop;
};

size_t take(char* data, size_t, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.part.size() + count > transfer.most) {
    transfer.too_long = true;
    return 0;
  }
  if (!transfer.part.append(data, count)) {
    transfer.write_error = errno;
    return 0;
  }
  transfer.received += count;
  return count;
}

int ticked(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.tell();
  return transfer.stop.stop_requested() ? 1 : 0;
}

struct Curl {
  Curl() {
    static const CURLcode begun = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (begun == CURLE_OK) handle.reset(curl_easy_init());
  }
  struct Close {
    void operator()(CURL* c) const { curl_easy_cleanup(c); }
  };
  std::unique_ptr<CURL, Close> handle;
};

void prepare(CURL* c, const std::string& address, Transfer& transfer, char* message) {
  curl_easy_setopt(c, CURLOPT_URL, address.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(c, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(c, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
  curl_easy_setopt(c, CURLOPT_USERAGENT, fmt::format("latentscape/{}", kVersion).c_str());
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, message);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, ticked);
  curl_easy_setopt(c, CURLOPT_XFERINFODATA, &transfer);
}

/// The rest of the file from one address, onto the part.
Status receive(const std::string& address, Transfer& transfer) {
  for (bool again = false;; again = true) {
    const Curl curl;
    CURL* const c = curl.handle.get();
    if (!c) return fail(ErrorCode::internal, "libcurl cannot be used");
    std::array<char, CURL_ERROR_SIZE> message{};
    prepare(c, address, transfer, message.data());
    const uint64_t from = transfer.part.size();
    curl_easy_setopt(c, CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(from));
    const CURLcode code = curl_easy_perform(c);
    if (code == CURLE_OK) return {};
    if (transfer.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped; the next time goes on from here");
    if (transfer.write_error)
      return fail(ErrorCode::io, "{}: cannot be written: {}", transfer.part.path().string(), std::strerror(transfer.write_error));
    if (transfer.too_long) return fail(ErrorCode::corrupt, "{}: sends more than the {} bytes expected", address, transfer.most);
    long status = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    // A server that sends no rest of a file, or has no more of it, is asked for all of it once.
    if (from > 0 && !again && (code == CURLE_RANGE_ERROR || status == 416) && transfer.part.empty_it()) continue;
    const std::string why = status >= 400 ? fmt::format("HTTP status {}", status) : message[0] ? message.data() : curl_easy_strerror(code);
    return fail(ErrorCode::io, "{}: {}", address, why);
  }
}

/// Everything that fetch does with one file.
class FileFetch {
 public:
  FileFetch(const DownloadSet& set, const DownloadFile& file, const fs::path& folder, std::function<void(uint64_t)> tell,
            std::stop_token stop)
      : set_(set),
        file_(file),
        target_(folder / file.name),
        part_(folder / (file.name + ".part")),
        tell_(std::move(tell)),
        stop_(std::move(stop)) {}

  Status run(uint64_t& received) {
    LS_CHECK(part_.open());
    std::string tried;
    ErrorCode code = ErrorCode::io;
    for (const std::string& mirror : set_.mirrors) {
      const Status done = from_mirror(mirror + file_.name, received);
      if (done.ok()) return keep();
      const Error& error = done.error();
      // Another mirror helps against neither.
      if (error.code == ErrorCode::cancelled || disk_failed_) return error;
      code = error.code;
      tried += (tried.empty() ? "" : "; ") + error.message;
    }
    return fail(code, "{} cannot be fetched: {}", file_.name, tried);
  }

 private:
  Status from_mirror(const std::string& address, uint64_t& received) {
    // The part may be of another mirror's file: where the whole is wrong, it is fetched from its beginning once.
    for (bool again = part_.size() == 0;; again = true) {
      Transfer transfer{part_, file_.unpacked ? 2 * file_.bytes + kSlack : file_.bytes, 0, 0, false, [this] { tell_(part_.size()); },
                        stop_};
      const bool whole = !file_.unpacked && part_.size() == file_.bytes;  // but never checked: the program ended right there
      Status done = whole ? Status() : receive(address, transfer);
      received += transfer.received;
      disk_failed_ = transfer.write_error != 0;
      if (done.ok()) done = check_sum(file_, part_.path());
      if (done.ok() || done.error().code != ErrorCode::corrupt) return done;
      if (!part_.empty_it()) return fail(ErrorCode::io, "{}: cannot be written: {}", part_.path().string(), std::strerror(errno));
      if (again) return std::move(done).error().context(address);
    }
  }

  Status keep() {
    if (!part_.sync() || ::rename(part_.path().c_str(), target_.c_str()) != 0)
      return fail(ErrorCode::io, "{}: cannot be written: {}", target_.string(), std::strerror(errno));
    return {};
  }

  const DownloadSet& set_;
  const DownloadFile& file_;
  fs::path target_;
  Part part_;
  std::function<void(uint64_t)> tell_;
  std::stop_token stop_;
  bool disk_failed_ = false;
};

}  // namespace

Result<FetchReport> fetch(const DownloadSet& set, const std::string& folder, const Progress& progress, std::stop_token stop) {
  FetchReport report;
  const fs::path here = fs::path(folder) / set.name;
  report.folder = here.string();
  std::error_code error;
  fs::create_directories(here, error);
  if (error) return fail(ErrorCode::io, "{}: cannot be made: {}", here.string(), error.message());
  if (!set.texts.empty() && texts_unpacked(report.folder)) {
    report.files_before = set.files.size();
    return report;
  }
  uint64_t before = 0;
  for (const DownloadFile& file : set.files) {
    if (fs::is_regular_file(here / file.name, error)) {
      ++report.files_before;
    } else {
      const auto tell = [&](uint64_t size) {
        if (progress) progress(std::min(1.0, static_cast<double>(before + size) / static_cast<double>(set.bytes())), file.name);
      };
      LS_CHECK(FileFetch(set, file, here, tell, stop).run(report.received).context(set.name));
    }
    before += file.bytes;
  }
  if (!set.texts.empty()) {
    const fs::path archive = here / set.files.front().name;
    if (progress) progress(1.0, "unpacking " + set.files.front().name);
    LS_CHECK(unpack_texts(set.texts, archive.string(), report.folder).context(set.name));
    fs::remove(archive, error);
  }
  if (progress) progress(1.0, set.name);
  return report;
}

}  // namespace latentscape
