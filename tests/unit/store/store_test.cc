#include "store/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <random>
#include <thread>

#include "store/key_space.h"
#include "unit/support/busy_writer.h"
#include "unit/support/crash_copy.h"
#include "unit/support/temporary_directory.h"

namespace ddblog {
namespace {

constexpr KeySpace kSpace{0x11};

std::unique_ptr<Store> memoryStore() {
  StoreOptions options;
  options.in_memory = true;
  return Store::open(options);
}

std::vector<std::string> keys(const Reader& reader, std::string_view begin, std::string_view end,
                              Direction direction = Direction::kForward) {
  std::vector<std::string> found;
  for (auto cursor = reader.cursor(begin, end, direction); cursor->valid(); cursor->next()) {
    found.emplace_back(cursor->key());
  }
  return found;
}

TEST(Store, ShowsACommandWhatTheOnesBeforeItInTheBatchWrote) {
  auto store = memoryStore();
  store->writeAndWait([](Transaction& transaction) {
    transaction.put("a", "1");
    EXPECT_EQ(transaction.get("a"), "1");
    transaction.erase("a");
    EXPECT_EQ(transaction.get("a"), std::nullopt);
    transaction.put("a", "2");
  });
  EXPECT_EQ(store->snapshot()->get("a"), "2");
}

TEST(Store, LeavesNothingOfACommandThatThrows) {
  auto store = memoryStore();
  store->writeAndWait([](Transaction& transaction) { transaction.put("kept", "1"); });
  EXPECT_THROW(store->writeAndWait([](Transaction& transaction) {
    transaction.put("kept", "2");
    transaction.put("new", "1");
    transaction.erase("kept");
    throw std::runtime_error("refused");
  }),
               std::runtime_error);
  EXPECT_EQ(store->snapshot()->get("kept"), "1");
  EXPECT_EQ(store->snapshot()->get("new"), std::nullopt);
}

TEST(Store, ASnapshotDoesNotSeeLaterWrites) {
  auto store = memoryStore();
  store->writeAndWait([](Transaction& transaction) { transaction.put("a", "1"); });
  auto before = store->snapshot();
  auto cursor = before->cursor("", "");
  store->writeAndWait([](Transaction& transaction) {
    transaction.put("a", "2");
    transaction.put("b", "1");
  });
  EXPECT_EQ(before->get("a"), "1");
  EXPECT_EQ(keys(*before, "a", ""), std::vector<std::string>{"a"});
  EXPECT_EQ(store->snapshot()->get("a"), "2");
}

TEST(Store, NotifiesOnceABatchAfterTheCommitButNotForARejectedCommand) {
  auto store = memoryStore();
  CommitNotifier notifier;
  std::atomic<int> notified = 0;
  auto listening = notifier.listen([&] { ++notified; });
  store->writeAndWait([&](Transaction& transaction) {
    transaction.put("a", "1");
    transaction.notifyAfterCommit(notifier);
    transaction.notifyAfterCommit(notifier);
  });
  EXPECT_THROW(store->writeAndWait([&](Transaction& transaction) {
    transaction.notifyAfterCommit(notifier);
    throw std::runtime_error("rejected");
  }),
               std::runtime_error);
  store->drain();
  EXPECT_EQ(notified, 1);
}

StoreOptions patientFor(std::chrono::milliseconds patience, const TemporaryDirectory& directory) {
  StoreOptions options;
  options.directory = (directory.path() / "store").string();
  options.patience = patience;
  return options;
}

TEST(Store, APatientCommandWaitsForTheNextThatDoesNotAndSharesItsCommit) {
  TemporaryDirectory directory;
  const auto store = Store::open(patientFor(std::chrono::hours(1), directory));
  std::atomic<bool> completed = false;
  std::uint64_t batch = 0;
  store->writeSoon([&batch](Transaction& transaction) { batch = transaction.batch(); },
                   [&completed](std::exception_ptr error) { completed = !error; });
  EXPECT_FALSE(completed);
  store->writeAndWait([&batch](Transaction& transaction) { EXPECT_EQ(transaction.batch(), batch); });
  EXPECT_TRUE(completed);
}

TEST(Store, InMemoryNothingWaitsForOthers) {
  StoreOptions options;
  options.in_memory = true;
  options.patience = std::chrono::hours(1);
  const auto store = Store::open(options);
  std::promise<void> done;
  store->writeSoon([](Transaction&) {}, [&done](std::exception_ptr) { done.set_value(); });
  done.get_future().wait();
}

TEST(Store, APatientCommandRunsAlsoIfNothingElseComes) {
  TemporaryDirectory directory;
  const auto store = Store::open(patientFor(std::chrono::milliseconds(1), directory));
  std::promise<void> done;
  store->writeSoon([](Transaction& transaction) { transaction.put("a", "1"); },
                   [&done](std::exception_ptr) { done.set_value(); });
  done.get_future().wait();
  EXPECT_EQ(store->snapshot()->get("a"), "1");
}

TEST(Store, DrainWaitsForPatientCommands) {
  TemporaryDirectory directory;
  const auto store = Store::open(patientFor(std::chrono::hours(1), directory));
  std::atomic<int> completed = 0;
  for (int i = 0; i < 3; ++i) {
    store->writeSoon([i](Transaction& transaction) { transaction.put(std::to_string(i), "1"); },
                     [&completed](std::exception_ptr) { ++completed; });
    store->drain();
    EXPECT_EQ(completed, i + 1);
  }
}

// The commands wait for one another in one batch, and the notifier's listener is slow: to have waited for a completion
// alone would not be enough.
TEST(Store, DrainWaitsUntilWhatWasHandedOverIsDoneAltogether) {
  auto store = memoryStore();
  for (int round = 0; round < 20; ++round) {
    auto used_by_commands = std::make_shared<int>(0);
    std::atomic<int> completed = 0;
    std::atomic<bool> notified = false;
    CommitNotifier notifier;
    auto listening = notifier.listen([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      notified = true;
    });
    for (int i = 0; i < 10; ++i) {
      store->write(
          [used_by_commands, &notifier](Transaction& transaction) {
            transaction.put("count", std::to_string(++*used_by_commands));
            transaction.notifyAfterCommit(notifier);
          },
          [&completed](std::exception_ptr) { ++completed; });
    }
    store->drain();
    EXPECT_EQ(completed, 10);
    EXPECT_TRUE(notified);
    EXPECT_EQ(used_by_commands.use_count(), 1) << "a command that is done is destroyed";
  }
}

TEST(Store, DrainOfAStoreThatHasNothingToDoReturns) {
  auto store = memoryStore();
  store->drain();
  store->writeAndWait([](Transaction&) {});
  store->drain();
  store->drain();
}

// The merging cursor against a plain map: random writes on top of random committed keys, both directions, random
// bounds.
TEST(Store, CursorsOfATransactionAgreeWithAMap) {
  std::mt19937 random(20260101);
  for (int round = 0; round < 200; ++round) {
    auto store = memoryStore();
    std::map<std::string, std::string> model;
    auto key = [&] { return std::string(1, static_cast<char>('a' + random() % 12)) + (random() % 3 ? "" : "x"); };
    auto write = [&](Transaction& transaction) {
      for (int i = 0; i < 8; ++i) {
        const std::string k = key(), v = std::to_string(random() % 100);
        if (random() % 3 == 0) {
          transaction.erase(k);
          model.erase(k);
        } else {
          transaction.put(k, v);
          model[k] = v;
        }
      }
    };
    store->writeAndWait(write);
    store->writeAndWait([&](Transaction& transaction) {
      write(transaction);
      for (int i = 0; i < 8; ++i) {
        const std::string begin = key(), end = random() % 4 == 0 ? "" : key();
        std::vector<std::string> expected;
        for (const auto& [k, v] : model) {
          if (k >= begin && (end.empty() || k < end)) expected.push_back(k);
        }
        EXPECT_EQ(keys(transaction, begin, end), expected) << "[" << begin << ", " << end << ")";
        std::reverse(expected.begin(), expected.end());
        EXPECT_EQ(keys(transaction, begin, end, Direction::kBackward), expected) << "[" << begin << ", " << end << ")";
      }
    });
  }
}

// As when an index is filled: each entry that is written stands behind the items that are walked over.
TEST(Store, ACursorKeepsToItsRangeWhileItsOwnLoopWritesBesideIt) {
  auto store = memoryStore();
  store->writeAndWait([](Transaction& transaction) { transaction.put("a1", ""); });
  store->writeAndWait([](Transaction& transaction) {
    transaction.put("a2", "");
    transaction.put("c", "");
    std::vector<std::string> seen;
    for (auto cursor = transaction.cursor("a", "b"); cursor->valid(); cursor->next()) {
      seen.emplace_back(cursor->key());
      transaction.put("b" + seen.back(), "");
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"a1", "a2"}));
  });
}

