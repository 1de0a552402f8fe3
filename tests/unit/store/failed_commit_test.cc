// What commands are told when the commit of their batch fails.
#include <gmock/gmock.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <vector>

#include "store/rocksdb_store.h"
#include "unit/support/busy_writer.h"
#include "unit/support/temporary_directory.h"

namespace ddblog {
namespace {

using testing::ElementsAre;

// A disk that a test can fill.
class Disk : public rocksdb::FileSystemWrapper {
 public:
  Disk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "Disk"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    const auto status = FileSystemWrapper::NewWritableFile(path, options, file, debug);
    if (status.ok()) *file = std::make_unique<File>(std::move(*file), *this);
    return status;
  }

  std::atomic<bool> is_full = false;

 private:
  class File : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> file, const Disk& disk)
        : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      if (disk_.is_full) return rocksdb::IOStatus::IOError("the disk is full");
      return FSWritableFileOwnerWrapper::Append(data, options, debug);
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo&, rocksdb::IODebugContext* debug) override {
      return Append(data, options, debug);
    }

   private:
    const Disk& disk_;
  };
};

class FailedCommit : public testing::Test {
 protected:
  FailedCommit() {
    StoreOptions options;
    options.directory = directory_.path();
    options.durability = Durability::kOperatingSystem;
    store_ = openStoreOn(disk_, options);
  }

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
  const std::shared_ptr<Disk> disk_ = std::make_shared<Disk>();
  std::unique_ptr<Store> store_;
};

// A command is refused because of what it sees, and that may be a write which then fails.
TEST_F(FailedCommit, IsToldToCommandsThatWereRefusedToo) {
  disk_->is_full = true;
  EXPECT_THAT(runInOneBatch({putOnce, putOnce}), ElementsAre("the store failed", "the store failed"));
  EXPECT_EQ(store_->snapshot()->get("key"), std::nullopt);
  disk_->is_full = false;
}

TEST_F(FailedCommit, IsNotToldToACommandThatIsRefusedAlone) {
  EXPECT_THAT(runInOneBatch({putOnce, putOnce}), ElementsAre("done", "the key exists"));
  disk_->is_full = true;
  EXPECT_THAT(runInOneBatch({putOnce}), ElementsAre("the key exists"));  // there is nothing to commit
  disk_->is_full = false;
}

}  // namespace
}  // namespace ddblog
