// Fetching from a web server of this machine: resumed, checked, and every failure named with its address. Skipped where nginx is not there.
#include "core/data/fetch.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "core/data/source.hpp"
#include "core/formats/file.hpp"
#include "tests/support/archives.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

// The SHA-256 of 1000 zero bytes (`head -c 1000 /dev/zero | sha256sum`) and of long_file() (by Python's hashlib).
constexpr const char* kZeros = "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53";
constexpr size_t kZeroBytes = 1000;
constexpr const char* kLong = "293ca930526258f928f02b9c7435fcddbd87852d0ca531057d78cf48a2184ffa";
constexpr size_t kLongBytes = 600'000;

std::string nginx_path() {
  for (const char* path : {"/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"})
    if (::access(path, X_OK) == 0) return path;
  return {};
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

int free_port() {
  const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(s, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(s, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(s);
  return ntohs(address.sin_port);
}

Bytes long_file() {
  Bytes bytes(kLongBytes);
  for (uint32_t i = 0; i < kLongBytes; ++i) bytes[i] = static_cast<uint8_t>((i * 2654435761u) >> 13);
  return bytes;
}

/// nginx on a port of its own, serving `www` three ways: as it is, slowly (/slow/), and without ranges (/whole/).
class FetchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (nginx_path().empty()) GTEST_SKIP() << "nginx is not here (package nginx-light)";
    for (const char* proxy : {"http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"}) ::unsetenv(proxy);
    folder_ = files_.path();
    fs::create_directories(folder_ / "www");
    fs::create_directories(folder_ / "tmp");
    ASSERT_TRUE(atomic_write_file(folder_ / "www/zeros", ByteView(Bytes(kZeroBytes, 0))).ok());
    ASSERT_TRUE(atomic_write_file(folder_ / "www/zeros.gz", ByteView(gzip(Bytes(kZeroBytes, 0)))).ok());
    ASSERT_TRUE(atomic_write_file(folder_ / "www/long", ByteView(long_file())).ok());
    port_ = free_port();
    std::string text = fmt::format(
        "daemon off;\nmaster_process off;\npid {0}/pid;\nerror_log {0}/error.log;\nevents {{ worker_connections 32; }}\n"
        "http {{\n  log_format short '$status $request_uri';\n  access_log {0}/access.log short;\n",
        folder_.string());
    for (const char* what : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      text += fmt::format("  {}_temp_path {}/tmp/{};\n", what, folder_.string(), what);
    text += fmt::format(
        "  server {{\n    listen 127.0.0.1:{1};\n    location / {{ root {0}/www; }}\n"
        "    location /slow/ {{ alias {0}/www/; limit_rate_after 200k; limit_rate 1k; }}\n"
        "    location /whole/ {{ alias {0}/www/; max_ranges 0; }}\n  }}\n}}\n",
        folder_.string(), port_);
    ASSERT_TRUE(atomic_write_file(folder_ / "nginx.conf", text).ok());
    serve();
  }
  void TearDown() override { stop(); }

  void serve() {
    server_ = ::fork();
    if (server_ == 0) {
      const std::string program = nginx_path(), place = folder_.string(), conf = place + "/nginx.conf", log = place + "/error.log";
      ::execl(program.c_str(), program.c_str(), "-p", place.c_str(), "-e", log.c_str(), "-c", conf.c_str(), nullptr);
      ::_exit(127);
    }
    for (int tries = 0; tries < 2000; ++tries) {
      const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_in address = loopback(port_);
      const bool there = ::connect(s, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
      ::close(s);
      if (there) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL() << "nginx does not answer: " << error_log();
  }
  void stop() {
    if (server_ <= 0) return;
    ::kill(server_, SIGKILL);
    ::waitpid(server_, nullptr, 0);
    server_ = -1;
  }
  std::string file_text(const char* name) const {
    const auto bytes = read_file(folder_ / name);
    return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : "";
  }
  std::string error_log() const { return file_text("error.log"); }
  std::string mirror(const std::string& way = "") const { return fmt::format("http://127.0.0.1:{}/{}", port_, way); }
  std::string data() const { return (folder_ / "data").string(); }
  fs::path place(const char* name) const { return folder_ / "data" / "set" / name; }

  DownloadSet zeros(std::vector<std::string> mirrors) const { return set_of(std::move(mirrors), {"zeros", kZeroBytes, false, kZeros}); }
  DownloadSet set_of(std::vector<std::string> mirrors, DownloadFile file) const {
    DownloadSet set;
    set.name = "set";
    set.mirrors = std::move(mirrors);
    set.files = {std::move(file)};
    return set;
  }
  DownloadSet long_set(const std::string& way) const { return set_of({mirror(way)}, {"long", kLongBytes, false, kLong}); }

  TemporaryFolder files_{"fetch"};
  fs::path folder_;
  int port_ = 0;
  pid_t server_ = -1;
};

TEST_F(FetchTest, BringsAFileOnceAndKeepsIt) {
  double last = 0.0;
  const auto first = fetch(zeros({mirror()}), data(), [&](double fraction, const std::string&) { last = fraction; }, {});
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->received, kZeroBytes);
  EXPECT_EQ(last, 1.0);
  EXPECT_EQ(fs::file_size(place("zeros")), kZeroBytes);
  EXPECT_FALSE(fs::exists(place("zeros.part")));
  stop();
  const auto again = fetch(zeros({mirror()}), data(), {}, {});
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->received, 0u);
  EXPECT_EQ(again->files_before, 1u);
}

TEST_F(FetchTest, WhatAMirrorHasCompressedAgainIsJudgedUnpacked) {
  const auto done = fetch(set_of({mirror()}, {"zeros.gz", 20, true, kZeros}), data(), {}, {});
  EXPECT_TRUE(done.ok()) << done.error().message;
}

TEST_F(FetchTest, AnArchiveOfTextsBecomesTablesOnce) {
  const std::string archive = (folder_ / "www/texts.zip").string();
  write_archive(archive, ArchiveKind::zip,
                {{"SST-2/train.tsv", "sentence\tlabel\ngood\t1\n"}, {"SST-2/dev.tsv", "sentence\tlabel\nbad\t0\n"}});
  const Bytes bytes = *read_file(archive);
  // Archives carry the time, so that the sum is found by asking for a wrong one.
  DownloadSet set = set_of({mirror()}, {"texts.zip", bytes.size(), false, std::string(64, 'a')});
  set.texts = "glue-sentiment";
  const auto wrong = fetch(set, data(), {}, {});
  ASSERT_FALSE(wrong.ok());
  EXPECT_FALSE(fs::exists(place("train.tsv"))) << "nothing is unpacked before it was checked";
  const std::string said = "its SHA-256 is ";
  set.files[0].sha256 = wrong.error().message.substr(wrong.error().message.find(said) + said.size(), 64);
  const auto done = fetch(set, data(), {}, {});
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_TRUE(fs::exists(place("train.tsv")) && fs::exists(place("test.tsv")));
  EXPECT_FALSE(fs::exists(place("texts.zip"))) << "the tables are all that is read";
  stop();
  const auto again = fetch(set, data(), {}, {});
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->files_before, 1u);
}

TEST_F(FetchTest, AMirrorWithoutTheFileIsPassedOver) {
  const auto done = fetch(zeros({mirror("nowhere/"), mirror()}), data(), {}, {});
  EXPECT_TRUE(done.ok()) << done.error().message;
  const auto none = fetch(set_of({mirror("nowhere/")}, {"one", 5, false, kZeros}), data(), {}, {});
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message.find("nowhere/one: HTTP status 404"), std::string::npos) << none.error().message;
  EXPECT_FALSE(fs::exists(place("one.part")));
}

