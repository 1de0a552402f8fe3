// The store on RocksDB.
#include "store/rocksdb_store.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>

#include <cassert>
#include <deque>
#include <filesystem>
#include <future>
#include <thread>
#include <utility>

#include "base/thread_annotations.h"
#include "store/committed_cache.h"
#include "store/directory_lock.h"
#include "store/file_names.h"
#include "store/key_space.h"
#include "store/overlay.h"
#include "store/rocksdb_options.h"
#include "store/rocksdb_reader.h"
#include "store/wal_files.h"

namespace ddblog {

namespace {

constexpr std::size_t kCommandsPerBatch = 1024;  // limits how long a command waits for the rest of its batch

// Where a store's files are, and the lock that keeps other processes out.
struct Place {
  std::unique_ptr<DirectoryLock> lock;  // nullptr: in memory
  std::unique_ptr<rocksdb::Env> env;
  std::string path;
};

Place placeInMemory() {
  return {nullptr, std::unique_ptr<rocksdb::Env>(rocksdb::NewMemEnv(rocksdb::Env::Default())), "/store"};
}

Place placeOn(const std::shared_ptr<rocksdb::FileSystem>& files, const StoreOptions& options) {
  const std::filesystem::path directory = options.directory;
  auto lock = std::make_unique<DirectoryLock>(directory);
  const bool syncs = options.durability == Durability::kFsync;
  return {std::move(lock), rocksdb::NewCompositeEnv(syncs ? zeroFilledLogFiles(files) : files),
          (directory / kStoreName).string()};
}

// RocksDB creates its folder but does not fsync the parent directory.
void syncDirectory(const Place& place) {
  const std::string directory = std::filesystem::path(place.path).parent_path();
  std::unique_ptr<rocksdb::FSDirectory> opened;
  auto status = place.env->GetFileSystem()->NewDirectory(directory, rocksdb::IOOptions(), &opened, nullptr);
  if (status.ok()) status = opened->Fsync(rocksdb::IOOptions(), nullptr);
  if (!status.ok()) throw std::runtime_error("cannot fsync " + directory + ": " + status.ToString());
}

// An upper bound for the size of RocksDB's batch of these writes.
std::size_t bytesOf(const Overlay::Writes& writes) {
  constexpr std::size_t kHeader = 12, kRest = 11;  // per batch; per write: its kind and two lengths
  std::size_t bytes = kHeader;
  for (const auto& [key, value] : writes) bytes += kRest + key.size() + (value ? value->size() : 0);
  return bytes;
}

class RocksStore : public Store {
 public:
  RocksStore(Place place, const StoreOptions& options)
      : syncs_(place.lock && options.durability == Durability::kFsync),
        waiting_limit_(options.waiting_commands),
        place_(std::move(place)) {
    rocksdb::DB* db = nullptr;
    const auto status = rocksdb::DB::Open(rocksdbOptions(place_.env.get(), options.cache_bytes), place_.path, &db);
    if (!status.ok()) throw std::runtime_error("cannot open the store in " + place_.path + ": " + status.ToString());
    db_.reset(db);
    if (syncs_) syncDirectory(place_);
    checkFormat();
    writer_ = std::thread([this] { runWriter(); });
  }

  ~RocksStore() override {
    {
      MutexLock lock(mutex_);
      closing_ = true;
    }
    arrived_.notifyAll();
    writer_.join();
    snapshot_.reset();
    // So that the next start has no log to replay. If it fails, the log is still there.
    if (place_.lock) db_->Flush(rocksdb::FlushOptions());
  }

  void write(Command command, Completion completion) override {
    MutexLock lock(mutex_);
    if (std::this_thread::get_id() != writer_.get_id()) {
      while (waiting_.size() >= waiting_limit_) room_.wait(lock);
    }
    waiting_.push_back({std::move(command), std::move(completion), nullptr});
    ++accepted_;
    if (waiting_.size() == 1) arrived_.notifyOne();
  }

  void drain() override {
    assert(std::this_thread::get_id() != writer_.get_id() && "the writer cannot wait for itself");
    MutexLock lock(mutex_);
    const std::uint64_t before = accepted_;
    while (finished_ < before) finished_changed_.wait(lock);
  }

  std::unique_ptr<Snapshot> snapshot() const override {
    MutexLock lock(snapshot_mutex_);
    if (!snapshot_) snapshot_ = takeSnapshot();
    return std::make_unique<RocksReader>(*db_, snapshot_);
  }

 private:
  struct Waiting {
    Command command;
    Completion completion;
    std::exception_ptr error;
  };

  // Rejects a directory of another format instead of misreading it.
  void checkFormat() {
    const std::string key = KeyBuilder(KeySpace::kFormat).str();
    const auto found = RocksReader(*db_, nullptr).get(key);
    if (found && *found != kStoreFormat) {
      throw std::runtime_error("the data directory has format " + *found + ", this version reads format " +
                               std::string(kStoreFormat) + ": use the version that wrote it, or another directory");
    }
    if (found) return;
    rocksdb::WriteOptions options;
    options.sync = true;
    const auto status = db_->Put(options, slice(key), slice(kStoreFormat));
    if (!status.ok()) throw std::runtime_error("cannot write to the store: " + status.ToString());
  }

