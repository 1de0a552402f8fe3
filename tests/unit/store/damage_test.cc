// What opening a store says to files that are damaged, and to those that a crash left.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "store/commit_mark.h"
#include "store/fenced_files.h"
#include "store/log_file.h"
#include "store/rocksdb_store.h"
#include "store/store.h"
#include "unit/store/failing_disk.h"
#include "unit/support/crash_copy.h"
#include "unit/support/temporary_directory.h"

namespace ddblog {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kValues = 60;
constexpr std::size_t kValueBytes = 2000;

std::string key(int i) { return "key" + std::to_string(1000 + i); }
std::string value(int i) { return std::string(kValueBytes, static_cast<char>('a' + i % 26)); }

// The files of a store that was not closed. Some values are in tables (the store was closed once in
// between), the rest in a log.
class CrashedStore {
 public:
  explicit CrashedStore(int in_tables = 0, int values = kValues) {
    TemporaryDirectory original;
    StoreOptions options;
    options.directory = original.path();
    Store::open(options);  // what it writes itself is in a table of its own
    for (int part = 0, i = 0; part < 2; ++part) {
      const auto store = Store::open(options);
      for (const int end = part ? values : in_tables; i < end; ++i) {
        mark_before_ = original.read("store/commit-mark");
        store->writeAndWait([i](Transaction& transaction) { transaction.put(key(i), value(i)); });
      }
      if (part == 1) copyAsAfterCrash(original.path() / "store", directory_.path() / "store");
    }
  }

  StoreOptions options() {
    StoreOptions options;
    options.directory = directory_.path();
    options.log = [this](std::string_view line) { log_.emplace_back(line); };
    return options;
  }
  fs::path folder() const { return directory_.path() / "store"; }
  // The last file with this ending ("log", "sst") or beginning ("MANIFEST").
  fs::path file(const std::string& kind) const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder())) {
      const std::string name = entry.path().filename();
      if (name.ends_with("." + kind) || name.starts_with(kind)) found.push_back(entry.path());
    }
    return found.empty() ? fs::path() : *std::ranges::max_element(found);
  }
  // As if the last commit was not acknowledged when the crash came.
  void forgetLastCommit() { directory_.write("store/commit-mark", mark_before_); }

  // What opening throws; "" if it opens, with all values up to `expected`.
  std::string open(int expected = kValues) {
    try {
      const auto store = Store::open(options());
      for (int i = 0; i < expected; ++i) EXPECT_EQ(store->snapshot()->get(key(i)), value(i)) << i;
      return {};
    } catch (const StoreDamaged& damaged) {
      return damaged.what();
    }
  }
  const std::vector<std::string>& log() const { return log_; }

 private:
  TemporaryDirectory directory_;
  std::string mark_before_;
  std::vector<std::string> log_;
};

std::uint64_t writtenBytes(const fs::path& log) { return readLogFile(log).sound_bytes; }

void flipByte(const fs::path& file, std::uint64_t place) {
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekg(static_cast<std::streamoff>(place));
  const int byte = stream.get();
  stream.seekp(static_cast<std::streamoff>(place));
  stream.put(static_cast<char>(byte ^ 0x40));
}

void fillWithZeros(const fs::path& file, std::uint64_t place, std::size_t bytes) {
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(static_cast<std::streamoff>(place));
  stream << std::string(bytes, '\0');
}

void cut(const fs::path& file, std::uint64_t place) { fs::resize_file(file, place); }

struct Damage {
  const char* name;
  std::function<void(const fs::path& log)> damage;
  const char* said;
};

class LogDamages : public testing::TestWithParam<Damage> {};

TEST_P(LogDamages, AreRefused) {
  CrashedStore crashed;
  const fs::path log = crashed.file("log");
  GetParam().damage(log);
  EXPECT_THAT(crashed.open(), AllOf(HasSubstr(log.string()), HasSubstr(GetParam().said), HasSubstr("lost")));
  EXPECT_THAT(crashed.open(), HasSubstr(GetParam().said)) << "the first attempt changed nothing";
}

