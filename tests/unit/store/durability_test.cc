// What was acknowledged is there after a power cut, whenever it comes: these tests fail when an fsync is missing.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include "store/rocksdb_store.h"
#include "unit/store/power_cut_files.h"
#include "unit/support/temporary_directory.h"

namespace ddblog {
namespace {

constexpr int kWriters = 3;

std::string keyOf(int writer, int number) {
  const std::string digits = std::to_string(1'000'000 + number);
  return "writer" + std::to_string(writer) + "." + digits;
}

std::string valueOf(int writer, int number, std::size_t bytes) {
  std::string value = keyOf(writer, number);
  value.resize(bytes, static_cast<char>('a' + number % 26));
  return value;
}

// A store on files that know what a power cut leaves, with writers that count what was acknowledged to them.
class StoreUnderLoad {
 public:
  explicit StoreUnderLoad(std::size_t value_bytes)
      : value_bytes_(value_bytes), files_(std::make_shared<PowerCutFiles>(directory_.path(), scratch_.path())) {
    StoreOptions options;
    options.directory = directory_.path();
    store_ = openStoreOn(files_, options);
    for (int writer = 0; writer < kWriters; ++writer) {
      threads_.emplace_back([this, writer] { write(writer); });
    }
  }

  ~StoreUnderLoad() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  std::array<int, kWriters> acknowledged() const {
    std::array<int, kWriters> counts;
    for (int writer = 0; writer < kWriters; ++writer) counts[writer] = acknowledged_[writer];
    return counts;
  }

  PowerCutFiles& files() { return *files_; }
  // While the state of a power cut is looked at, the writers need not make more of it.
  void pause(bool paused) { paused_ = paused; }

 private:
  void write(int writer) {
    for (int number = 0; !stopping_; ++number) {
      while (paused_ && !stopping_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      store_->writeAndWait([&](Transaction& transaction) {
        transaction.put(keyOf(writer, number), valueOf(writer, number, value_bytes_));
      });
      ++acknowledged_[writer];
    }
  }

  const std::size_t value_bytes_;
  TemporaryDirectory directory_, scratch_;
  std::shared_ptr<PowerCutFiles> files_;
  std::unique_ptr<Store> store_;
  std::array<std::atomic<int>, kWriters> acknowledged_ = {};
  std::atomic<bool> paused_ = false;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

void expectAcknowledged(const std::filesystem::path& directory, const std::array<int, kWriters>& acknowledged,
                        std::size_t value_bytes) {
  StoreOptions options;
  options.directory = directory;
  const auto store = Store::open(options);
  const auto snapshot = store->snapshot();
  for (int writer = 0; writer < kWriters; ++writer) {
    bool ended = false;
    for (int number = 0; number < acknowledged[writer] + 100; ++number) {
      const auto value = snapshot->get(keyOf(writer, number));
      if (value) {
        ASSERT_EQ(*value, valueOf(writer, number, value_bytes));
        ASSERT_FALSE(ended) << keyOf(writer, number) << " is there without the one before it";
      }
      ended = !value;
      ASSERT_TRUE(value || number >= acknowledged[writer]) << keyOf(writer, number) << " was acknowledged and is lost";
    }
  }
}

void cutPowerUnderLoad(std::size_t value_bytes, int cuts, std::chrono::milliseconds longest_wait) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  StoreUnderLoad load(value_bytes);
  for (int cut = 0; cut < cuts; ++cut) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % (longest_wait.count() * 1000 + 1)));
    TemporaryDirectory after;
    const auto acknowledged = load.acknowledged();
    load.files().copyAsAfterPowerCut(after.path(), random);
    load.pause(true);
    expectAcknowledged(after.path(), acknowledged, value_bytes);
    if (testing::Test::HasFatalFailure()) return;
    load.pause(false);
  }
}

TEST(Durability, EveryAcknowledgedWriteIsThereAfterAPowerCut) {
  cutPowerUnderLoad(200, 15, std::chrono::milliseconds(20));
}

// Values so large that the memtable is written to files, and logs are deleted, meanwhile.
TEST(Durability, EveryAcknowledgedWriteIsThereAfterAPowerCutWhileFilesAreWritten) {
  cutPowerUnderLoad(1'000'000, 8, std::chrono::milliseconds(150));
}

// The first write of a new directory: the entries of the directories on the way count as well.
TEST(Durability, TheFirstWriteOfANewStoreIsThereAfterAPowerCut) {
  std::mt19937 random(20260101);
  for (int round = 0; round < 4; ++round) {
    TemporaryDirectory directory, scratch, after;
    const auto files = std::make_shared<PowerCutFiles>(directory.path(), scratch.path());
    StoreOptions options;
    options.directory = directory.path();
    const auto store = openStoreOn(files, options);
    store->writeAndWait([](Transaction& transaction) { transaction.put("first", "1"); });
    files->copyAsAfterPowerCut(after.path(), random);
    options.directory = after.path();
    EXPECT_EQ(Store::open(options)->snapshot()->get("first"), "1");
  }
}

}  // namespace
}  // namespace ddblog
