// What commands are told when the commit of their batch fails, and how the store works again.
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <optional>
#include <random>
#include <vector>

#include "store/rocksdb_store.h"
#include "unit/store/failing_disk.h"
#include "unit/support/busy_writer.h"
#include "unit/support/temporary_directory.h"

namespace ddblog {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class FailedCommit : public testing::Test {
 protected:
  FailedCommit() { store_ = openStoreOn(disk_, options()); }

  StoreOptions options() {
    StoreOptions options;
    options.directory = directory_.path();
    options.clock = &clock_;
    options.log = [this](std::string_view line) { log_.emplace_back(line); };
    return options;
  }

  std::string put(const std::string& key, const std::string& value) {
    return run([=](Transaction& transaction) { transaction.put(key, value); });
  }
  std::string run(const Store::Command& command) {
    try {
      store_->writeAndWait(command);
      return "done";
    } catch (...) {
      return textOf(std::current_exception());
    }
  }
  // Puts values that cannot be compressed until one fails. Returns how many were committed.
  int putUntilOneFails(const std::string& prefix, std::size_t bytes, int limit) {
    std::mt19937 random(1);
    std::string value(bytes, ' ');
    for (int i = 0; i < limit; ++i) {
      for (char& byte : value) byte = static_cast<char>(random());
      if (put(prefix + std::to_string(i), value) != "done") return i;
    }
    return limit;
  }
  // The store tries the disk when the clock has moved, before the next command.
  void letTimePass() { clock_.move(Duration(5000)); }
  std::optional<std::string> found(const std::string& key) { return store_->snapshot()->get(key); }

  // Runs the commands in one batch and returns what each is told.
  std::vector<std::string> runInOneBatch(const std::vector<Store::Command>& commands) {
    std::vector<std::string> told;
    BusyWriter busy(*store_);
    for (const Store::Command& command : commands) {
      store_->write(command, [&told](std::exception_ptr error) { told.push_back(textOf(error)); });
    }
    busy.release();
    store_->drain();
    return told;
  }

  static std::string textOf(std::exception_ptr error) {
    if (!error) return "done";
    try {
      std::rethrow_exception(error);
    } catch (const StoreFailed&) {
      return "the store failed";
    } catch (const std::exception& e) {
      return e.what();
    }
  }

  static void putOnce(Transaction& transaction) {
    if (transaction.get("key")) throw std::runtime_error("the key exists");
    transaction.put("key", "value");
  }