TEST_F(FetchTest, GoesOnWhereTheConnectionWasCut) {
  std::jthread cutter([&] {
    while (!fs::exists(place("long.part")) || fs::file_size(place("long.part")) < 100'000)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    stop();
  });
  const auto cut = fetch(long_set("slow/"), data(), {}, {});
  cutter.join();
  ASSERT_FALSE(cut.ok());
  EXPECT_NE(cut.error().message.find("/slow/long: "), std::string::npos) << cut.error().message;
  EXPECT_FALSE(fs::exists(place("long")));
  const auto before = fs::file_size(place("long.part"));
  serve();
  const auto whole = fetch(long_set(""), data(), {}, {});
  ASSERT_TRUE(whole.ok()) << whole.error().message;
  EXPECT_EQ(whole->received, kLongBytes - before);
  EXPECT_NE(file_text("access.log").find("206 /long"), std::string::npos);
}

TEST_F(FetchTest, AServerWithoutRangesIsAskedForAllOfIt) {
  fs::create_directories(place(""));
  const Bytes begin(long_file());
  ASSERT_TRUE(atomic_write_file(place("long.part"), ByteView(begin).first(1000)).ok());
  const auto whole = fetch(long_set("whole/"), data(), {}, {});
  ASSERT_TRUE(whole.ok()) << whole.error().message;
  EXPECT_EQ(whole->received, kLongBytes);
}

TEST_F(FetchTest, APartOfAnotherFileIsFetchedFromItsBeginning) {
  fs::create_directories(place(""));
  ASSERT_TRUE(atomic_write_file(place("long.part"), std::string_view("something else")).ok());
  const auto whole = fetch(long_set(""), data(), {}, {});
  EXPECT_TRUE(whole.ok()) << whole.error().message;
}

TEST_F(FetchTest, AWrongChecksumIsSaidAndNothingIsKept) {
  DownloadSet set = zeros({mirror()});
  set.files[0].sha256 = std::string(64, 'a');
  const auto done = fetch(set, data(), {}, {});
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::corrupt);
  EXPECT_NE(done.error().message.find(fmt::format("zeros: its SHA-256 is {}, expected aaaa", kZeros)), std::string::npos)
      << done.error().message;
  EXPECT_FALSE(fs::exists(place("zeros")));
  EXPECT_FALSE(fs::exists(place("zeros.part")));
}

