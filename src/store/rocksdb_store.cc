// The store on RocksDB; log_files.h is all else that knows it.
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <deque>
#include <future>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "store/committed_cache.h"
#include "store/entry_check.h"
#include "store/file_names.h"
#include "store/key_space.h"
#include "store/log_files.h"
#include "store/overlay.h"
#include "store/store.h"
#include "store/store_builder.h"

namespace ddblog {

namespace {

constexpr std::size_t kBuilderBytes = 1u << 20;  // of entries that StoreBuilder writes at a time
constexpr std::size_t kCommandsPerBatch = 1024;  // bounds how long a command waits for the others of its batch

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

[[noreturn]] void failed(const rocksdb::Status& status) { throw StoreFailed("the store failed: " + status.ToString()); }

// A range of keys in one direction. Keeps the snapshot it reads from alive.
class RocksCursor : public Cursor {
 public:
  RocksCursor(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, std::shared_ptr<const void> keep_alive,
              std::string_view begin, std::string_view end, Direction direction)
      : keep_alive_(std::move(keep_alive)), begin_(begin), end_(end), forward_(direction == Direction::kForward) {
    lower_ = slice(begin_);
    upper_ = slice(end_);
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    options.iterate_lower_bound = &lower_;
    if (!end_.empty()) options.iterate_upper_bound = &upper_;
    iterator_.reset(db.NewIterator(options));
    if (forward_) {
      iterator_->SeekToFirst();
    } else {
      iterator_->SeekToLast();
    }
    check();
  }

  bool valid() const override { return iterator_->Valid(); }
  std::string_view key() const override { return view(iterator_->key()); }
  std::string_view value() const override { return view(iterator_->value()); }
  void next() override {
    if (forward_) {
      iterator_->Next();
    } else {
      iterator_->Prev();
    }
    check();
  }

 private:
  void check() const {
    if (!iterator_->Valid() && !iterator_->status().ok()) failed(iterator_->status());
  }

  std::shared_ptr<const void> keep_alive_;
  std::string begin_, end_;
  rocksdb::Slice lower_, upper_;
  const bool forward_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// Reads one state. With no snapshot: the state now (the writer's own view).
class RocksReader : public Snapshot {
 public:
  RocksReader(rocksdb::DB& db, std::shared_ptr<const rocksdb::Snapshot> snapshot)
      : db_(db), snapshot_(std::move(snapshot)) {}

  std::optional<std::string> get(std::string_view key) const override {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_.get();
    std::string value;
    const rocksdb::Status status = db_.Get(options, slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) failed(status);
    return value;
  }

  std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end, Direction direction) const override {
    return std::make_unique<RocksCursor>(db_, snapshot_.get(), snapshot_, begin, end, direction);
  }

 private:
  rocksdb::DB& db_;
  std::shared_ptr<const rocksdb::Snapshot> snapshot_;
};

// RocksDB's own log is not kept: when the disk is full its file's writer, like that of all its files, must not be used
// again after an error, and RocksDB's log does not heed that (its assertion would end this process).
class NoLog : public rocksdb::Logger {
 public:
  NoLog() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::Options makeOptions(const StoreOptions& options, rocksdb::Env* env) {
  rocksdb::Options rocks;
  rocks.env = env;
  rocks.create_if_missing = true;
  rocks.info_log = std::make_shared<NoLog>();
  rocks.max_open_files = 512;
  rocks.max_file_opening_threads = 1;  // sixteen threads at each start are more work than the files
  rocks.write_buffer_size = 32u << 20;
  // An append asks for an item that is not there: the filter says so without a search.
  rocks.memtable_prefix_bloom_size_ratio = 0.02;
  rocks.memtable_whole_key_filtering = true;
  rocks.max_background_jobs = 2;
  rocks.bytes_per_sync = 1u << 20;
  rocks.compression = rocksdb::kLZ4Compression;
  rocks.stats_dump_period_sec = 0;  // no statistics threads
  rocks.stats_persist_period_sec = 0;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return rocks;
}

class RocksStore : public Store {
 public:
  explicit RocksStore(const StoreOptions& options)
      : durability_(options.durability), waiting_limit_(options.waiting_commands) {
    if (options.in_memory) {
      memory_.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    } else {
      lock_ = std::make_unique<DirectoryLock>(options.directory);
      if (durability_ == Durability::kFsync) {
        files_ = rocksdb::NewCompositeEnv(zeroFilledLogFiles(rocksdb::FileSystem::Default()));
      }
    }
    const std::string path = options.in_memory ? "/store" : (options.directory / kStoreName).string();
    rocksdb::DB* db = nullptr;
    rocksdb::Env* env = memory_ ? memory_.get() : files_ ? files_.get() : rocksdb::Env::Default();
    const auto status = rocksdb::DB::Open(makeOptions(options, env), path, &db);
    if (!status.ok()) throw std::runtime_error("cannot open the store in " + path + ": " + status.ToString());
    db_.reset(db);
    checkFormat();
    refreshSnapshot();
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
    // So that the next start has no log to read again. If it fails the log is there.
    if (!memory_) db_->Flush(rocksdb::FlushOptions());
  }

  void write(Command command, Completion completion) override {
    MutexLock lock(mutex_);
    if (std::this_thread::get_id() != writer_.get_id()) {
      while (waiting_.size() >= waiting_limit_) room_.wait(lock);
    }
    waiting_.push_back({std::move(command), std::move(completion), nullptr});
    if (waiting_.size() == 1) arrived_.notifyOne();
  }