TEST_P(LogDamages, AreRefusedInOneOfSeveralLogs) {
  CrashedStore crashed(kValues / 2);
  const fs::path log = crashed.file("log");
  GetParam().damage(log);
  EXPECT_THAT(crashed.open(), AllOf(HasSubstr(log.string()), HasSubstr(GetParam().said)));
}

TEST_P(LogDamages, CanBeRecoveredFrom) {
  CrashedStore crashed;
  const fs::path log = crashed.file("log");
  GetParam().damage(log);
  const bool was_there = fs::exists(log);
  StoreOptions options = crashed.options();
  options.recover = true;
  int found = 0;
  {
    const auto store = Store::open(options);
    while (store->snapshot()->get(key(found)) == value(found)) ++found;
    EXPECT_LT(found, kValues);
    for (int i = found; i < kValues; ++i) EXPECT_EQ(store->snapshot()->get(key(i)), std::nullopt) << i;
    store->writeAndWait([&](Transaction& transaction) { transaction.put(key(found), value(found)); });
  }
  EXPECT_THAT(crashed.log().front(), HasSubstr(std::to_string(kValues - found) + " commit"));
  EXPECT_EQ(fs::exists(log.string() + ".damaged"), was_there);
  EXPECT_EQ(crashed.open(found + 1), "");
}

