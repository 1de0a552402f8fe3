#include "services/lambda/host/code_watch.h"

#include <limits.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <system_error>
#include <utility>

namespace ddblog::lambda {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr std::string_view kModules = "node_modules";
constexpr int kAnchorAttempts = 10;  // ours

// Editors' copies and locks, what compilers leave, and what programs write while they run.
constexpr std::array<std::string_view, 19> kEndings = {
    "~",    ".swp", ".swo",   ".swx", ".swpx", ".kate-swp", "___jb_tmp___", "___jb_old___", ".tmp", ".o",
    ".pyc", ".log", ".jsonl", ".pid", ".db",   ".sqlite",   "-journal",     "-wal",         "-shm"};

bool isTemporary(std::string_view name) {
  return name.starts_with(".#") || (name.starts_with('#') && name.ends_with('#')) || name == "4913" ||
         name == ".DS_Store" ||
         std::ranges::any_of(kEndings, [&](std::string_view ending) { return name.ends_with(ending); });
}

bool isCodeDirectory(std::string_view name) {
  return !name.starts_with('.') && name != "__pycache__" && name != "CMakeFiles";
}

// `path` relative to `directory`; std::nullopt: it is not in it. Both are absolute and normal.
std::optional<fs::path> relativeTo(const fs::path& directory, const fs::path& path) {
  const auto [rest, in_path] = std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  if (rest != directory.end()) return std::nullopt;
  fs::path relative;
  for (auto part = in_path; part != path.end(); ++part) relative /= *part;
  return relative;
}

fs::path absoluteOf(const fs::path& path) {
  std::error_code unknown;  // the working directory was removed
  const fs::path absolute = fs::absolute(path.empty() ? fs::path(".") : path, unknown);
  const fs::path normal = (unknown ? path : absolute).lexically_normal();
  return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
}

// Without symbolic links, as far as it exists.
fs::path canonicalOf(const fs::path& path) {
  std::error_code unknown;
  const fs::path canonical = fs::weakly_canonical(absoluteOf(path), unknown);
  return unknown ? absoluteOf(path) : canonical;
}

// Whether a file that has appeared is whole: links are, and a file that has a second name.
bool isWhole(const fs::path& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 && (!S_ISREG(status.st_mode) || status.st_nlink > 1);
}

bool hasModules(const fs::path& path) { return std::ranges::find(path, fs::path(kModules)) != path.end(); }

}  // namespace

bool isCode(const fs::path& path, bool is_directory) {
  for (auto part = path.begin(); part != path.end(); ++part) {
    const bool is_last = std::next(part) == path.end();
    const std::string& name = part->native();
    if (is_last && !is_directory ? isTemporary(name) : !isCodeDirectory(name)) return false;
  }
  return true;
}

CodeWatch::CodeWatch(Clock& clock, Supervisor& supervisor, Timers& timers, WatchSettings settings, const LogSink& log,
                     OnChange on_change)
    : clock_(clock),
      supervisor_(supervisor),
      timers_(timers),
      settings_{settings.ignored.empty() ? fs::path() : canonicalOf(settings.ignored), settings.most_directories},
      log_(log),
      on_change_(std::move(on_change)),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (inotify_ < 0) {
    reportLimit(std::strerror(errno));
  } else {
    supervisor_.post([this] { supervisor_.watch(inotify_, [this] { readEvents(); }); });
  }
}

CodeWatch::~CodeWatch() {
  if (inotify_ >= 0) ::close(inotify_);
}

void CodeWatch::watch(std::set<fs::path> directories) {
  if (inotify_ < 0) return;
  supervisor_.post([this, directories = std::move(directories)] { watchNow(directories); });
}

void CodeWatch::watchNow(const std::set<fs::path>& directories) {
  const auto removed = std::erase_if(roots_, [&](const auto& root) { return !directories.contains(root.first); });
  for (const fs::path& directory : directories) {
    const auto [root, is_new] = roots_.try_emplace(directory);
    if (!is_new) continue;
    root->second.path = absoluteOf(directory);
    attach(root->second);
  }
  if (removed > 0) dropUnused();
  if (!is_listing_) listSome();
}

// Finds where the directory is now, and has it listed.
void CodeWatch::attach(Root& root) {
  root.anchors.clear();
  root.targets.clear();
  addAnchor(root, root.path);  // first, so that nothing that happens from here on is missed
  std::error_code missing;
  root.real = fs::canonical(root.path, missing);
  if (missing) {
    expectAgain(root, {});
    return root.real.clear();
  }
  if (root.real != root.path) addAnchor(root, root.real);
  to_list_.push_front(root.real);
}

