#include "store/committed_state.h"

#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <cassert>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/files.h"
#include "store/commit_failed.h"
#include "store/fenced_files.h"
#include "store/file_names.h"
#include "store/key_space.h"
#include "store/log_check.h"
#include "store/log_file.h"
#include "store/rocksdb_options.h"
#include "store/rocksdb_reader.h"
#include "store/wal_files.h"

namespace ddblog {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kProbeBytes = 1u << 20;  // more than a new log, a manifest and their like need

// An upper bound for the size of RocksDB's batch of these writes.
std::size_t bytesOf(const Overlay::Writes& writes) {
  constexpr std::size_t kHeader = 12, kRest = 11;  // per batch; per write: its kind and two lengths
  std::size_t bytes = kHeader;
  for (const auto& [key, value] : writes) bytes += kRest + key.size() + (value ? value->size() : 0);
  return bytes;
}

std::uintmax_t bytesOfLogs(const fs::path& store) {
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(store, error)) {
    if (!logNumberOf(entry.path().string())) continue;
    if (const std::uintmax_t size = entry.file_size(error); !error) bytes += size;
  }
  return bytes;
}

// Whether the folder holds RocksDB's files. If only CURRENT is missing, RocksDB would make a new
// store and delete the rest. `is_new`: a MANIFEST alone is what a crash in the first opening left.
bool holdsStore(const fs::path& store, bool is_new) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(store, error)) {
    const std::string name = entry.path().filename();
    if ((name.starts_with("MANIFEST-") && !is_new) || name.ends_with(".sst") || logNumberOf(name)) return true;
  }
  return false;
}

std::shared_ptr<rocksdb::FileSystem> filesFor(const std::shared_ptr<rocksdb::FileSystem>& files, bool syncs) {
  if (!files) {
    const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    return env->GetFileSystem();
  }
  return syncs ? zeroFilledLogFiles(files) : files;
}

}  // namespace

class CommittedState::Instance {
  // Notes what fails in RocksDB's background threads, and keeps RocksDB from resuming by itself.
  class FailureListener : public rocksdb::EventListener {
   public:
    explicit FailureListener(std::function<void()> failed) : failed_(std::move(failed)) {}

    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
      {
        MutexLock lock(mutex_);
        if (text_.empty()) text_ = status->ToString();
      }
      failed_();
    }
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* automatic) override {
      *automatic = false;
    }
    std::string text() const {
      MutexLock lock(mutex_);
      return text_;
    }

   private:
    const std::function<void()> failed_;
    mutable Mutex mutex_;
    std::string text_ GUARDED_BY(mutex_);
  };

 public:
  Instance(const std::shared_ptr<rocksdb::FileSystem>& files, FileObserver* observer, std::function<void()> failed)
      : files_(std::make_shared<FencedFiles>(files, observer)),
        env_(rocksdb::NewCompositeEnv(files_)),
        listener_(std::make_shared<FailureListener>(std::move(failed))) {}

  rocksdb::Status open(rocksdb::Options rocks, const std::string& path) {
    rocks.listeners.push_back(listener_);
    rocksdb::DB* db = nullptr;
    const auto status = rocksdb::DB::Open(rocks, path, &db);
    db_.reset(db);
    return status;
  }

  // From now on it can only be read.
  void fence() {
    if (db_) rocksdb::CancelAllBackgroundWork(db_.get(), true);
    files_->fence();
  }

  rocksdb::Env* env() const { return env_.get(); }
  rocksdb::DB& db() const { return *db_; }
  std::string failure() const { return listener_->text(); }

 private:
  const std::shared_ptr<FencedFiles> files_;
  const std::unique_ptr<rocksdb::Env> env_;
  const std::shared_ptr<FailureListener> listener_;
  std::unique_ptr<rocksdb::DB> db_;
};

