#include "store/commit_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/files.h"
#include "base/fnv.h"
#include "store/file_names.h"

namespace ddblog {

namespace {

constexpr std::string_view kMagic = "ddblogm1";
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

CommitMarkFile::CommitMarkFile(const std::filesystem::path& store, Durability durability) {
  MutexLock lock(mutex_);
  descriptor_ = ::open((store / kCommitMarkName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  mark_.boot_id = bootId();
  mark_.durability = durability;
}

CommitMarkFile::~CommitMarkFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

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

CommitMark CommitMarkFile::mark() const {
  MutexLock lock(mutex_);
  return mark_;
}

void CommitMarkFile::onCreated(std::uint64_t log_number) {
  MutexLock lock(mutex_);
  new_log_ = log_number;
}

void CommitMarkFile::onDeleting(std::uint64_t log_number) {
  MutexLock lock(mutex_);
  if (new_log_ == log_number) new_log_ = 0;
  const auto forgotten =
      std::erase_if(mark_.logs, [=](const CommitMark::Log& log) { return log.number == log_number; });
  if (forgotten) write(true);
}

void CommitMarkFile::write(bool synced) {
  if (descriptor_ < 0) return;
  const std::string bytes = encode(mark_);
  if (::pwrite(descriptor_, bytes.data(), bytes.size(), 0) < 0) return;  // the mark stays behind
  if (synced) ::fdatasync(descriptor_);
}

}  // namespace ddblog