TEST(Store, ACommandReadsWhatTheLastCommitLeftHotOrNot) {
  auto store = memoryStore();
  for (const auto read : {&Reader::get, &Reader::getHot}) {
    const std::string key = KeyBuilder(kSpace).text("key").str();
    const auto seen = [&] {
      std::optional<std::string> value;
      store->writeAndWait([&](Transaction& transaction) { value = (transaction.*read)(key); });
      return value;
    };
    const auto put = [&](const std::string& value) {
      store->writeAndWait([&](Transaction& transaction) { transaction.put(key, value); });
    };
    EXPECT_EQ(seen(), std::nullopt);
    put("one");
    EXPECT_EQ(seen(), "one");
    put("two");
    EXPECT_EQ(seen(), "two");
    EXPECT_THROW(store->writeAndWait([&](Transaction& transaction) {
      transaction.put(key, "refused");
      throw std::runtime_error("refused");
    }),
                 std::runtime_error);
    EXPECT_EQ(seen(), "two");
    const std::string large(100'000, 'x');
    put(large);
    EXPECT_EQ(seen(), large);
    put("small again");
    EXPECT_EQ(seen(), "small again");
    store->writeAndWait([&](Transaction& transaction) { transaction.erase(key); });
    EXPECT_EQ(seen(), std::nullopt);
  }
}

TEST(Store, KeepsEverythingAcrossAReopenAndRefusesASecondOpener) {
  TemporaryDirectory directory;
  StoreOptions options;
  options.directory = directory.path();
  {
    auto store = Store::open(options);
    store->writeAndWait([](Transaction& transaction) { transaction.put("a", "1"); });
    EXPECT_THROW(Store::open(options), StoreInUse);
  }
  EXPECT_EQ(Store::open(options)->snapshot()->get("a"), "1");
}

// What a crash leaves: the files as they are while the store is open.
class CrashedCopy {
 public:
  static constexpr int kValues = 300;

  CrashedCopy() {
    StoreOptions original;
    original.directory = original_.path();
    auto store = Store::open(original);
    const auto put = [&store](int i) {
      store->writeAndWait([i](Transaction& transaction) { transaction.put(key(i), std::string(2000, 'v')); });
    };
    for (int i = 0; i < kValues - 1; ++i) put(i);
    const std::string mark = original_.read("store/commit-mark");  // does not know of the last one
    put(kValues - 1);
    copyAsAfterCrash(original_.path() / "store", copy_.path() / "store");
    copy_.write("store/commit-mark", mark);
    options_.directory = copy_.path();
  }

  static std::string key(int i) { return "key" + std::to_string(1000 + i); }
  std::unique_ptr<Store> open() const { return Store::open(options_); }

  // Puts `bytes` over the end of the last record: the write that the power went away in.
  void tear(const std::string& bytes) const {
    std::filesystem::path log;
    for (const auto& file : std::filesystem::directory_iterator(copy_.path() / "store")) {
      if (file.path().extension() == ".log") log = file.path();
    }
    std::ifstream in(log, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::fstream out(log, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(content.find_last_not_of('\0') + 1 - bytes.size()));
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  TemporaryDirectory original_, copy_;
  StoreOptions options_;
};

TEST(Store, ACrashLosesNothingThatWasAcknowledged) {
  const CrashedCopy crashed;
  const auto store = crashed.open();
  for (int i = 0; i < CrashedCopy::kValues; ++i) {
    EXPECT_EQ(store->snapshot()->get(CrashedCopy::key(i)), std::string(2000, 'v')) << i;
  }
}

TEST(Store, ATornLastRecordIsAsIfItHadNotBeen) {
  for (const std::string& torn : {std::string(1000, '\0'), std::string(1000, 'x')}) {
    const CrashedCopy crashed;
    crashed.tear(torn);
    {
      const auto store = crashed.open();
      EXPECT_EQ(store->snapshot()->get(CrashedCopy::key(CrashedCopy::kValues - 1)), std::nullopt);
      store->writeAndWait([](Transaction& transaction) { transaction.put("after", "1"); });
    }
    const auto store = crashed.open();
    EXPECT_EQ(store->snapshot()->get("after"), "1");
    for (int i = 0; i < CrashedCopy::kValues - 1; ++i) {
      EXPECT_EQ(store->snapshot()->get(CrashedCopy::key(i)), std::string(2000, 'v')) << i;
    }
  }
}

TEST(Store, RunsWhatWaitsBeforeItCloses) {
  TemporaryDirectory directory;
  StoreOptions options;
  options.directory = directory.path();
  std::atomic<int> completed = 0;
  {
    auto store = Store::open(options);
    for (int i = 0; i < 1000; ++i) {
      store->write([i](Transaction& transaction) { transaction.put("k" + std::to_string(i), "1"); },
                   [&](std::exception_ptr refused) { completed += refused ? 0 : 1; });
    }
  }
  EXPECT_EQ(completed, 1000);
  EXPECT_EQ(keys(*Store::open(options)->snapshot(), "k", "l").size(), 1000u);
}

TEST(Store, LimitsABatchByBytes) {
  auto store = memoryStore();
  std::map<std::uint64_t, int> commands_of_batch;
  BusyWriter busy(*store);
  for (int i = 0; i < 20; ++i) {
    store->write(
        [&, i](Transaction& transaction) {
          ++commands_of_batch[transaction.batch()];
          transaction.put("k" + std::to_string(i), std::string(1 << 20, 'v'));
        },
        [](std::exception_ptr) {});
  }
  busy.release();
  store->drain();
  EXPECT_EQ(keys(*store->snapshot(), "k", "l").size(), 20u);
  for (const auto& [batch, commands] : commands_of_batch) EXPECT_LE(commands, 4) << batch;
}

TEST(Store, CompletesCommandsOfManyThreadsEachOnce) {
  auto store = memoryStore();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) {
        store->writeAndWait([](Transaction& transaction) {
          const auto old = transaction.get("count");
          transaction.put("count", std::to_string(old ? std::stoi(*old) + 1 : 1));
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store->snapshot()->get("count"), "1000");
}

TEST(KeySpace, KeysSortAsTheirPartsDo) {
  auto text = [](std::string_view t) { return KeyBuilder(kSpace).text(t).number(1).str(); };
  EXPECT_LT(text("a"), text("ab"));
  EXPECT_LT(text("a"), text(std::string_view("a\0", 2)));
  EXPECT_LT(text(std::string_view("a\0z", 3)), text("aa"));
  EXPECT_LT(KeyBuilder(kSpace).number(255).str(), KeyBuilder(kSpace).number(256).str());
}

TEST(KeySpace, PartsComeBackAsTheyWere) {
  const std::string odd("a\0b\xff", 4);
  const std::string key = KeyBuilder(kSpace).text(odd).number(77).bytes("rest").str();
  KeyParser parser(key);
  EXPECT_EQ(parser.text(), odd);
  EXPECT_EQ(parser.number(), 77u);
  EXPECT_EQ(parser.rest(), "rest");
  EXPECT_THROW(KeyParser("\x11"
                         "abc")
                   .text(),
               std::runtime_error);
}

TEST(KeySpace, TheEndOfAPrefixIsBehindAllItsKeys) {
  EXPECT_EQ(endOfPrefix("ab"), "ac");
  EXPECT_EQ(endOfPrefix("a\xff"), "b");
  EXPECT_EQ(endOfPrefix("\xff\xff"), "");
}

}  // namespace
}  // namespace ddblog
