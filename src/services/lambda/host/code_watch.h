// Notices changes in functions' code directories (inotify), so that new invocations run the new code.
//
// - A change is reported when its directory has been quiet for kQuiet (kQuietModules if the change is
//   below node_modules, where an installation writes for long), or kLongest after its first change.
//   These times are the Clock's.
// - A file that was made and not closed yet puts the report off until it is written to its end, for
//   kLongest at most. So does a file that was removed, for kRemoved (a linker removes a program before it
//   writes it anew), or for kLongest if its directory went too, as builds do it.
// - Ignored are editors' temporary files, object files, compiled Python files, logs and SQLite files,
//   directories whose name begins with a dot (.git, .venv, the data directory), __pycache__, CMakeFiles and
//   WatchSettings::ignored.
// - A directory that is removed and made again is found again, also if it is a symbolic link that now
//   leads elsewhere. Symbolic links inside it are not followed.
// - WatchSettings::most_directories and the kernel's fs.inotify.max_user_watches bound what is watched. A
//   line in the log says once that directories are beyond that, and that their changes need a restart of the
//   cloud. Directories near the top come first, node_modules last.
// - File systems that report no changes, such as NFS, report none here.
//
// Source: inotify(7). No thread of its own: the supervisor's reads the events, and lists kStep
// directories at a time, so that processes start in between. All watched paths are canonical.
// Rejected: fanotify, which needs privileges; looking at the times of all files again and again.
// Thread safety: watch() may be called from any thread; readEvents() and `on_change` run on the
// supervisor's thread. It must outlive the supervisor's and the timers' threads.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "services/lambda/host/invocation.h"
#include "services/lambda/host/supervisor.h"
#include "services/lambda/host/timers.h"
#include "services/lambda/host/watch_settings.h"

namespace ddblog::lambda {

// Whether a file or a directory below a code directory can be code. `path`: relative to that.
bool isCode(const std::filesystem::path& path, bool is_directory);

class CodeWatch {
 public:
  static constexpr Duration kQuiet{200};                // ours
  static constexpr Duration kQuietModules{1000};        // ours
  static constexpr Duration kRemoved{1000};             // ours
  static constexpr Duration kLongest{10'000};           // ours
  static constexpr std::size_t kStep = 200;             // ours
  static constexpr std::size_t kMostUnfinished = 1000;  // ours: files of a directory that put a report off

  // `directory`: as watch() got it; `example`: one of the changed files, relative to it.
  using OnChange = std::function<void(const std::filesystem::path& directory, const std::string& example)>;

  CodeWatch(Clock& clock, Supervisor& supervisor, Timers& timers, WatchSettings settings, const LogSink& log,
            OnChange on_change);
  ~CodeWatch();
  CodeWatch(const CodeWatch&) = delete;

  // These directories from now on, which need not exist, and no others.
  void watch(std::set<std::filesystem::path> directories);
  // Reads the events that there are.
  void readEvents();

 private:
  struct Root {
    std::filesystem::path path;                  // absolute
    std::filesystem::path real;                  // without symbolic links; empty: it does not exist
    std::set<std::filesystem::path> anchors;     // directories above, where it appears or is replaced
    std::set<std::filesystem::path> targets;     // what appears there: the directory, a link to it, or one above
    std::string changed;                         // an example; empty: nothing
    std::set<std::filesystem::path> unfinished;  // made or expected, and not written to their end since then
    std::set<std::filesystem::path> removed;     // and not made since then
    RunningTime removed_at;                      // the last of these
    RunningTime first_change;
    RunningTime quiet_at;
  };
  using Roots = std::map<std::filesystem::path, Root>;  // by the path as it was given

  void watchNow(const std::set<std::filesystem::path>& directories);
  void attach(Root& root);
  static void expectAgain(Root& root, const std::filesystem::path& relative);
  void addAnchor(Root& root, const std::filesystem::path& path);
  void listSome();
  void list(const std::filesystem::path& directory);
  int add(const std::filesystem::path& directory);
  void dropUnused();
  void dropBelow(const std::filesystem::path& directory);
  bool isIgnored(const std::filesystem::path& path) const;
  bool isUsed(const std::filesystem::path& directory) const;
  void handleEvents();
  void handle(int watch, std::uint32_t mask, std::string_view name);
  void happened(const std::filesystem::path& path, std::uint32_t mask);
  void note(Root& root, const std::filesystem::path& relative);
  void putOff(Root& root, const std::filesystem::path& relative);
  static RunningTime due(const Root& root);
  void markWritten(const std::filesystem::path& file);
  void armTimer();
  void reportDue();
  void reportLimit(const std::string& reason);

  Clock& clock_;
  Supervisor& supervisor_;
  Timers& timers_;
  const WatchSettings settings_;
  const LogSink& log_;
  const OnChange on_change_;

  // The supervisor's thread's.
  int inotify_ = -1;
  Roots roots_;
  std::map<int, std::filesystem::path> directories_;  // by watch
  std::map<std::filesystem::path, int> watches_;
  std::deque<std::filesystem::path> to_list_;
  std::deque<std::filesystem::path> modules_to_list_;  // after to_list_
  bool is_listing_ = false;
  RunningTime timer_at_ = RunningTime::max();  // the next one
  bool limit_is_reported_ = false;
};

}  // namespace ddblog::lambda