TEST_F(FetchTest, MoreThanWasExpectedIsNotTaken) {
  const auto done = fetch(set_of({mirror()}, {"long", 1000, false, kLong}), data(), {}, {});
  ASSERT_FALSE(done.ok());
  EXPECT_NE(done.error().message.find("more than the 1000 bytes"), std::string::npos) << done.error().message;
  EXPECT_FALSE(fs::exists(place("long.part")));
}

TEST_F(FetchTest, WithoutANetworkEveryAddressIsNamed) {
  stop();
  const auto done = fetch(zeros({mirror(), "http://no.such.host.invalid/"}), data(), {}, {});
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::io);
  for (const std::string& said : {mirror("zeros"), std::string("no.such.host.invalid/zeros")})
    EXPECT_NE(done.error().message.find(said), std::string::npos) << done.error().message;
}

TEST_F(FetchTest, AFullDiskIsSaidAndThePartStays) {
  rlimit before{}, small{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  small = before;
  small.rlim_cur = 50'000;
  ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto done = fetch(long_set(""), data(), {}, {});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, SIG_DFL);
  ASSERT_FALSE(done.ok());
  EXPECT_NE(done.error().message.find("long.part: cannot be written: "), std::string::npos) << done.error().message;
  const auto rest = fetch(long_set(""), data(), {}, {});
  ASSERT_TRUE(rest.ok()) << rest.error().message;
  EXPECT_EQ(rest->received, kLongBytes - 50'000);
}

TEST_F(FetchTest, StopsWhenAskedAndGoesOnFromThere) {
  std::stop_source stop;
  std::jthread stopper([&] {
    while (!fs::exists(place("long.part")) || fs::file_size(place("long.part")) < 100'000)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    stop.request_stop();
  });
  const auto stopped = fetch(long_set("slow/"), data(), {}, stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_GE(fs::file_size(place("long.part")), 100'000u);
}

TEST(FetchedData, IsLoadedByItsNameOnceItIsThere) {
  const TemporaryFolder cache("fetched");
  ::setenv("XDG_CACHE_HOME", cache.path().c_str(), 1);
  DataRequest request;
  request.spec = "kmnist";
  const auto missing = load_dataset(request);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find("latentscape data get kmnist"), std::string::npos) << missing.error().message;

  const fs::path folder = cache / "latentscape/data/kmnist";
  fs::create_directories(folder);
  const auto idx = [&](const std::string& name, std::vector<uint8_t> dims, size_t bytes) {
    Bytes file{0, 0, 8, static_cast<uint8_t>(dims.size())};
    for (const uint8_t d : dims) file.insert(file.end(), {0, 0, 0, d});
    for (size_t i = 0; i < bytes; ++i) file.push_back(static_cast<uint8_t>(i % 3));
    ASSERT_TRUE(atomic_write_file(folder / name, ByteView(gzip(file))).ok());
  };
  idx("train-images-idx3-ubyte.gz", {30, 4, 4}, 480);
  idx("train-labels-idx1-ubyte.gz", {30}, 30);
  idx("t10k-images-idx3-ubyte.gz", {6, 4, 4}, 96);
  idx("t10k-labels-idx1-ubyte.gz", {6}, 6);
  const auto data = load_dataset(request);
  ASSERT_TRUE(data.ok()) << data.error().message;
  EXPECT_EQ((*data)->rows, 36u);
  EXPECT_EQ((*data)->origin, "kmnist") << "a run finds it again on another machine";
  EXPECT_EQ((*data)->name, "kmnist");
}

}  // namespace
}  // namespace latentscape