  std::unique_ptr<Snapshot> snapshot() const override {
    MutexLock lock(snapshot_mutex_);
    return std::make_unique<RocksReader>(*db_, snapshot_);
  }

 private:
  struct Waiting {
    Command command;
    Completion completion;
    std::exception_ptr refused;
  };

  // A directory of another format must not be misread.
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
    const RocksReader committed(*db_, nullptr);
    CommittedCache cache(committed);
    Overlay overlay(cache);
    std::deque<Waiting> batch;
    while (takeBatch(batch)) {
      for (Waiting& waiting : batch) runCommand(overlay, waiting);
      std::exception_ptr failure = commit(overlay.writes());
      if (!failure && !overlay.writes().empty()) {
        cache.committed(overlay.writes());
        refreshSnapshot();
      }
      for (Waiting& waiting : batch) waiting.completion(waiting.refused ? waiting.refused : failure);
      if (!failure) {
        for (Signal* signal : overlay.signals()) signal->raise();
      }
      overlay.clear();
      batch.clear();
    }
  }

  // Waits for commands and takes those that wait. false: closing, and all are done.
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

  static void runCommand(Overlay& overlay, Waiting& waiting) {
    try {
      waiting.command(overlay);
      overlay.keep();
    } catch (...) {
      overlay.undo();
      waiting.refused = std::current_exception();
    }
  }

  std::exception_ptr commit(const Overlay::Writes& writes) {
    if (writes.empty()) return nullptr;
    if (needs_resume_) {
      const auto status = db_->Resume();
      if (status.IsBusy()) {  // RocksDB itself looks every few seconds whether there is room again
        return std::make_exception_ptr(StoreFailed("the store failed: the disk is full, or was a moment ago"));
      }
      if (!status.ok()) return std::make_exception_ptr(StoreFailed("the store failed: " + status.ToString()));
      needs_resume_ = false;
    }
    rocksdb::WriteBatch batch;
    for (const auto& [key, value] : writes) {
      const auto status = value ? batch.Put(slice(key), slice(*value)) : batch.Delete(slice(key));
      if (!status.ok()) return std::make_exception_ptr(StoreFailed("the store failed: " + status.ToString()));
    }
    rocksdb::WriteOptions options;
    options.sync = durability_ == Durability::kFsync && !memory_;
    const auto status = db_->Write(options, &batch);
    if (status.ok()) return nullptr;
    needs_resume_ = true;
    return std::make_exception_ptr(StoreFailed("the store failed: " + status.ToString()));
  }

  // One snapshot a batch, shared by all readers until the next: taking one needs RocksDB's own lock.
  void refreshSnapshot() {
    rocksdb::DB* db = db_.get();
    std::shared_ptr<const rocksdb::Snapshot> fresh(db->GetSnapshot(),
                                                   [db](const rocksdb::Snapshot* old) { db->ReleaseSnapshot(old); });
    MutexLock lock(snapshot_mutex_);
    snapshot_.swap(fresh);
  }

  const Durability durability_;
  const std::size_t waiting_limit_;
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<rocksdb::Env> memory_;
  std::unique_ptr<rocksdb::Env> files_;
  std::unique_ptr<rocksdb::DB> db_;
  mutable Mutex snapshot_mutex_;
  std::shared_ptr<const rocksdb::Snapshot> snapshot_ GUARDED_BY(snapshot_mutex_);
  bool needs_resume_ = false;  // the writer's own

  Mutex mutex_;
  CondVar arrived_, room_;
  std::deque<Waiting> waiting_ GUARDED_BY(mutex_);
  bool closing_ GUARDED_BY(mutex_) = false;
  std::thread writer_;
};

}  // namespace

std::unique_ptr<Store> Store::open(const StoreOptions& options) { return std::make_unique<RocksStore>(options); }

struct StoreBuilder::Parts {
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::WriteBatch batch;
  EntryCheck check;

  // No log: what is built is thrown away unless it is finished.
  void write() {
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    if (const auto status = db->Write(options, &batch); !status.ok()) failed(status);
    batch.Clear();
  }
};

StoreBuilder::StoreBuilder(const std::filesystem::path& directory) : parts_(std::make_unique<Parts>()) {
  StoreOptions options;
  rocksdb::Options rocks = makeOptions(options, rocksdb::Env::Default());
  rocks.error_if_exists = true;
  rocksdb::DB* db = nullptr;
  if (const auto status = rocksdb::DB::Open(rocks, (directory / kStoreName).string(), &db); !status.ok())
    failed(status);
  parts_->db.reset(db);
}

StoreBuilder::~StoreBuilder() = default;

void StoreBuilder::put(std::string_view key, std::string_view value) {
  parts_->check.add(key, value);
  if (const auto status = parts_->batch.Put(slice(key), slice(value)); !status.ok()) failed(status);
  if (parts_->batch.GetDataSize() >= kBuilderBytes) parts_->write();
}

void StoreBuilder::finish() {
  parts_->check.finish();
  parts_->write();
  if (const auto status = parts_->db->Flush(rocksdb::FlushOptions()); !status.ok()) failed(status);
  if (const auto status = parts_->db->Close(); !status.ok()) failed(status);
}

void Store::writeAndWait(const Command& command) {
  std::promise<void> done;
  write(command, [&done](std::exception_ptr refused) {
    if (refused) {
      done.set_exception(refused);
    } else {
      done.set_value();
    }
  });
  done.get_future().get();
}

}  // namespace ddblog
