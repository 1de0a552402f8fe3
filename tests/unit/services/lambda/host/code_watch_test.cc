#include "services/lambda/host/code_watch.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <future>
#include <mutex>
#include <vector>

#include "unit/support/temporary_directory.h"

namespace ddblog::lambda {
namespace {

namespace fs = std::filesystem;

TEST(FilesOfAFunction, AreCodeUnlessAToolMadeThem) {
  for (const char* path : {"index.js", "src/users/index.py", ".env", "node_modules/pg/index.js",
                           "node_modules/.package-lock.json", "bootstrap", "tmp/x"}) {
    EXPECT_TRUE(isCode(path, false)) << path;
  }
  for (const char* path :
       {"CMakeFiles/users.dir/main.cc.o", "main.o", ".git/HEAD", ".dynamodb-log/db/CURRENT", "src/.index.js.swp",
        "src/.#index.js", "#index.js#", "index.js~", "__pycache__/index.cpython-311.pyc", "index.pyc", "4913",
        ".DS_Store", "src/index.js___jb_tmp___", "index.js.tmp", "out.log", "records.jsonl", "app.sqlite-wal"}) {
    EXPECT_FALSE(isCode(path, false)) << path;
  }
  EXPECT_TRUE(isCode("src", true));
  EXPECT_FALSE(isCode(".venv", true));
  EXPECT_FALSE(isCode("src/__pycache__", true));
}

class AWatchedDirectory : public testing::Test {
 protected:
  struct Report {
    fs::path directory;
    std::string example;
    RunningTime at;
  };

  ~AWatchedDirectory() override {
    timers_.stop();
    supervisor_.stop();
  }

  fs::path code() const { return directory_.path() / "code"; }
  void write(const fs::path& file) {
    fs::create_directories((code() / file).parent_path());
    std::ofstream(code() / file) << "changed";
  }
  void watch(const std::set<fs::path>& directories) {
    watch_.watch(directories);
    readEvents();
  }
  // What has happened until now has been read.
  void readEvents() {
    std::promise<void> done;
    supervisor_.post([&] {
      watch_.readEvents();
      done.set_value();
    });
    done.get_future().get();
  }
  // Moves the clock on until something is reported.
  Report next() {
    for (int i = 0; i < 5'000; ++i) {
      readEvents();
      clock_.move(Duration(10));
      std::unique_lock lock(mutex_);
      if (!changed_.wait_for(lock, std::chrono::milliseconds(2), [&] { return seen_ < reports_.size(); })) continue;
      return reports_[seen_++];
    }
    ADD_FAILURE() << "nothing is reported";
    return {};
  }

  // Moves the clock on by that, and no more.
  Report nextAfter(Duration quiet) {
    readEvents();
    clock_.move(quiet);
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, std::chrono::seconds(10), [&] { return seen_ < reports_.size(); })) {
      return reports_[seen_++];
    }
    ADD_FAILURE() << "nothing is reported";
    return {};
  }
  // The data directory below the code, as somebody names it who goes there through a link.
  fs::path makeData() const {
    fs::create_directories(code());
    fs::create_directory_symlink(code(), directory_.path() / "link");
    return directory_.path() / "link" / "data";
  }

  TemporaryDirectory directory_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Report> reports_;
  std::size_t seen_ = 0;
  std::vector<std::string> lines_;
  const LogSink log_ = [this](const std::string& line) {
    std::lock_guard lock(mutex_);
    lines_.push_back(line);
  };
  WatchSettings settings_{makeData(), 100};
  Supervisor supervisor_;
  Timers timers_{clock_};
  CodeWatch watch_{
      clock_, supervisor_, timers_, settings_, log_, [this](const fs::path& path, const std::string& file) {
        std::lock_guard lock(mutex_);
        reports_.push_back({path, file, clock_.runningTime()});
        changed_.notify_all();
      }};
};

TEST_F(AWatchedDirectory, ReportsAChangeWhenItIsQuiet) {
  watch({code()});
  const RunningTime begin = clock_.runningTime();
  write("index.js");
  readEvents();
  clock_.move(Duration(150));
  write("other.js");
  const Report report = next();
  EXPECT_EQ(report.directory, code());
  EXPECT_EQ(report.example, "index.js");
  EXPECT_GE(report.at - begin, Duration(150) + CodeWatch::kQuiet);
  write("other.js");
  EXPECT_EQ(next().example, "other.js");
}

// As a linker does it, and a build that removes the program first.
TEST_F(AWatchedDirectory, WaitsForTheEndOfAFileThatIsMadeAnew) {
  write("bootstrap");
  watch({code()});
  fs::remove(code() / "bootstrap");
  readEvents();
  clock_.move(CodeWatch::kRemoved / 2);
  readEvents();
  std::ofstream program(code() / "bootstrap");
  readEvents();
  clock_.move(std::chrono::seconds(2));
  readEvents();
  program << "linked";
  program.close();
  const RunningTime closed_at = clock_.runningTime();
  const Report report = nextAfter(CodeWatch::kQuiet);
  EXPECT_EQ(report.example, "bootstrap");
  EXPECT_EQ(report.at - closed_at, CodeWatch::kQuiet);
}

