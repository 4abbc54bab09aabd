#include "core/io/run_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <fstream>

#include "tests/io/io_fixtures.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RunDirectoryTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string path_ = folder_ / "run";
  RunInfo info_{small_config(), "0.1.0", "0123abcd", "/data/mnist"};

  RunDirectory create(bool force = false) { return RunDirectory::create(path_, info_, force).value(); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(path_ + "/" + name).parent_path());
    std::ofstream(path_ + "/" + name, std::ios::binary) << text;
  }
  static void save(RunDirectory& run, uint64_t step, double loss = std::nan("")) {
    const Checkpoint c = small_checkpoint(step, loss);
    const Result<std::string> saved = run.save(c, *model_of(c));
    ASSERT_TRUE(saved.ok()) << saved.error().message;
  }
  std::vector<std::string> checkpoints() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_ + "/checkpoints")) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
};

TEST_F(RunDirectoryTest, InfoAndLinesComeBack) {
  RunDirectory run = create();
  MetricsLine line;
  line.step = 7;
  line.epoch = 0.1 + 0.2;
  line.train = LossTerms{100.25, 1.0 / 3.0, 101};
  line.evaluation.emplace();
  line.evaluation->split = Split::test;
  line.evaluation->n = 10;
  line.evaluation->terms.kl = std::nan("");
  line.evaluation->terms.reconstruction = INFINITY;
  line.evaluation->kl_per_dimension = {0.5, 1e-17};
  line.evaluation->active_units = 1;
  line.learning_rate = 1e-3;
  line.seconds = 2.5;
  ASSERT_TRUE(run.append(line).ok());
  ASSERT_TRUE(run.append(EventLine{7, "beta", 0.1}).ok());
  const RunDirectory again = RunDirectory::open(path_).value();
  RunConfig config = info_.config;
  config.window = 0;  // a run that says nothing of it had all rows in memory
  EXPECT_EQ(again.info()->config, config);
  EXPECT_EQ(again.info()->data_origin, "/data/mnist");
  const std::vector<MetricsLine> metrics = again.metrics().value();
  ASSERT_EQ(metrics.size(), 1u);
  EXPECT_EQ(metrics[0].epoch, line.epoch);
  EXPECT_EQ(metrics[0].train->kl, 1.0 / 3.0);
  EXPECT_EQ(metrics[0].evaluation->split, Split::test);
  EXPECT_TRUE(std::isnan(metrics[0].evaluation->terms.kl));
  EXPECT_EQ(metrics[0].evaluation->terms.reconstruction, INFINITY);
  EXPECT_THAT(metrics[0].evaluation->kl_per_dimension, ElementsAre(0.5, 1e-17));
  const std::string text = text_of(path_ + "/metrics.jsonl");
  EXPECT_EQ(text.find("\"objective\"", text.find("\"evaluation\"")), std::string::npos) << "only what was optimised has one: " << text;
  const std::vector<EventLine> events = again.events().value();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].key, "beta");
  EXPECT_EQ(events[0].value, 0.1);
}

TEST_F(RunDirectoryTest, TornLastLineIsIgnoredAndCut) {
  RunDirectory run = create();
  for (uint64_t step = 1; step <= 5; ++step) ASSERT_TRUE(run.append(EventLine{step, "lr", 0.5}).ok());
  const std::string whole = text_of(path_ + "/events.jsonl");
  for (size_t cut = 1; cut < 20; ++cut) {
    write("events.jsonl", whole.substr(0, whole.size() - cut));
    EXPECT_EQ(run.events()->size(), 4u);
    ASSERT_TRUE(run.append(EventLine{9, "lr", 1}).ok());
    EXPECT_EQ(run.events()->back().step, 9u);
    EXPECT_EQ(run.events()->size(), 5u);
  }
  ASSERT_TRUE(run.truncate_after(3).ok());
  EXPECT_EQ(run.events()->size(), 3u);
  write("metrics.jsonl", "{\"step\": 1, \"ep");
  ASSERT_TRUE(run.truncate_after(3).ok());
  EXPECT_EQ(text_of(path_ + "/metrics.jsonl"), "");
}