// The directory has gone: whoever removes it will likely make its files anew.
void CodeWatch::expectAgain(Root& root, const fs::path& relative) {
  for (auto file = root.removed.begin(); file != root.removed.end();) {
    const auto next = std::next(file);
    if (relativeTo(relative, *file)) root.unfinished.insert(root.removed.extract(file));
    file = next;
  }
}

// The nearest directory above `path` that exists.
void CodeWatch::addAnchor(Root& root, const fs::path& path) {
  for (int attempt = 0; attempt < kAnchorAttempts; ++attempt) {
    fs::path target = path;
    std::error_code missing;
    fs::path anchor;
    while (target.has_relative_path()) {
      anchor = fs::canonical(target.parent_path(), missing);
      if (!missing && add(anchor) >= 0) break;
      target = target.parent_path();
    }
    if (!target.has_relative_path()) return;
    root.anchors.insert(anchor);
    root.targets.insert(anchor / target.filename());
    if (target == path || !fs::exists(target, missing)) return;
    // It has appeared in the meantime: the anchor can be nearer.
  }
}

void CodeWatch::listSome() {
  for (std::size_t listed = 0; listed < kStep; ++listed) {
    std::deque<fs::path>& next = to_list_.empty() ? modules_to_list_ : to_list_;
    if (next.empty()) break;
    const fs::path directory = std::move(next.front());
    next.pop_front();
    list(directory);
  }
  is_listing_ = !to_list_.empty() || !modules_to_list_.empty();
  if (is_listing_) supervisor_.post([this] { listSome(); });
}

void CodeWatch::list(const fs::path& directory) {
  if (isIgnored(directory) || !isUsed(directory)) return;
  if (!watches_.contains(directory) && directories_.size() >= settings_.most_directories) {
    return reportLimit("at most " + std::to_string(settings_.most_directories) + " directories are watched");
  }
  if (add(directory) < 0) {
    if (errno == ENOSPC) reportLimit("fs.inotify.max_user_watches is reached");
    return;
  }
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code unknown;
    const fs::path& path = entry->path();
    if (entry->is_symlink(unknown) || !entry->is_directory(unknown)) {
      markWritten(path);  // or it is being written, which puts the report off too
      continue;
    }
    if (!isCodeDirectory(path.filename().native())) continue;
    // What is nearest to the top comes first, and the modules after everything else.
    (hasModules(path) ? modules_to_list_ : to_list_).push_back(path);
  }
}

// -1 and errno: it cannot be watched.
int CodeWatch::add(const fs::path& directory) {
  const int watch = ::inotify_add_watch(inotify_, directory.c_str(), kEvents);
  if (watch < 0) return watch;
  // Another name of the same directory, or the same name for another one.
  if (const auto former = directories_.find(watch); former != directories_.end()) watches_.erase(former->second);
  if (const auto former = watches_.find(directory); former != watches_.end()) directories_.erase(former->second);
  directories_[watch] = directory;
  watches_[directory] = watch;
  return watch;
}

bool CodeWatch::isIgnored(const fs::path& path) const {
  return !settings_.ignored.empty() && relativeTo(settings_.ignored, path);
}

// Whether events of the directory can mean anything.
bool CodeWatch::isUsed(const fs::path& directory) const {
  return std::ranges::any_of(roots_, [&](const auto& entry) {
    const Root& root = entry.second;
    if (root.anchors.contains(directory)) return true;
    const auto relative = root.real.empty() ? std::nullopt : relativeTo(root.real, directory);
    return relative && isCode(*relative, true);
  });
}

void CodeWatch::dropUnused() {
  for (auto watch = watches_.begin(); watch != watches_.end();) {
    if (isUsed(watch->first)) {
      ++watch;
      continue;
    }
    ::inotify_rm_watch(inotify_, watch->second);
    directories_.erase(watch->second);
    watch = watches_.erase(watch);
  }
}

void CodeWatch::dropBelow(const fs::path& directory) {
  for (auto watch = watches_.lower_bound(directory); watch != watches_.end() && relativeTo(directory, watch->first);) {
    ::inotify_rm_watch(inotify_, watch->second);
    directories_.erase(watch->second);
    watch = watches_.erase(watch);
  }
}

void CodeWatch::readEvents() {
  handleEvents();
  if (!is_listing_) listSome();
  armTimer();
}