INSTANTIATE_TEST_SUITE_P(
    Store, LogDamages,
    testing::Values(
        Damage{"AFlippedByte", [](const fs::path& log) { flipByte(log, writtenBytes(log) / 10); },
               "is damaged at byte"},
        Damage{"AFlippedByteOfALength", [](const fs::path& log) { flipByte(log, 4); }, "is damaged at byte"},
        Damage{"AFlippedByteInTheLastRecord", [](const fs::path& log) { flipByte(log, writtenBytes(log) - 10); },
               "is damaged at byte"},
        Damage{"AZeroedBlock", [](const fs::path& log) { fillWithZeros(log, 40'960, 4096); }, "is damaged at byte"},
        Damage{"AZeroedEnd", [](const fs::path& log) { fillWithZeros(log, writtenBytes(log) / 2, 1 << 20); },
               "is damaged at byte"},
        Damage{"ACutInTheMiddle", [](const fs::path& log) { cut(log, writtenBytes(log) / 2); }, "is damaged at byte"},
        Damage{"ACutBetweenBlocks", [](const fs::path& log) { cut(log, 32'768); }, "is damaged at byte"},
        Damage{"AnEmptiedLog", [](const fs::path& log) { cut(log, 0); }, "is empty"},
        Damage{"ARemovedLog", [](const fs::path& log) { fs::remove(log); }, "is missing"}),
    [](const auto& info) { return info.param.name; });

// Records of all lengths, so that some begin in the last bytes of a block.
TEST(StoreDamages, AreNotSeenInASoundLog) {
  TemporaryDirectory original, copy;
  StoreOptions options;
  options.directory = original.path();
  const auto store = Store::open(options);
  for (std::size_t bytes = 1; bytes < 3000; bytes += bytes % 7 + 1) {
    store->writeAndWait([bytes](Transaction& transaction) { transaction.put("key", std::string(bytes, 'v')); });
  }
  copyAsAfterCrash(original.path() / "store", copy.path() / "store");
  options.directory = copy.path();
  EXPECT_NO_THROW(Store::open(options));
}

// Nobody knows what the log held without the mark, but what is behind a bad place shows that it was
// sound once.
TEST(StoreDamages, AreFoundWithoutAMark) {
  for (const auto& damage :
       {std::function<void(const fs::path&)>([](const fs::path& log) { flipByte(log, 20'000); }),
        std::function<void(const fs::path&)>([](const fs::path& log) { fillWithZeros(log, 40'960, 4096); })}) {
    CrashedStore crashed;
    fs::remove(crashed.folder() / "commit-mark");
    damage(crashed.file("log"));
    EXPECT_THAT(crashed.open(), HasSubstr("is damaged at byte"));
  }
}

TEST(StoreDamages, OfOtherFilesAreRefused) {
  struct Case {
    const char* file;
    std::function<void(const fs::path& file)> damage;
  };
  const std::vector<Case> cases = {
      {"CURRENT", [](const fs::path& file) { fs::remove(file); }},
      {"CURRENT", [](const fs::path& file) { cut(file, 0); }},
      {"MANIFEST", [](const fs::path& file) { fs::remove(file); }},
      {"MANIFEST", [](const fs::path& file) { cut(file, 0); }},
      {"MANIFEST", [](const fs::path& file) { flipByte(file, 20); }},
      {"sst", [](const fs::path& file) { fs::remove(file); }},
      {"sst", [](const fs::path& file) { cut(file, fs::file_size(file) / 2); }},
  };
  for (const Case& damaged : cases) {
    CrashedStore crashed(kValues / 2);
    SCOPED_TRACE(damaged.file);
    ASSERT_FALSE(crashed.file(damaged.file).empty());
    damaged.damage(crashed.file(damaged.file));
    EXPECT_THAT(crashed.open(), HasSubstr("/store"));
  }
}

TEST(StoreDamages, OfATableFailTheReadThatFindsThem) {
  CrashedStore crashed(kValues / 2);
  const fs::path table = crashed.file("sst");
  flipByte(table, 20);
  const auto store = Store::open(crashed.options());
  EXPECT_THROW(store->snapshot()->get(key(0)), StoreDamaged);
  EXPECT_EQ(store->snapshot()->get(key(kValues - 1)), value(kValues - 1));
  EXPECT_THAT(store->verifyChecksums(), HasSubstr(table.filename().string()));
}

TEST(StoreDamages, OfATableCanBeRecoveredFrom) {
  CrashedStore crashed(kValues / 2);
  flipByte(crashed.file("sst"), 20);
  StoreOptions options = crashed.options();
  options.recover = true;
  const auto store = Store::open(options);
  EXPECT_EQ(store->verifyChecksums(), "");
  EXPECT_EQ(store->snapshot()->get(key(kValues - 1)), value(kValues - 1));
  EXPECT_FALSE(fs::is_empty(crashed.folder() / "lost"));
}

TEST(StoreDamages, OfTheFirstTableAreRefused) {
  CrashedStore crashed;
  for (const auto& file : fs::directory_iterator(crashed.folder())) {
    if (file.path().extension() == ".sst") flipByte(file.path(), 5);
  }
  EXPECT_THAT(crashed.open(), HasSubstr(".sst"));
}

TEST(StoreDamages, OfTheMarkAreNone) {
  for (const std::uint64_t place : {0, 20, 50, 60, 80}) {
    CrashedStore crashed;
    flipByte(crashed.folder() / "commit-mark", place);
    EXPECT_EQ(crashed.open(), "") << place;
  }
  CrashedStore crashed;
  cut(crashed.folder() / "commit-mark", 0);
  EXPECT_EQ(crashed.open(), "");
}

// A crash in the middle of the last commit, at each of its bytes.
TEST(StoreDamages, ATornTailIsNone) {
  constexpr int kFew = 3;
  CrashedStore whole(0, kFew);
  const std::uint64_t end = writtenBytes(whole.file("log"));
  const std::uint64_t begin = end - (7 + 12 + 1 + 1 + key(0).size() + 2 + kValueBytes);
  CrashedStore crashed(0, kFew);
  crashed.forgetLastCommit();
  const fs::path log = crashed.file("log");
  TemporaryDirectory kept;
  fs::copy(crashed.folder(), kept.path() / "store");
  for (std::uint64_t place = begin; place < end; place += place < begin + 24 || place + 8 > end ? 1 : 499) {
    for (const bool filled : {true, false}) {
      fs::remove_all(crashed.folder());
      fs::copy(kept.path() / "store", crashed.folder());
      if (filled) {
        fillWithZeros(log, place, end - place);
      } else {
        cut(log, place);
      }
      ASSERT_EQ(crashed.open(kFew - 1), "") << place - begin;
    }
  }
}

TEST(StoreDamages, ARepairedStoreKeepsWhatCanBeRead) {
  for (const char* const lost : {"MANIFEST", "CURRENT"}) {
    SCOPED_TRACE(lost);
    CrashedStore crashed(kValues / 2);
    fs::remove(crashed.file(lost));
    StoreOptions options = crashed.options();
    options.recover = true;
    Store::open(options);
    EXPECT_EQ(crashed.open(), "");
  }
}

// kill -9 before the first opening had named its MANIFEST.
TEST(StoreDamages, ACrashInTheFirstOpeningIsNone) {
  TemporaryDirectory directory;
  StoreOptions options;
  options.directory = directory.path();
  fs::create_directory(directory.path() / "store");
  CommitMarkFile(directory.path() / "store", Durability::kFsync).set(0, 0, {});
  directory.write("store/MANIFEST-000001", "not complete");
  EXPECT_NO_THROW(Store::open(options));
}

// The last record may be in the system's memory only, and the mark is about to say that it is there.
TEST(StoreDamages, ALossOfPowerInTheOpeningAfterACrashIsNone) {
  CrashedStore crashed;
  crashed.forgetLastCommit();
  const auto disk = std::make_shared<FailingDisk>();
  openStoreOn(disk, crashed.options());
  EXPECT_EQ(disk->rewritten_files, 1) << "it is written and synced before the mark is";
}

TEST(StoreDamages, RecoveryThatIsInterruptedCanBeRepeated) {
  CrashedStore crashed;
  const fs::path log = crashed.file("log");
  flipByte(log, writtenBytes(log) / 2);
  StoreOptions options = crashed.options();
  options.recover = true;
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{10'000, limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_ANY_THROW(Store::open(options));
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, before);
  EXPECT_THAT(crashed.open(), HasSubstr("is damaged at byte"));
  const auto store = Store::open(options);
  EXPECT_EQ(store->snapshot()->get(key(kValues / 4)), value(kValues / 4));
}

// Else the mark lists a log that is not there, and the next start misses it.
TEST(StoreDamages, ALogStaysUntilTheMarkHasForgottenIt) {
  class UnwritableMark : public FileObserver {
    void onCreated(std::uint64_t) override {}
    bool onDeleting(std::uint64_t) override { return false; }
    void onManifestSynced(std::uint64_t, std::uint64_t) override {}
  } mark;
  TemporaryDirectory directory;
  directory.write("000012.log", "");
  FencedFiles files(rocksdb::FileSystem::Default(), &mark);
  EXPECT_FALSE(files.DeleteFile((directory.path() / "000012.log").string(), rocksdb::IOOptions(), nullptr).ok());
  EXPECT_TRUE(fs::exists(directory.path() / "000012.log"));
}

// RocksDB takes a MANIFEST that ends too early for that of a crash: then it forgets the newest table, whose
// log it has deleted already.
TEST(StoreDamages, OfTheManifestsEndAreRefused) {
  TemporaryDirectory original, copy;
  StoreOptions options;
  options.directory = original.path();
  const auto store = Store::open(options);
  std::mt19937 random(1);
  std::string bytes(1 << 20, ' ');
  for (int i = 0; i < 50; ++i) {
    for (char& byte : bytes) byte = static_cast<char>(random());
    store->writeAndWait([&](Transaction& transaction) { transaction.put(key(i), bytes); });
  }
  while (fs::exists(logPath(original.path() / "store", 4))) std::this_thread::yield();
  copyAsAfterCrash(original.path() / "store", copy.path() / "store");
  options.directory = copy.path();
  for (const auto& file : fs::directory_iterator(copy.path() / "store")) {
    if (file.path().filename().string().starts_with("MANIFEST")) cut(file.path(), fs::file_size(file.path()) - 1);
  }
  EXPECT_THROW(Store::open(options), StoreDamaged);
  EXPECT_THROW(Store::open(options), StoreDamaged);
  options.recover = true;
  const auto recovered = Store::open(options);
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(recovered->snapshot()->get(key(i))) << i;
}

}  // namespace
}  // namespace ddblog