TEST_F(RunDirectoryTest, EvaluationsOfOlderFilesHaveAnObjective) {
  const RunDirectory run = create();
  write("metrics.jsonl",
        "{\"step\": 1, \"epoch\": 1, \"evaluation\": {\"split\": \"heldout\", \"n\": 2, \"reconstruction\": 3.0, \"kl\": 1.0, "
        "\"objective\": 4.0, "
        "\"kl_per_dimension\": [1.0], \"active_units\": 1}}\n");
  const auto metrics = run.metrics();
  ASSERT_TRUE(metrics.ok()) << metrics.error().message;
  EXPECT_EQ(metrics->front().evaluation->terms.loss(), 4.0);
}

TEST_F(RunDirectoryTest, DamagedLineNamesFileAndLine) {
  const RunDirectory run = create();
  write("metrics.jsonl", "{\"step\": 1, \"epoch\": 1}\n{\"step\": \"two\", \"epoch\": 1}\n");
  EXPECT_THAT(run.metrics().error().message, HasSubstr("metrics.jsonl:2: key 'step' is \"two\""));
}

TEST_F(RunDirectoryTest, AStepSavedAgainKeepsItsHeldoutLossUnlessThereIsANewOne) {
  RunDirectory run = create();
  save(run, 1, 2);
  save(run, 1);  // after a live change
  EXPECT_EQ(run.newest()->heldout_loss, 2.0);
  for (uint64_t step = 2; step <= 6; ++step) save(run, step, 3);
  EXPECT_EQ(run.best()->state.step, 1u) << "still there, and still the best";
  save(run, 1, 4);
  EXPECT_EQ(run.best()->heldout_loss, 3.0);
}

TEST_F(RunDirectoryTest, KeepsTheLastThreeAndTheBest) {
  RunDirectory run = create();
  save(run, 1, 9);
  save(run, 2, 4);  // the best
  for (uint64_t step = 3; step <= 7; ++step) save(run, step, 5 + static_cast<double>(step));
  save(run, 8);  // a stop without evaluation
  EXPECT_THAT(checkpoints(), ElementsAre("step-00000002.safetensors", "step-00000006.safetensors", "step-00000007.safetensors",
                                         "step-00000008.safetensors"));
  EXPECT_EQ(run.newest()->state.step, 8u);
  EXPECT_EQ(run.best()->state.step, 2u);
  save(run, 9, 1);
  EXPECT_EQ(run.best()->state.step, 9u);
  EXPECT_EQ(checkpoints().size(), 3u);
  save(run, 100000000);  // more digits than the name is padded to
  EXPECT_EQ(run.newest()->state.step, 100000000u);
}

TEST_F(RunDirectoryTest, DamagedCheckpointsAreSkippedReportedAndLeftAlone) {
  RunDirectory run = create();
  save(run, 1, 2);
  save(run, 2, 1);
  fs::resize_file(path_ + "/checkpoints/step-00000002.safetensors", 500);
  std::vector<std::string> skipped;
  EXPECT_EQ(run.newest(&skipped)->state.step, 1u);
  ASSERT_EQ(skipped.size(), 1u);
  EXPECT_THAT(skipped[0], HasSubstr("step-00000002"));
  EXPECT_EQ(run.best()->state.step, 1u);
  for (uint64_t step = 3; step <= 6; ++step) save(run, step, 3);
  EXPECT_TRUE(fs::exists(path_ + "/checkpoints/step-00000002.safetensors"));
  const LoadedRun loaded = load_run(path_).value();
  EXPECT_EQ(loaded.checkpoint.state.step, 6u);
}

TEST_F(RunDirectoryTest, AFlippedByteIsSkippedLikeATornFile) {
  RunDirectory run = create();
  save(run, 1, 2);
  save(run, 2, 1);
  const std::string newest = path_ + "/checkpoints/step-00000002.safetensors";
  std::string text = text_of(newest);
  text[text.size() - 100] = static_cast<char>(text[text.size() - 100] ^ 1);
  write("checkpoints/step-00000002.safetensors", text);
  const LoadedRun loaded = load_run(path_).value();
  EXPECT_EQ(loaded.checkpoint.state.step, 1u);
  ASSERT_EQ(loaded.skipped.size(), 1u);
  EXPECT_THAT(loaded.skipped[0], HasSubstr(newest));
  EXPECT_THAT(loaded.skipped[0], HasSubstr("expected"));
}

MetricsLine metrics_at(uint64_t step) {
  MetricsLine line;
  line.step = step;
  return line;
}

