#include "store/log_check.h"

#include <algorithm>
#include <map>

#include "base/files.h"
#include "store/log_file.h"

namespace ddblog {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameLimit = 4096;  // of the file CURRENT

std::map<std::uint64_t, fs::path> logsIn(const fs::path& store) {
  std::map<std::uint64_t, fs::path> logs;
  std::error_code missing;
  for (const fs::directory_entry& entry : fs::directory_iterator(store, missing)) {
    if (const std::uint64_t number = logNumberOf(entry.path().string())) logs.emplace(number, entry.path());
  }
  return logs;
}

// Goes through the logs in their order and stops at the first damage.
class Check {
 public:
  Check(const fs::path& store, std::optional<CommitMark> mark) : store_(store), mark_(std::move(mark)) {}

  LogCheck run() {
    const auto files = logsIn(store_);
    std::map<std::uint64_t, fs::path> all = files;
    if (mark_) {
      for (const CommitMark::Log& log : mark_->logs) all.emplace(log.number, logPath(store_, log.number));
    }
    for (const auto& [number, path] : all) {
      if (files.contains(number)) {
        checkFile(number, path);
      } else {
        noteDamage(path, "is missing", mark_->find(number)->sequence_before, 0);
      }
      if (check_.damage) return check_;
    }
    if (mark_ && check_.sequence < mark_->sequence) {  // the rest is in RocksDB's tables
      check_ = {};
      check_.sequence = mark_->sequence;
      check_.commits = mark_->commits;
    }
    return check_;
  }

 private:
  void checkFile(std::uint64_t number, const fs::path& path) {
    const bool were_synced = mark_ && mark_->durability == Durability::kFsync;
    const LogFileContent content = readLogFile(path, were_synced ? mark_->sequence : 0);
    const CommitMark::Log* const marked = mark_ ? mark_->find(number) : nullptr;
    // RocksDB was about to delete a log that is not listed any more.
    if (mark_ && !marked && content.last_sequence <= mark_->sequence) return;
    if (content.commits > 0 && check_.sequence > 0 && content.first_sequence != check_.sequence + 1) {
      const bool cut_before = !last_file_.empty() && last_is_cut_;
      return noteDamage(cut_before ? last_file_ : path,
                        cut_before ? "is damaged at byte " + std::to_string(last_sound_bytes_)
                                   : "does not continue the log before it, which is missing or ends too early",
                        check_.sequence, cut_before ? last_sound_bytes_ : 0);
    }
    const std::uint64_t before = marked ? marked->sequence_before : check_.sequence;
    const std::uint64_t commits_before = marked ? marked->commits_before : check_.commits;
    if (content.commits > 0) {
      check_.logs.push_back({number, content.first_sequence - 1, commits_before});
      check_.commits = commits_before + content.commits;
      check_.sequence = content.last_sequence;
    } else if (marked) {
      check_.commits = commits_before;
      check_.sequence = before;
    }
    if (content.is_damaged || (marked && check_.sequence < marksEnd(*marked))) {
      const std::string place = std::to_string(content.sound_bytes);
      return noteDamage(path,
                        fs::file_size(path) == 0 ? "is empty"
                        : content.is_cut         ? "is damaged at byte " + place
                                                 : "ends too early, at byte " + place,
                        check_.sequence, content.sound_bytes);
    }
    if (content.known_bytes < content.sound_bytes) check_.unknown.push_back({path, content.known_bytes});
    last_file_ = path;
    last_is_cut_ = content.is_cut;
    last_sound_bytes_ = content.sound_bytes;
  }

  // The last write that the mark says a log holds.
  std::uint64_t marksEnd(const CommitMark::Log& log) const {
    const auto* const next = &log + 1;
    return next == mark_->logs.data() + mark_->logs.size() ? mark_->sequence : next->sequence_before;
  }

  void noteDamage(const fs::path& file, std::string what, std::uint64_t last_sound, std::uint64_t sound_bytes) {
    LogDamage damage{file, std::move(what), 0, sound_bytes};
    if (mark_ && mark_->sequence > last_sound) {
      if (check_.sequence < last_sound) {  // nothing was read: the mark tells how many there were before
        const auto* const log = mark_->find(logNumberOf(file.string()));
        check_.sequence = last_sound;
        if (log) check_.commits = log->commits_before;
      }
      damage.lost_commits = mark_->commits - std::min(mark_->commits, check_.commits);
    }
    check_.damage = std::move(damage);
  }

  const fs::path store_;
  const std::optional<CommitMark> mark_;
  LogCheck check_;
  fs::path last_file_;
  bool last_is_cut_ = false;
  std::uint64_t last_sound_bytes_ = 0;
};

// A second name for the file, so that the first can be given to another one in one step.
void keepAside(const fs::path& file, std::vector<std::string>& done) {
  const fs::path aside = pathForDamaged(file);
  std::error_code no_links;
  fs::create_hard_link(file, aside, no_links);
  if (no_links) {
    fs::copy_file(file, aside);
    syncFile(aside);
  }
  done.push_back("kept " + file.filename().string() + " as " + aside.string());
}

}  // namespace

std::string LogDamage::text() const {
  std::string line = file.string() + " " + what + ": ";
  if (lost_commits == 0) return line + "commits are lost";
  return line + (lost_commits == 1 ? "1 commit is lost" : std::to_string(lost_commits) + " commits are lost");
}

LogCheck checkLogs(const fs::path& store, const std::optional<CommitMark>& mark) {
  if (mark && !provesCommits(*mark)) {
    LogCheck unchecked;
    unchecked.is_unchecked = true;
    return unchecked;
  }
  return Check(store, mark).run();
}

std::string manifestDamage(const fs::path& store, const std::optional<CommitMark>& mark) {
  if (!mark || mark->manifest == 0 || !fs::exists(store / "CURRENT")) return {};
  std::string name = readFile(store / "CURRENT", kNameLimit);
  name.resize(std::min(name.find('\n'), name.size()));
  if (manifestNumberOf(name) != mark->manifest || !fs::exists(store / name)) return {};  // RocksDB notices that
  const std::uint64_t sound = soundBytes(store / name);
  if (sound >= mark->manifest_bytes) return {};
  return (store / name).string() + " is damaged at byte " + std::to_string(sound) + ": tables would be lost";
}

std::vector<std::string> cutLogs(const fs::path& store, const LogDamage& damage) {
  std::vector<std::string> done;
  const fs::path sound_part = damage.file.string() + ".sound";
  const bool has_sound_part = fs::exists(damage.file) && damage.sound_bytes > 0;
  if (has_sound_part) {
    std::string sound = readFile(damage.file, kMostLogBytes);
    sound.resize(damage.sound_bytes);
    writeFile(sound_part, sound);
  }
  // The damaged log last: as long as it is there, a start finds the damage again.
  const auto logs = logsIn(store);
  for (auto log = logs.rbegin(); log != logs.rend() && log->first >= logNumberOf(damage.file.string()); ++log) {
    keepAside(log->second, done);
    if (log->second == damage.file && has_sound_part) {
      fs::rename(sound_part, damage.file);
    } else {
      fs::remove(log->second);
    }
  }
  syncDirectory(store);
  return done;
}

}  // namespace ddblog