  TemporaryDirectory directory_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  const std::shared_ptr<FailingDisk> disk_ = std::make_shared<FailingDisk>();
  std::vector<std::string> log_;  // written by the writer thread
  std::unique_ptr<Store> store_;
};

// A command is refused because of what it sees, and that may be a write which then fails.
TEST_F(FailedCommit, IsToldToCommandsThatWereRefusedToo) {
  disk_->fill();
  EXPECT_THAT(runInOneBatch({putOnce, putOnce}), ElementsAre("the store failed", "the store failed"));
  EXPECT_EQ(store_->snapshot()->get("key"), std::nullopt);
  disk_->free();
}

// The clock stands still, so the store does not try the disk meanwhile.
TEST_F(FailedCommit, IsToldToAPatientCommandAtOnce) {
  disk_->fill();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(put("key", "value"), "the store failed");
  std::promise<std::string> told;
  store_->writeSoon([](Transaction& transaction) { transaction.put("key", "value"); },
                    [&told](std::exception_ptr error) { told.set_value(textOf(error)); });
  EXPECT_EQ(told.get_future().get(), "the store failed");
  disk_->free();
}

TEST_F(FailedCommit, IsNotToldToACommandThatIsRefusedAlone) {
  EXPECT_THAT(runInOneBatch({putOnce, putOnce}), ElementsAre("done", "the key exists"));
  disk_->fill();
  EXPECT_THAT(runInOneBatch({putOnce}), ElementsAre("the key exists"));  // there is nothing to commit
  disk_->free();
}

TEST_F(FailedCommit, RefusesWritesUntilTheDiskIsSound) {
  put("before", "1");
  disk_->fill();
  EXPECT_EQ(put("key", "1"), "the store failed");
  EXPECT_EQ(put("key", "2"), "the store failed");
  letTimePass();
  EXPECT_EQ(put("key", "3"), "the store failed") << "the disk is still full";
  disk_->free();
  EXPECT_EQ(put("key", "4"), "the store failed") << "it is not tried at every command";
  letTimePass();
  EXPECT_EQ(put("key", "5"), "done");
  EXPECT_EQ(found("before"), "1");
  EXPECT_EQ(found("key"), "5");
  EXPECT_THAT(log_, ElementsAre(AllOf(StartsWith("the store refuses writes: "), EndsWith("; trying again")),
                                "the store works again after 10 s"));
}

TEST_F(FailedCommit, MayHappenAgainAndAgain) {
  int committed = 0;
  for (int round = 0; round < 4; ++round) {
    disk_->room = 300'000 + round * 1000;
    committed = putUntilOneFails("round" + std::to_string(round) + ".", 10'000, 100);
    EXPECT_GT(committed, 5);
    EXPECT_LT(committed, 100);
    disk_->free();
    letTimePass();
    ASSERT_EQ(put("after" + std::to_string(round), "1"), "done") << testing::PrintToString(log_);
  }
  EXPECT_EQ(log_.size(), 8u);
  store_.reset();
  store_ = openStoreOn(disk_, options());
  for (int round = 0; round < 4; ++round) {
    EXPECT_EQ(found("after" + std::to_string(round)), "1");
    EXPECT_TRUE(found("round" + std::to_string(round) + ".5"));
  }
}

// The record is in the log, but whether it is on the disk nobody knows.
TEST_F(FailedCommit, IsThereAfterwardsIfTheDiskHasIt) {
  CommitNotifier notifier;
  std::atomic<int> notified = 0;
  const auto subscription = notifier.listen([&] { ++notified; });
  put("hot", "old");
  store_->writeAndWait([](Transaction& transaction) { EXPECT_EQ(transaction.getHot("hot"), "old"); });
  disk_->failing_syncs = 1;
  EXPECT_EQ(run([&](Transaction& transaction) {
              transaction.put("hot", "new");
              transaction.notifyAfterCommit(notifier);
            }),
            "the store failed");
  EXPECT_EQ(found("hot"), "old") << "readers see what is committed for sure";
  EXPECT_EQ(notified, 0);
  letTimePass();
  store_->writeAndWait([](Transaction& transaction) { EXPECT_EQ(transaction.getHot("hot"), "new"); });
  EXPECT_EQ(found("hot"), "new");
  EXPECT_EQ(notified, 1);
  EXPECT_EQ(disk_->rewritten_files, 1) << "the system may believe that the disk has it";
}

TEST_F(FailedCommit, MayNotifyWhatIsGoneAfterwards) {
  disk_->failing_syncs = 1;
  {
    CommitNotifier notifier;
    run([&](Transaction& transaction) {
      transaction.put("key", "1");
      transaction.notifyAfterCommit(notifier);
    });
    store_->drain();
  }
  letTimePass();
  EXPECT_EQ(put("key", "2"), "done");
}

TEST_F(FailedCommit, WhenNoNewLogCanBeOpened) {
  disk_->files_left = 0;
  const int committed = putUntilOneFails("key", 1'000'000, 100);
  EXPECT_LT(committed, 100);
  EXPECT_EQ(put("key", "1"), "the store failed");
  disk_->files_left = 1000;
  letTimePass();
  EXPECT_EQ(put("after", "1"), "done");
  for (int i = 0; i < committed; ++i) EXPECT_TRUE(found("key" + std::to_string(i))) << i;
}

// Less room than RocksDB needs to write its memtable to a file.
TEST_F(FailedCommit, WhenLittleRoomIsFreed) {
  disk_->room = 20 << 20;
  const int committed = putUntilOneFails("key", 1'000'000, 100);
  EXPECT_GT(committed, 10);
  disk_->room = 3 << 20;
  letTimePass();
  EXPECT_EQ(put("after", "1"), "done");
  EXPECT_EQ(put("after", "2"), "done");
  for (int i = 0; i < committed; ++i) EXPECT_TRUE(found("key" + std::to_string(i))) << i;
  disk_->free();
}

TEST_F(FailedCommit, WhenOpeningAgainFailsToo) {
  put("before", "1");
  for (int files = 1; files < 4; ++files) {
    disk_->failing_syncs = 1;
    EXPECT_EQ(put("key", "1"), "the store failed");
    disk_->files_left = files;  // for the probe, and some of what RocksDB opens
    letTimePass();
    put("key", "2");
    EXPECT_EQ(found("before"), "1");
    disk_->files_left = 1000;
    letTimePass();
    EXPECT_EQ(put("key", "3"), "done");
    EXPECT_EQ(found("key"), "3");
  }
}

TEST_F(FailedCommit, LeavesReadersTheirState) {
  put("a", "1");
  put("b", "1");
  const auto old = store_->snapshot();
  auto cursor = old->cursor("a", "c");
  for (int round = 0; round < 2; ++round) {
    disk_->failing_syncs = 1;
    put("b", "lost?");
    letTimePass();
    EXPECT_EQ(put("a", "2"), "done");
  }
  putUntilOneFails("fill", 1'000'000, 40);  // new files, and old ones deleted
  EXPECT_EQ(old->get("a"), "1");
  EXPECT_EQ(cursor->value(), "1");
  cursor->next();
  EXPECT_EQ(cursor->value(), "1");
  cursor.reset();
  EXPECT_EQ(found("a"), "2");
}

TEST_F(FailedCommit, WhenTheDirectoryIsGone) {
  put("before", "1");
  TemporaryDirectory elsewhere;
  const auto moved = elsewhere.path() / "moved";
  std::filesystem::rename(directory_.path(), moved);
  EXPECT_EQ(put("key", "1"), "the store failed");
  EXPECT_EQ(found("key"), std::nullopt) << "a refused write was seen";
  letTimePass();
  EXPECT_EQ(put("key", "2"), "the store failed");
  std::filesystem::rename(moved, directory_.path());
  letTimePass();
  EXPECT_EQ(put("key", "3"), "done");
  EXPECT_EQ(found("before"), "1");
  EXPECT_THAT(log_, ElementsAre(HasSubstr("was removed or moved away"), "the store works again after 10 s"));
}

TEST_F(FailedCommit, WhenTheFilesAreGone) {
  put("before", "1");
  const auto store = directory_.path() / "store";
  for (const auto& file : std::filesystem::directory_iterator(store)) std::filesystem::remove(file);
  EXPECT_EQ(put("key", "1"), "the store failed");
  letTimePass();
  EXPECT_EQ(put("key", "2"), "the store failed") << "an empty store is not the one that was there";
  EXPECT_FALSE(std::filesystem::exists(store / "CURRENT"));
  EXPECT_EQ(found("before"), "1");
}

TEST_F(FailedCommit, WhenTheDirectoryIsAnother) {
  put("before", "1");
  TemporaryDirectory elsewhere;
  std::filesystem::rename(directory_.path(), elsewhere.path() / "moved");
  directory_.write("in-use.lock", "");
  EXPECT_EQ(put("key", "1"), "the store failed");
  letTimePass();
  EXPECT_EQ(put("key", "2"), "the store failed");
  EXPECT_THAT(log_, ElementsAre(HasSubstr("was replaced by another"), HasSubstr("restart, or put the old one back")));
}

TEST_F(FailedCommit, WhenTheLogFileIsRemoved) {
  put("before", "1");
  for (const auto& file : std::filesystem::directory_iterator(directory_.path() / "store")) {
    if (file.path().extension() == ".log") std::filesystem::remove(file);
  }
  EXPECT_EQ(put("key", "1"), "the store failed");
}

}  // namespace
}  // namespace ddblog