// Back from step 7 to step 4: what is later is gone, that it happened is kept, and the checkpoint keeps its held-out loss.
TEST_F(RunDirectoryTest, GoingBackDropsWhatIsLaterAndSaysSo) {
  RunDirectory run = create();
  for (uint64_t step = 1; step <= 7; ++step) ASSERT_TRUE(run.append(metrics_at(step)).ok());
  ASSERT_TRUE(run.append(EventLine{6, "lr", 0.5}).ok());
  save(run, 2, 3);
  save(run, 4, 5);
  save(run, 6, 4);
  const Checkpoint back = small_checkpoint(4);
  ASSERT_TRUE(run.go_back(EventLine{4, kRecoveryKey, 0.25, "went back to step 4"}, back, *model_of(back)).ok());
  EXPECT_THAT(checkpoints(), ElementsAre("step-00000002.safetensors", "step-00000004.safetensors"));
  EXPECT_EQ(run.newest()->heldout_loss, 5.0);
  EXPECT_EQ(run.newest()->state, back.state);
  EXPECT_EQ(run.metrics()->back().step, 4u);
  const std::vector<EventLine> events = run.events().value();
  ASSERT_EQ(events.size(), 2u) << "a live change of the old history still acts, so it stays";
  EXPECT_EQ(events[1].key, "recovery");
  EXPECT_EQ(events[1].message, "went back to step 4");
}

// The lines that a checkpoint has seen: all before its last recovery, and since then those up to its step.
TEST_F(RunDirectoryTest, TruncatingFollowsTheHistoryOfTheCheckpoint) {
  RunDirectory run = create();
  const auto lines = [](const RunDirectory& r) {
    std::vector<std::pair<uint64_t, std::string>> all;
    const std::vector<EventLine> events = r.events().value();
    for (const EventLine& line : events) all.emplace_back(line.step, line.key);
    return all;
  };
  for (const EventLine& line : {EventLine{90, "lr", 1}, EventLine{50, kRecoveryKey, 1}, EventLine{60, "beta", 1}, EventLine{95, "lr", 2},
                                EventLine{80, kRecoveryKey, 1}, EventLine{81, "lr", 3}, EventLine{99, "lr", 4}})
    ASSERT_TRUE(run.append(line).ok());
  const auto all = lines(run);
  ASSERT_TRUE(run.truncate_after(85, 2).ok());
  EXPECT_EQ(lines(run), decltype(all)(all.begin(), all.begin() + 6));
  ASSERT_TRUE(run.truncate_after(92, 1).ok());
  EXPECT_EQ(lines(run), decltype(all)(all.begin(), all.begin() + 3));
  ASSERT_TRUE(run.truncate_after(90, 0).ok());
  EXPECT_EQ(lines(run), decltype(all)(all.begin(), all.begin() + 1));
  ASSERT_TRUE(run.truncate_after(89, 7).ok()) << "a run from before such lines were written";
  EXPECT_TRUE(lines(run).empty());
}

TEST_F(RunDirectoryTest, ACheckpointOfAnotherRunIsNamedWithBothValues) {
  RunDirectory run = create();
  Checkpoint other = small_checkpoint(3, 1);
  other.config.model.latent = 5;
  const auto model = model_of(other);
  other.state.good.reset();
  for (std::vector<float>* v : {&other.state.parameters, &other.state.first_moments, &other.state.second_moments})
    v->assign(model->parameter_count(), 0.5f);
  ASSERT_TRUE(run.save(other, *model).ok());
  EXPECT_EQ(load_run(path_).error().message, path_ +
                                                 "/checkpoints/step-00000003.safetensors: is of another run: its number of latent "
                                                 "dimensions is 5, " +
                                                 path_ + "/run.json says 3");
  Checkpoint moved = small_checkpoint(4, 1);
  moved.data_fingerprint = "ffff";
  ASSERT_TRUE(run.save(moved, *model_of(moved)).ok());
  EXPECT_THAT(load_run(path_).error().message, HasSubstr("its data fingerprint is ffff"));
}