CommittedState::CommittedState(const std::shared_ptr<rocksdb::FileSystem>& files, const StoreOptions& options,
                               std::function<void()> failed)
    : options_(options),
      syncs_(files && options.durability == Durability::kFsync),
      lock_(files ? std::make_unique<DirectoryLock>(options.directory) : nullptr),
      files_(filesFor(files, syncs_)),
      path_(files ? (fs::path(options.directory) / kStoreName).string() : "/store"),
      cache_(rocksdb::NewLRUCache(options.cache_bytes)),
      failed_(std::move(failed)) {
  std::shared_ptr<Instance> instance = open(false);
  rocks_ = &instance->db();
  current_ = hot_values_->clear();
  publish(std::move(instance), current_);
  checkFormat();
}

CommittedState::~CommittedState() {
  // If it fails, the log is still there.
  if (lock_ && !is_fenced_ && problem().empty()) rocks_->Flush(rocksdb::FlushOptions());
}

std::optional<std::string> CommittedState::get(std::string_view key) const {
  return RocksReader(*rocks_, nullptr).get(key);
}

std::optional<std::string> CommittedState::getHot(std::string_view key) const {
  return hot_values_->get(key, current_, *this);
}

std::unique_ptr<Cursor> CommittedState::cursor(std::string_view begin, std::string_view end,
                                               Direction direction) const {
  return RocksReader(*rocks_, nullptr).cursor(begin, end, direction);
}

void CommittedState::commit(const Overlay::Writes& writes) {
  rocksdb::WriteBatch batch(bytesOf(writes));
  for (const auto& [key, value] : writes) {
    const auto status = value ? batch.Put(slice(key), slice(*value)) : batch.Delete(slice(key));
    if (!status.ok()) throw storeFailed(status);
  }
  rocksdb::WriteOptions options;
  options.sync = syncs_;
  const rocksdb::SequenceNumber before = rocks_->GetLatestSequenceNumber();
  const auto status = rocks_->Write(options, &batch);
  if (!status.ok()) throw CommitFailed(storeFailed(status).what());
  const rocksdb::SequenceNumber now = rocks_->GetLatestSequenceNumber();
  assert(now == before + writes.size() && "nobody else writes to the store");
  (void)before;
  // An acknowledgement for what is in files that nobody will find again would be worth nothing.
  if (const std::string wrong = misplaced(); !wrong.empty()) throw CommitFailed(wrong);
  if (mark_) mark_->committed(now);
  current_ = hot_values_->commit(writes);
  publish(nullptr, current_);
}

// Readers see a commit from here on, not from inside of RocksDB's Write: what is refused above stays
// unseen, and mutex_ orders their reads behind the writes.
void CommittedState::publish(std::shared_ptr<Instance> opened, std::uint64_t number) {
  std::shared_ptr<const rocksdb::Snapshot> snapshot;  // the old one goes without the lock
  MutexLock lock(mutex_);
  if (opened) instance_ = std::move(opened);
  // It keeps its instance.
  snapshot = {instance_->db().GetSnapshot(),
              [instance = instance_](const rocksdb::Snapshot* old) { instance->db().ReleaseSnapshot(old); }};
  snapshot.swap(snapshot_);
  number_ = number;
}

std::string CommittedState::misplaced() const {
  if (!lock_) return {};
  switch (lock_->place()) {
    case DirectoryLock::Place::kMissing:
      return "the data directory " + options_.directory + " was removed or moved away";
    case DirectoryLock::Place::kReplaced:
      return "the data directory " + options_.directory + " was replaced by another";
    case DirectoryLock::Place::kSame:
      return {};
  }
  return {};
}

std::string CommittedState::problem() const {
  const std::string failure = [this] {
    MutexLock lock(mutex_);
    return instance_->failure();
  }();
  return failure.empty() ? misplaced() : failure;
}

