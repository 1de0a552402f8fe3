#include "store/commit_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/files.h"
#include "base/fnv.h"
#include "store/file_names.h"
#include "store/log_file.h"

namespace ddblog {

namespace {

constexpr std::string_view kMagic = "ddblogm2";
constexpr std::size_t kBootIdBytes = 36;
// More than RocksDB keeps; if there are more, the mark forgets the oldest and proves less.
constexpr std::size_t kMostLogs = 16;
constexpr std::size_t kLimit = 4096;
constexpr std::size_t kUsualBytes = 256;

std::string readBootId() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  id.resize(kBootIdBytes, '?');
  return id;
}

const std::string& bootId() {
  static const std::string id = readBootId();
  return id;
}

std::string encode(const CommitMark& mark) {
  std::string bytes;
  bytes.reserve(kUsualBytes);
  bytes += kMagic;
  bytes += mark.boot_id;
  appendNumber(bytes, static_cast<std::uint8_t>(mark.durability));
  appendNumber(bytes, mark.sequence);
  appendNumber(bytes, mark.commits);
  appendNumber(bytes, mark.manifest);
  appendNumber(bytes, mark.manifest_bytes);
  appendNumber(bytes, static_cast<std::uint8_t>(mark.logs.size()));
  for (const CommitMark::Log& log : mark.logs) {
    appendNumber(bytes, log.number);
    appendNumber(bytes, log.sequence_before);
    appendNumber(bytes, log.commits_before);
  }
  appendNumber(bytes, fnv1a(bytes));
  return bytes;
}

// Throws std::runtime_error.
CommitMark decode(std::string_view bytes) {
  const std::string_view all = bytes;
  CommitMark mark;
  if (takeBytes(bytes, kMagic.size()) != kMagic) throw std::runtime_error("not a commit mark");
  mark.boot_id = takeBytes(bytes, kBootIdBytes);
  mark.durability = static_cast<Durability>(takeNumber<std::uint8_t>(bytes));
  mark.sequence = takeNumber<std::uint64_t>(bytes);
  mark.commits = takeNumber<std::uint64_t>(bytes);
  mark.manifest = takeNumber<std::uint64_t>(bytes);
  mark.manifest_bytes = takeNumber<std::uint64_t>(bytes);
  for (auto logs = takeNumber<std::uint8_t>(bytes); logs > 0; --logs) {
    CommitMark::Log log;
    log.number = takeNumber<std::uint64_t>(bytes);
    log.sequence_before = takeNumber<std::uint64_t>(bytes);
    log.commits_before = takeNumber<std::uint64_t>(bytes);
    mark.logs.push_back(log);
  }
  const std::string_view checked = all.substr(0, all.size() - bytes.size());
  if (takeNumber<std::uint64_t>(bytes) != fnv1a(checked)) throw std::runtime_error("torn");
  return mark;
}

}  // namespace

const CommitMark::Log* CommitMark::find(std::uint64_t log_number) const {
  const auto found = std::ranges::find(logs, log_number, &Log::number);
  return found == logs.end() ? nullptr : &*found;
}

std::optional<CommitMark> readCommitMark(const std::filesystem::path& store) {
  try {
    return decode(readFile(store / kCommitMarkName, kLimit));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

bool provesCommits(const CommitMark& mark) { return mark.durability == Durability::kFsync || mark.boot_id == bootId(); }

CommitMarkFile::CommitMarkFile(const std::filesystem::path& store, Durability durability) : store_(store) {
  MutexLock lock(mutex_);
  const std::filesystem::path file = store / kCommitMarkName;
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) throw std::runtime_error("cannot open " + file.string() + ": " + std::strerror(errno));
  mark_.boot_id = bootId();
  mark_.durability = durability;
  if (const auto before = readCommitMark(store)) {
    mark_.manifest = before->manifest;
    mark_.manifest_bytes = before->manifest_bytes;
  }
}

CommitMarkFile::~CommitMarkFile() { ::close(descriptor_); }

void CommitMarkFile::committed(std::uint64_t sequence) {
  MutexLock lock(mutex_);
  if (new_log_) {
    if (mark_.logs.size() == kMostLogs) mark_.logs.erase(mark_.logs.begin());
    mark_.logs.push_back({std::exchange(new_log_, 0), mark_.sequence, mark_.commits});
  }
  mark_.sequence = sequence;
  ++mark_.commits;
  write(false);
}

void CommitMarkFile::set(std::uint64_t sequence, std::uint64_t commits, std::vector<CommitMark::Log> logs) {
  MutexLock lock(mutex_);
  mark_.sequence = sequence;
  mark_.commits = commits;
  mark_.logs = std::move(logs);
  if (mark_.logs.size() > kMostLogs) mark_.logs.erase(mark_.logs.begin(), mark_.logs.end() - kMostLogs);
  write(true);
}

// In one step: RocksDB may delete logs meanwhile.
void CommitMarkFile::opened(std::uint64_t sequence, std::uint64_t commits) {
  MutexLock lock(mutex_);
  mark_.sequence = sequence;
  mark_.commits = commits;
  std::erase_if(mark_.logs,
                [this](const CommitMark::Log& log) { return !std::filesystem::exists(logPath(store_, log.number)); });
  write(true);
}

CommitMark CommitMarkFile::mark() const {
  MutexLock lock(mutex_);
  return mark_;
}

void CommitMarkFile::onCreated(std::uint64_t log_number) {
  MutexLock lock(mutex_);
  new_log_ = log_number;
}

bool CommitMarkFile::onDeleting(std::uint64_t log_number) {
  MutexLock lock(mutex_);
  if (new_log_ == log_number) new_log_ = 0;
  const auto forgotten =
      std::erase_if(mark_.logs, [=](const CommitMark::Log& log) { return log.number == log_number; });
  listed_on_disk_ = listed_on_disk_ || forgotten > 0;
  if (listed_on_disk_) listed_on_disk_ = !write(true);
  return !listed_on_disk_;
}

// It is written with the next commit.
void CommitMarkFile::onManifestSynced(std::uint64_t number, std::uint64_t bytes) {
  MutexLock lock(mutex_);
  mark_.manifest = number;
  mark_.manifest_bytes = bytes;
}

// False: the mark on the disk stays behind.
bool CommitMarkFile::write(bool synced) {
  const std::string bytes = encode(mark_);
  if (::pwrite(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return false;
  return !synced || ::fdatasync(descriptor_) == 0;
}

}  // namespace ddblog