TEST_F(RunDirectoryTest, KnowsItsOwnFiles) {
  create();
  for (const char* own : {"/run.json", "/metrics.jsonl", "/view.json", "/checkpoints/step-00000001.safetensors", "/checkpoints/mine.npz"})
    EXPECT_FALSE(run_that_owns(path_ + own).empty()) << own;
  for (const char* free : {"/figures/a.svg", "/z.npy", "/../run.json", "/../checkpoints/a.npz"})
    EXPECT_EQ(run_that_owns(path_ + free), "") << free;
  EXPECT_FALSE(run_that_owns(path_ + "/figures/../run.json").empty());
}

TEST_F(RunDirectoryTest, AFolderThatCannotBeWrittenToIsSaidBeforehand) {
  RunDirectory run = create();
  EXPECT_TRUE(run.check_writable().ok());
  EXPECT_THAT(checkpoints(), ElementsAre());
  // The superuser may write everywhere: act as nobody for a moment.
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(path_ + "/checkpoints", fs::perms(0555));
  fs::permissions(path_, fs::perms(0555));
  const bool root = ::geteuid() == 0;
  ASSERT_EQ(root ? ::seteuid(65534) : 0, 0);
  const Status refused = run.check_writable();
  ASSERT_EQ(root ? ::seteuid(0) : 0, 0);
  fs::permissions(path_, fs::perms(0755));
  fs::permissions(path_ + "/checkpoints", fs::perms(0755));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::io);
  EXPECT_THAT(refused.error().message, HasSubstr(path_ + ": cannot be written to"));
}

TEST_F(RunDirectoryTest, ExistingRunsAreRefusedWithoutForce) {
  RunDirectory run = create();
  save(run, 5, 1);
  const Result<RunDirectory> refused = RunDirectory::create(path_, info_, false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::exists);
  EXPECT_EQ(refused.error().message, path_ + " already holds a run; use --resume to continue it or --force to replace it");
  EXPECT_EQ(run.newest()->state.step, 5u);
}

TEST_F(RunDirectoryTest, OneTrainingAtATimeWritesAndReadingIsAllowed) {
  std::optional<RunDirectory> run = create();
  save(*run, 5, 1);
  const Result<RunDirectory> forced = RunDirectory::create(path_, info_, true);
  ASSERT_FALSE(forced.ok());
  EXPECT_EQ(forced.error().code, ErrorCode::exists);
  EXPECT_EQ(forced.error().message, path_ + ": another training writes into this folder now; choose another one, or wait for its end");
  EXPECT_TRUE(load_run(path_).ok()) << "nothing was removed";
  Result<RunDirectory> other = RunDirectory::open(path_);
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->lock().error().code, ErrorCode::exists);
  const std::vector<std::string> before = checkpoints();
  run.reset();
  EXPECT_TRUE(other->lock().ok());
  EXPECT_EQ(checkpoints(), before);
  for (const auto& entry : fs::directory_iterator(path_))
    EXPECT_THAT(entry.path().filename().string(), testing::AnyOf("run.json", "checkpoints")) << "the lock leaves nothing";
}

TEST_F(RunDirectoryTest, ForceTakesAwayRunFilesAndNothingElse) {
  RunDirectory run = create();
  save(run, 5, 1);
  ASSERT_TRUE(run.append(EventLine{}).ok());
  write("notes.txt", "mine");
  write("figures/latent.png", "mine");
  write("checkpoints/keep-this.safetensors", "mine");
  write("checkpoints/step-best.safetensors", "mine");
  info_.version = "new";
  { const RunDirectory released = std::move(run); }
  run = create(true);
  EXPECT_EQ(run.info()->version, "new");
  EXPECT_TRUE(run.events()->empty());
  EXPECT_EQ(run.newest().error().code, ErrorCode::not_found);
  for (const std::string name :
       {"notes.txt", "figures/latent.png", "checkpoints/keep-this.safetensors", "checkpoints/step-best.safetensors"})
    EXPECT_EQ(text_of(path_ + "/" + name), "mine") << name;
}

TEST_F(RunDirectoryTest, FoldersThatAreNoRunsAreRefusedEvenWithForce) {
  write("holiday.jpg", "mine");
  for (const bool force : {false, true}) {
    const Result<RunDirectory> refused = RunDirectory::create(path_, info_, force);
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message, HasSubstr("holiday.jpg"));
  }
  fs::remove(path_ + "/holiday.jpg");
  write("run.json", "{\"scripts\": {\"start\": \"node\"}}");  // somebody else's
  write("metrics.jsonl", "mine");
  EXPECT_FALSE(RunDirectory::create(path_, info_, true).ok());
  EXPECT_EQ(text_of(path_ + "/metrics.jsonl"), "mine");
  EXPECT_FALSE(RunDirectory::create(path_ + "/run.json", info_, true).ok());
}