void CommittedState::reopen() {
  if (!lock_) throw std::logic_error("a store in memory cannot be opened again");
  if (lock_->place() == DirectoryLock::Place::kReplaced) {
    throw std::logic_error(misplaced() + ": restart, or put the old one back");
  }
  if (const std::string wrong = misplaced(); !wrong.empty()) throw StoreFailed(wrong);
  probe();
  std::shared_ptr<Instance> old;
  {
    MutexLock lock(mutex_);
    old = instance_;
  }
  old->fence();
  is_fenced_ = true;
  std::shared_ptr<Instance> fresh = open(true);
  is_fenced_ = false;
  rocks_ = &fresh->db();
  current_ = hot_values_->clear();
  publish(std::move(fresh), current_);
}

std::shared_ptr<CommittedState::Instance> CommittedState::open(bool keep_logs) {
  if (!lock_) return openFiles(keep_logs, {});
  const bool recover = options_.recover && !keep_logs;
  std::string unreadable;
  const LogCheck check = checkFiles(recover, unreadable);
  if (const auto made = files_->CreateDirIfMissing(path_, rocksdb::IOOptions(), nullptr); !made.ok()) {
    throw std::runtime_error("cannot create " + path_ + ": " + made.ToString());
  }
  if (!mark_) mark_.emplace(path_, options_.durability);
  if (!check.is_unchecked) {
    // Else the mark would claim more than what a loss of power leaves.
    if (syncs_) {
      for (const LogCheck::Tail& tail : check.unknown) writeAgain(tail);
    }
    mark_->set(check.sequence, check.commits, check.logs);
  }
  std::shared_ptr<Instance> instance = openFiles(keep_logs, unreadable);
  const std::uint64_t sequence = instance->db().GetLatestSequenceNumber();
  if (sequence < check.sequence && !recover) {
    throw StoreDamaged(path_ + " lacks the last " + std::to_string(check.sequence - sequence) +
                       " writes: its MANIFEST is older than the rest");
  }
  mark_->opened(sequence, check.commits);
  if (syncs_) syncParent();
  return instance;
}

// Says no to damage, or (`recover`) puts it aside. `unreadable`: why RocksDB must not open the tables,
// because it would delete some.
LogCheck CommittedState::checkFiles(bool recover, std::string& unreadable) {
  // While the store is open, the files may have been removed with their mark.
  const std::optional<CommitMark> mark = mark_ ? mark_->mark() : readCommitMark(path_);
  LogCheck check = checkLogs(path_, mark);
  if (check.damage) {
    if (!recover) throw StoreDamaged(check.damage->text());
    say("recovers: " + check.damage->text());
    for (const std::string& done : cutLogs(path_, *check.damage)) say(done);
  }
  const bool has_files = holdsStore(path_, mark && mark->sequence == 0);
  if (fs::exists(fs::path(path_) / "CURRENT")) {
    unreadable = manifestDamage(path_, mark);
  } else if (has_files || (check.sequence > 0 && !recover)) {
    unreadable = path_ + "/CURRENT is missing: nothing can be read";
  }
  if (!unreadable.empty() && !recover) throw StoreDamaged(unreadable);
  return check;
}

// `keep_logs`: the logs are read but not written to tables, which may need more room than there is.
std::shared_ptr<CommittedState::Instance> CommittedState::openFiles(bool keep_logs, const std::string& unreadable) {
  const auto open = [&](std::shared_ptr<Instance>& instance) {
    instance = std::make_shared<Instance>(files_, mark_ ? &*mark_ : nullptr, failed_);
    rocksdb::Options rocks = rocksdbOptions(instance->env(), cache_);
    rocks.avoid_flush_during_recovery = keep_logs;
    if (keep_logs) rocks.write_buffer_size += bytesOfLogs(path_);
    auto status = instance->open(rocks, path_);
    if (status.ok() && options_.recover && !keep_logs) status = instance->db().VerifyChecksum();
    return status;
  };
  const auto is_damage = [](const rocksdb::Status& status) {
    return status.IsCorruption() || status.IsPathNotFound() || status.IsNotFound();
  };
  std::shared_ptr<Instance> instance;
  auto status = unreadable.empty() ? open(instance) : rocksdb::Status::Corruption(unreadable);
  if (is_damage(status) && options_.recover && !keep_logs) {
    say("recovers: " + path_ + ": " + status.ToString() + "; keeps what cannot be read in " + path_ + "/lost");
    instance.reset();
    status = rocksdb::RepairDB(path_, rocksdbOptions(rocksdb::Env::Default(), cache_));
    if (status.ok()) status = open(instance);
  }
  if (is_damage(status)) throw StoreDamaged(path_ + " is damaged: " + status.ToString());
  if (!status.ok()) throw std::runtime_error("cannot open the store in " + path_ + ": " + status.ToString());
  return instance;
}