TEST_F(AWatchedDirectory, WaitsForAProgramWhoseDirectoryIsMadeAnew) {
  write("bootstrap");
  watch({code()});
  fs::remove_all(code());
  readEvents();
  clock_.move(std::chrono::seconds(2));
  readEvents();
  fs::create_directories(code());
  readEvents();
  clock_.move(std::chrono::seconds(2));
  readEvents();
  const RunningTime written_at = clock_.runningTime();
  write("bootstrap");
  EXPECT_EQ(nextAfter(CodeWatch::kQuiet).at - written_at, CodeWatch::kQuiet);
}

TEST_F(AWatchedDirectory, WaitsShortlyForAFileThatWasRemoved) {
  write("index.js");
  watch({code()});
  const RunningTime begin = clock_.runningTime();
  fs::remove(code() / "index.js");
  const Duration waited = next().at - begin;
  EXPECT_GE(waited, CodeWatch::kRemoved);
  EXPECT_LT(waited, CodeWatch::kLongest);
}

TEST_F(AWatchedDirectory, DoesNotWaitForeverForADirectoryThatWasRemoved) {
  write("dist/index.js");
  watch({code()});
  const RunningTime begin = clock_.runningTime();
  fs::remove_all(code() / "dist");
  EXPECT_GE(next().at - begin, CodeWatch::kLongest);
}

TEST_F(AWatchedDirectory, DoesNotWaitForALinkThatIsMade) {
  write("index.js");
  watch({code()});
  fs::create_symlink("index.js", code() / "symbolic.js");
  EXPECT_EQ(nextAfter(CodeWatch::kQuiet).example, "symbolic.js");
  fs::create_hard_link(code() / "index.js", code() / "hard.js");
  EXPECT_EQ(nextAfter(CodeWatch::kQuiet).example, "hard.js");
}

TEST_F(AWatchedDirectory, IgnoresWhatIsNotCode) {
  for (const char* file : {".git/HEAD", "__pycache__/a.pyc", "data/CURRENT"}) write(file);
  watch({code()});
  for (const char* file : {".git/HEAD", "__pycache__/a.pyc", "data/CURRENT", "index.js~", ".index.js.swp"}) write(file);
  readEvents();
  write("index.js");
  EXPECT_EQ(next().example, "index.js");
}

TEST_F(AWatchedDirectory, ReportsChangesOfModulesWhenTheInstallationIsOver) {
  write("node_modules/pg/index.js");
  watch({code()});
  const RunningTime begin = clock_.runningTime();
  write("node_modules/pg/index.js");
  const Report report = next();
  EXPECT_EQ(report.example, "node_modules/pg/index.js");
  EXPECT_GE(report.at - begin, CodeWatch::kQuietModules);
}

TEST_F(AWatchedDirectory, IncludesDirectoriesThatAreMadeLater) {
  watch({code()});
  write("src/users/index.js");
  EXPECT_EQ(next().example, "src");
  write("src/users/index.js");
  EXPECT_EQ(next().example, "src/users/index.js");
  fs::rename(code() / "src", code() / "lib");
  EXPECT_EQ(next().example, "src");
  write("lib/users/index.js");
  EXPECT_EQ(next().example, "lib/users/index.js");
}

TEST_F(AWatchedDirectory, IsFoundAgainAfterItWasRemoved) {
  watch({code()});
  fs::remove_all(code());
  readEvents();
  write("index.js");
  EXPECT_EQ(next().directory, code());
  write("index.js");
  EXPECT_EQ(next().example, "index.js");
}

TEST_F(AWatchedDirectory, NeedNotExistYet) {
  const fs::path built = directory_.path() / "build" / "functions" / "users";
  watch({built});
  fs::create_directories(built);
  EXPECT_EQ(next().directory, built);
  std::ofstream(built / "bootstrap") << "changed";
  EXPECT_EQ(next().example, "bootstrap");
}

TEST_F(AWatchedDirectory, MayBeALinkThatLeadsElsewhere) {
  fs::create_directories(directory_.path() / "one");
  fs::create_directories(directory_.path() / "two");
  const fs::path link = directory_.path() / "current";
  fs::create_directory_symlink("one", link);
  watch({link});
  std::ofstream(directory_.path() / "one" / "index.js") << "changed";
  EXPECT_EQ(next().example, "index.js");
  fs::remove(link);
  fs::create_directory_symlink("two", link);
  EXPECT_EQ(next().example, "current");
  std::ofstream(directory_.path() / "two" / "handler.js") << "changed";
  EXPECT_EQ(next().example, "handler.js");
}

TEST_F(AWatchedDirectory, CanBePartOfAnother) {
  write("functions/users/index.js");
  watch({code(), code() / "functions" / "users"});
  write("functions/users/index.js");
  EXPECT_EQ(next().example, "functions/users/index.js");
  EXPECT_EQ(next().example, "index.js");
}

TEST_F(AWatchedDirectory, IsForgottenWhenNobodyNeedsIt) {
  const fs::path other = directory_.path() / "other";
  fs::create_directories(other);
  watch({code(), other});
  watch({other});
  write("index.js");
  readEvents();
  std::ofstream(other / "index.js") << "changed";
  EXPECT_EQ(next().directory, other);
}

TEST_F(AWatchedDirectory, SaysOnceThatItIsTooLarge) {
  for (int i = 0; i < 300; ++i) fs::create_directories(code() / "many" / std::to_string(i));
  watch({code()});
  readEvents();  // the second part of the list
  readEvents();
  std::lock_guard lock(mutex_);
  EXPECT_EQ(lines_, std::vector<std::string>{"lambda: not all code is watched (at most 100 directories are watched): "
                                             "restart the cloud after a change"});
}

}  // namespace
}  // namespace ddblog::lambda