TEST_F(RunDirectoryTest, CreationKilledHalfWayDoesNotBlockTheNext) {
  write("checkpoints/x", "");
  fs::remove(path_ + "/checkpoints/x");
  write(".run.json.tmp-999999999-0", "{");
  create();
  EXPECT_FALSE(fs::exists(path_ + "/.run.json.tmp-999999999-0"));
}

TEST_F(RunDirectoryTest, LeftoversOfDeadWritersGoThoseOfLivingStay) {
  create();
  const std::string dead = "checkpoints/.step-00000001.safetensors.tmp-999999999-0";
  const std::string living = fmt::format("checkpoints/.step-00000001.safetensors.tmp-{}-0", ::getpid());
  write(dead, "half");
  write(living, "half");
  write("checkpoints/.mine.tmp-999999999-0", "mine");
  ASSERT_TRUE(RunDirectory::open(path_).ok());
  EXPECT_FALSE(fs::exists(path_ + "/" + dead));
  EXPECT_TRUE(fs::exists(path_ + "/" + living));
  EXPECT_TRUE(fs::exists(path_ + "/checkpoints/.mine.tmp-999999999-0"));
}

TEST_F(RunDirectoryTest, MissingRunsSaySo) {
  EXPECT_EQ(load_run(path_).error().message, path_ + ": no such run; expected a run directory or a .safetensors checkpoint");
  fs::create_directory(path_);
  EXPECT_THAT(load_run(path_).error().message, HasSubstr("holds no run.json"));
  create();
  EXPECT_THAT(load_run(path_).error().message, HasSubstr("holds no checkpoint yet"));
  write("text", "no checkpoint");
  EXPECT_THAT(load_run(path_ + "/text").error().message, HasSubstr(path_ + "/text"));
}

TEST_F(RunDirectoryTest, LoadsARunOrACheckpointFile) {
  RunDirectory run = create();
  save(run, 3, 1);
  const LoadedRun whole = load_run(path_).value();
  EXPECT_EQ(whole.directory, path_);
  EXPECT_EQ(whole.info.data_origin, "/data/mnist");
  EXPECT_EQ(whole.model->latent(), 3u);
  const LoadedRun bare = load_run(path_ + "/checkpoints/step-00000003.safetensors").value();
  EXPECT_EQ(bare.directory, "");
  EXPECT_EQ(bare.checkpoint.state, whole.checkpoint.state);
  EXPECT_EQ(bare.info.data_fingerprint, "0123abcd");
}

TEST_F(RunDirectoryTest, FullDiskNamesThePathAndLosesNothing) {
  RunDirectory run = create();
  save(run, 1, 1);
  ASSERT_TRUE(run.append(EventLine{1, "lr", 0.5}).ok());
  const std::string before = text_of(path_ + "/events.jsonl");
  // A limit on the size of files fails a write half way, as a full disk does.
  rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {before.size() + 10, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status appended = run.append(EventLine{2, "lr", 0.25});
  const Checkpoint c = small_checkpoint(2, 0.5);
  const Result<std::string> saved = run.save(c, *model_of(c));
  ::setrlimit(RLIMIT_FSIZE, &old);
  ::signal(SIGXFSZ, handler);
  ASSERT_FALSE(appended.ok());
  EXPECT_THAT(appended.error().message, HasSubstr(path_ + "/events.jsonl"));
  EXPECT_EQ(text_of(path_ + "/events.jsonl"), before);
  ASSERT_FALSE(saved.ok());
  EXPECT_THAT(saved.error().message, HasSubstr("step-00000002.safetensors"));
  EXPECT_THAT(checkpoints(), ElementsAre("step-00000001.safetensors"));
  EXPECT_EQ(run.newest()->state.step, 1u);
}

TEST_F(RunDirectoryTest, PlacesThatCannotBeWrittenAreNamed) {
  const Result<RunDirectory> made = RunDirectory::create("/proc/latentscape/run", info_, false);
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("/proc/latentscape"));
  if (::geteuid() == 0) GTEST_SKIP() << "the superuser may write everywhere, a read-only folder cannot be tested";
  fs::create_directory(path_);
  fs::permissions(path_, fs::perms::owner_read | fs::perms::owner_exec);
  const Result<RunDirectory> refused = RunDirectory::create(path_, info_, false);
  fs::permissions(path_, fs::perms::owner_all);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr(path_));
}