// Rejects a directory of another format instead of misreading it.
void CommittedState::checkFormat() {
  const std::string key = KeyBuilder(KeySpace::kFormat).str();
  std::optional<std::string> found;
  try {
    found = get(key);
  } catch (const StoreFailed& unreadable) {
    throw StoreDamaged(path_ + " is damaged: " + unreadable.what());
  }
  if (found && *found != kStoreFormat) {
    throw std::runtime_error("the data directory has format " + *found + ", this version reads format " +
                             std::string(kStoreFormat) + ": use the version that wrote it, or another directory");
  }
  if (!found) commit({{key, std::string(kStoreFormat)}});
}

void CommittedState::probe() const {
  const std::string path = path_ + "/" + std::string(kProbeName);
  const rocksdb::IOOptions options;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = files_->NewWritableFile(path, rocksdb::FileOptions(), &file, nullptr);
  if (status.ok()) {
    status = file->Append(std::string(kProbeBytes, '\0'), options, nullptr);
    if (status.ok()) status = file->Fsync(options, nullptr);
    const auto closed = file->Close(options, nullptr);
    if (status.ok()) status = closed;
    const auto deleted = files_->DeleteFile(path, options, nullptr);
    if (status.ok()) status = deleted;
  }
  if (!status.ok()) throw storeFailed(status);
}

void CommittedState::writeAgain(const LogCheck::Tail& tail) const {
  const std::string content = readFile(tail.file, kMostLogBytes);
  const rocksdb::IOOptions options;
  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  auto status = files_->NewRandomRWFile(tail.file.string(), rocksdb::FileOptions(), &file, nullptr);
  if (status.ok()) {
    status = file->Write(tail.begin, slice(std::string_view(content).substr(tail.begin)), options, nullptr);
    if (status.ok()) status = file->Fsync(options, nullptr);
    const auto closed = file->Close(options, nullptr);
    if (status.ok()) status = closed;
  }
  if (!status.ok()) throw storeFailed(status);
}

// RocksDB creates its folder but does not fsync the parent directory.
void CommittedState::syncParent() const {
  const std::string directory = fs::path(path_).parent_path();
  std::unique_ptr<rocksdb::FSDirectory> opened;
  auto status = files_->NewDirectory(directory, rocksdb::IOOptions(), &opened, nullptr);
  if (status.ok()) status = opened->Fsync(rocksdb::IOOptions(), nullptr);
  if (!status.ok()) throw std::runtime_error("cannot fsync " + directory + ": " + status.ToString());
}

std::unique_ptr<Snapshot> CommittedState::snapshot() const {
  MutexLock lock(mutex_);
  return std::make_unique<HotReader>(instance_->db(), snapshot_, hot_values_, number_);
}

std::string CommittedState::verifyChecksums() const {
  std::shared_ptr<Instance> instance;
  {
    MutexLock lock(mutex_);
    instance = instance_;
  }
  const auto status = instance->db().VerifyChecksum();
  return status.ok() ? std::string() : status.ToString();
}

void CommittedState::say(const std::string& line) const {
  if (options_.log) options_.log("the store " + line);
}

}  // namespace ddblog