  void runWriter() {
    rocksdb::SetPerfLevel(rocksdb::kDisable);  // else RocksDB counts every key comparison on this thread
    const RocksReader committed(*db_, nullptr);
    CommittedCache cache(committed);
    Overlay overlay(cache);
    std::deque<Waiting> batch;
    while (takeBatch(batch)) {
      const std::size_t taken = batch.size();
      runBatch(batch, overlay, cache);
      overlay.clear();
      batch.clear();
      noteFinished(taken);
    }
  }

  // Waits for commands and takes all that wait. False: the store is closing and no commands are
  // left.
  bool takeBatch(std::deque<Waiting>& batch) {
    MutexLock lock(mutex_);
    while (!closing_ && waiting_.empty()) arrived_.wait(lock);
    if (waiting_.empty()) return false;
    while (!waiting_.empty() && batch.size() < kCommandsPerBatch) {
      batch.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    room_.notifyAll();
    return true;
  }

  void runBatch(std::deque<Waiting>& batch, Overlay& overlay, CommittedCache& cache) {
    for (Waiting& waiting : batch) runCommand(overlay, waiting);
    const std::exception_ptr failure = commit(overlay.writes());
    if (!failure && !overlay.writes().empty()) {
      cache.committed(overlay.writes());
      forgetSnapshot();
    }
    // A command may have thrown because of another one's write, which now does not exist.
    for (Waiting& waiting : batch) waiting.completion(failure ? failure : waiting.error);
    if (failure) return;
    for (CommitNotifier* notifier : overlay.notifiers()) notifier->notify();
  }

  static void runCommand(Overlay& overlay, Waiting& waiting) {
    try {
      waiting.command(overlay);
      overlay.commitSavepoint();
    } catch (...) {
      overlay.rollback();
      waiting.error = std::current_exception();
    }
  }

  void noteFinished(std::size_t commands) {
    MutexLock lock(mutex_);
    finished_ += commands;
    assert(finished_ + waiting_.size() == accepted_ && "every command is executed once");
    finished_changed_.notifyAll();
  }

  std::exception_ptr commit(const Overlay::Writes& writes) {
    if (writes.empty()) return nullptr;
    if (needs_resume_) {
      const auto status = db_->Resume();
      if (status.IsBusy()) {  // RocksDB itself checks every few seconds whether there is space again
        return std::make_exception_ptr(StoreFailed("the store failed: the disk is full, or was a moment ago"));
      }
      if (!status.ok()) return std::make_exception_ptr(storeFailed(status));
      needs_resume_ = false;
    }
    rocksdb::WriteBatch batch(bytesOf(writes));
    for (const auto& [key, value] : writes) {
      const auto status = value ? batch.Put(slice(key), slice(*value)) : batch.Delete(slice(key));
      if (!status.ok()) return std::make_exception_ptr(storeFailed(status));
    }
    rocksdb::WriteOptions options;
    options.sync = syncs_;
    const rocksdb::SequenceNumber before = db_->GetLatestSequenceNumber();
    const auto status = db_->Write(options, &batch);
    if (status.ok()) {
      assert(db_->GetLatestSequenceNumber() == before + writes.size() && "nobody else writes to the store");
      return nullptr;
    }
    needs_resume_ = true;
    return std::make_exception_ptr(storeFailed(status));
  }

  // Taking a snapshot needs RocksDB's lock. The first reader after a commit takes one, and the
  // others share it until the next commit.
  std::shared_ptr<const rocksdb::Snapshot> takeSnapshot() const {
    rocksdb::DB* db = db_.get();
    return {db->GetSnapshot(), [db](const rocksdb::Snapshot* old) { db->ReleaseSnapshot(old); }};
  }

  void forgetSnapshot() {
    std::shared_ptr<const rocksdb::Snapshot> old;
    MutexLock lock(snapshot_mutex_);
    old.swap(snapshot_);
  }

  const bool syncs_;
  const std::size_t waiting_limit_;
  const Place place_;
  std::unique_ptr<rocksdb::DB> db_;
  mutable Mutex snapshot_mutex_;
  mutable std::shared_ptr<const rocksdb::Snapshot> snapshot_ GUARDED_BY(snapshot_mutex_);
  bool needs_resume_ = false;  // writer thread only

  Mutex mutex_;
  CondVar arrived_, room_, finished_changed_;
  std::deque<Waiting> waiting_ GUARDED_BY(mutex_);
  std::uint64_t accepted_ GUARDED_BY(mutex_) = 0;  // commands since the store was opened
  std::uint64_t finished_ GUARDED_BY(mutex_) = 0;
  bool closing_ GUARDED_BY(mutex_) = false;
  std::thread writer_;
};

}  // namespace

std::unique_ptr<Store> Store::open(const StoreOptions& options) {
  if (options.in_memory) return std::make_unique<RocksStore>(placeInMemory(), options);
  return openStoreOn(rocksdb::FileSystem::Default(), options);
}

std::unique_ptr<Store> openStoreOn(const std::shared_ptr<rocksdb::FileSystem>& files, const StoreOptions& options) {
  return std::make_unique<RocksStore>(placeOn(files, options), options);
}

void Store::writeAndWait(const Command& command) {
  std::promise<void> done;
  write(command, [&done](std::exception_ptr error) {
    if (error) {
      done.set_exception(error);
    } else {
      done.set_value();
    }
  });
  done.get_future().get();
}

}  // namespace ddblog