void CodeWatch::handleEvents() {
  alignas(inotify_event) char buffer[16 * (sizeof(inotify_event) + NAME_MAX + 1)];
  // Bounded, so that somebody who writes endlessly does not keep the supervisor from the processes.
  for (int round = 0; round < 64; ++round) {
    const ssize_t count = ::read(inotify_, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    for (const char* at = buffer; at < buffer + count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      handle(event->wd, event->mask, event->len > 0 ? std::string_view(event->name) : std::string_view());
    }
  }
}

void CodeWatch::handle(int watch, std::uint32_t mask, std::string_view name) {
  if (mask & IN_Q_OVERFLOW) {  // nobody knows what has happened
    for (auto& [given, root] : roots_) {
      attach(root);
      note(root, "many files");
    }
    return;
  }
  const auto found = directories_.find(watch);
  if (found == directories_.end()) return;
  const fs::path directory = found->second;
  if (mask & IN_IGNORED) {
    directories_.erase(found);
    watches_.erase(directory);
  }
  if (!name.empty()) return happened(directory / name, mask);
  if (mask & IN_MOVE_SELF) dropBelow(directory);
  // The directory itself has gone: an anchor that is nearer to the top shows when it is back.
  for (auto& [given, root] : roots_) {
    if (root.anchors.contains(directory) || directory == root.real) attach(root);
  }
}

void CodeWatch::happened(const fs::path& path, std::uint32_t mask) {
  const bool is_directory = (mask & IN_ISDIR) != 0;
  const bool has_gone = (mask & (IN_DELETE | IN_MOVED_FROM)) != 0;
  const bool has_come = (mask & (IN_CREATE | IN_MOVED_TO)) != 0;
  if (is_directory && has_gone) dropBelow(path);
  for (auto& [given, root] : roots_) {
    if ((has_gone || has_come) && root.targets.contains(path)) {
      attach(root);
      if (has_come && !root.real.empty()) note(root, root.path.filename());
      continue;
    }
    const auto relative = root.real.empty() ? std::nullopt : relativeTo(root.real, path);
    if (!relative || !isCode(*relative, is_directory) || isIgnored(path)) continue;
    if (mask & IN_MODIFY) {
      if (!root.changed.empty()) putOff(root, *relative);
      continue;
    }
    note(root, *relative);
    root.unfinished.erase(*relative);
    root.removed.erase(*relative);
    if (is_directory && has_gone) expectAgain(root, *relative);
    if (!is_directory && (mask & IN_DELETE)) {
      root.removed_at = clock_.runningTime();
      if (root.removed.size() < kMostUnfinished) root.removed.insert(*relative);
    } else if (!is_directory && (mask & IN_CREATE) && !isWhole(path)) {
      if (root.unfinished.size() < kMostUnfinished) root.unfinished.insert(*relative);
    }
    if (is_directory && has_come) to_list_.push_front(path);
  }
}

void CodeWatch::note(Root& root, const fs::path& relative) {
  if (root.changed.empty()) {
    root.changed = relative.string();
    root.first_change = root.quiet_at = clock_.runningTime();
  }
  putOff(root, relative);
}

void CodeWatch::putOff(Root& root, const fs::path& relative) {
  root.quiet_at = std::max(root.quiet_at, clock_.runningTime() + (hasModules(relative) ? kQuietModules : kQuiet));
}

// When the root's change is reported, if nothing happens until then.
RunningTime CodeWatch::due(const Root& root) {
  const RunningTime latest = root.first_change + kLongest;
  if (!root.unfinished.empty()) return latest;
  const RunningTime quiet_at =
      root.removed.empty() ? root.quiet_at : std::max(root.quiet_at, root.removed_at + kRemoved);
  return std::min(quiet_at, latest);
}

// The file is there: who writes it still shows that by further events.
void CodeWatch::markWritten(const fs::path& file) {
  for (auto& [given, root] : roots_) {
    const bool waits = !root.unfinished.empty() || !root.removed.empty();
    const auto relative = !waits || root.real.empty() ? std::nullopt : relativeTo(root.real, file);
    if (!relative) continue;
    root.unfinished.erase(*relative);
    root.removed.erase(*relative);
  }
}

void CodeWatch::armTimer() {
  RunningTime next = RunningTime::max();
  for (const auto& [given, root] : roots_) {
    if (!root.changed.empty()) next = std::min(next, due(root));
  }
  if (next == RunningTime::max() || next >= timer_at_) return;
  timer_at_ = next;
  timers_.at(next, [this] {
    supervisor_.post([this] {
      timer_at_ = RunningTime::max();
      reportDue();
    });
  });
}

void CodeWatch::reportDue() {
  handleEvents();  // those of now, which may put it off
  const RunningTime now = clock_.runningTime();
  for (auto& [given, root] : roots_) {
    if (root.changed.empty() || due(root) > now) continue;
    const std::string example = std::exchange(root.changed, {});
    root.unfinished.clear();
    root.removed.clear();
    if (!root.real.empty()) on_change_(given, example);
  }
  if (!is_listing_) listSome();
  armTimer();
}

void CodeWatch::reportLimit(const std::string& reason) {
  if (std::exchange(limit_is_reported_, true)) return;
  log_("lambda: not all code is watched (" + reason + "): restart the cloud after a change");
}

}  // namespace ddblog::lambda