TEST_F(RunDirectoryTest, KilledWhileSavingTheRunAlwaysLoads) {
  {
    RunDirectory run = create();
    save(run, 1, 10);
  }
  Rng rng(3, RngStream::general);
  uint64_t last = 1;
  size_t progressed = 0;
  for (int kill_number = 0; kill_number < 60; ++kill_number) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {  // saves and appends as fast as it can, until it is killed
      Result<RunDirectory> run = RunDirectory::open(path_);
      for (uint64_t step = last + 1; run.ok(); ++step) {
        const Checkpoint c = small_checkpoint(step, 10 - 1e-6 * static_cast<double>(step % 7));
        if (!run->save(c, *model_of(c)).ok() || !run->append(EventLine{step, "lr", 0.5}).ok()) ::_exit(1);
      }
      ::_exit(1);
    }
    ::usleep(300 + rng.below(30000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child stopped by itself";
    const Result<LoadedRun> run = load_run(path_);
    ASSERT_TRUE(run.ok()) << run.error().message;
    EXPECT_TRUE(run->skipped.empty());
    const uint64_t step = run->checkpoint.state.step;
    ASSERT_GE(step, last);
    EXPECT_EQ(run->checkpoint.state, small_checkpoint(step).state);  // one of the states that were written, whole
    const RunDirectory directory = RunDirectory::open(path_).value();
    ASSERT_TRUE(directory.events().ok());
    ASSERT_TRUE(directory.best().ok());
    for (const std::string& name : checkpoints()) EXPECT_TRUE(name.starts_with("step-")) << name;  // no temporary file is left
    progressed += step > last ? 1 : 0;
    last = step;
  }
  EXPECT_GT(progressed, 0u);
  RunDirectory run = RunDirectory::open(path_).value();
  save(run, last + 1, 10);
  EXPECT_LE(checkpoints().size(), 4u);  // what killed savers had not pruned yet is gone
}

// Back from step 12 to step 10, over and over: whatever instant the kill comes at, the run loads, and cut to its checkpoint it has as many
// lines of recoveries as the checkpoint has seen.
TEST_F(RunDirectoryTest, KilledWhileGoingBackTheRunIsOneHistory) {
  {
    RunDirectory run = create();
    Checkpoint first = small_checkpoint(10, 3);
    first.state.recoveries = 0;
    ASSERT_TRUE(run.save(first, *model_of(first)).ok());
  }
  Rng rng(4, RngStream::general);
  uint64_t last = 0;
  // Forty moments; more and later ones on a machine too slow for a single way back in that time.
  for (int kill_number = 0; kill_number < 40 || (last == 0 && kill_number < 400); ++kill_number) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Result<RunDirectory> run = RunDirectory::open(path_);
      for (uint64_t recoveries = last; run.ok(); ++recoveries) {
        Checkpoint later = small_checkpoint(12), back = small_checkpoint(10);
        later.state.recoveries = recoveries;
        back.state.recoveries = recoveries + 1;
        bool ok = run->append(metrics_at(12)).ok() && run->save(later, *model_of(later)).ok();
        ok = ok && run->go_back(EventLine{10, kRecoveryKey, 1.0, "back"}, back, *model_of(back)).ok();
        if (!ok) ::_exit(1);
      }
      ::_exit(1);
    }
    ::usleep(static_cast<useconds_t>(300 + rng.below(20000)) * static_cast<useconds_t>(1 + kill_number / 40));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child stopped by itself";
    const Result<LoadedRun> loaded = load_run(path_);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    const TrainerState& state = loaded->checkpoint.state;
    RunDirectory run = RunDirectory::open(path_).value();
    ASSERT_TRUE(run.truncate_after(state.step, state.recoveries).ok());
    EXPECT_EQ(run.events()->size(), state.recoveries);
    const std::vector<MetricsLine> metrics = run.metrics().value();
    for (const MetricsLine& line : metrics) EXPECT_LE(line.step, state.step);
    last = state.recoveries;
  }
  EXPECT_GT(last, 0u);
}

}  // namespace
}  // namespace latentscape
