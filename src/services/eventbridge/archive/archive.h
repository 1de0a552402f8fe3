// Moves every event of the archived buses into the archive file exactly once.
//
//   PutEvents' transaction   event -> queue in the store        (one commit with its deliveries)
//   archiver thread          a batch of the queue -> the file    (one SQLite transaction, on the disk when it returns)
//                            the batch erased from the queue     (one command)
//
// After a crash between the last two steps the batch is still in the queue; the file ignores events
// whose id it already has. So no event is lost or archived twice, and the writer never waits for
// SQLite. The archiver sleeps until a commit wakes it. It then waits `linger` for more events, so a
// busy bus costs a few fsyncs per second instead of one per event, and a page of the file that many
// events change is written once.
//
//   0x35 number  ->  a byte 1; then events, each with time, log, type, id, text; a byte: 1 if the file keeps it
//                    only for archives of the API; how many of these keep it, and their ids (archive_catalog.h)
//   0x36         ->  the number of the file's last row
//   0x39 number  ->  the last three, for an event that an earlier version has stored by itself
//
// Events of one commit share a record, because each write and each erasure costs more than the event.
//
// Numbers only grow while the process runs, so they mark the position. The number of the last row is
// written with each erased batch. So a file that lost rows, or another file, is noticed when an
// Archive is made (ArchiveDamaged). Replayed events (those with replay-name) are not archived again.
//
// If the file cannot be written (disk full), or the store refuses the command, the events stay in
// the queue, and the archiver tries again after kArchiveRetry. The log gets one line when that
// begins, and one when it ends. Thread safety: onEvent() runs on the writer thread; everything else
// may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "services/eventbridge/archive/archive_catalog.h"
#include "services/eventbridge/archive/archive_file.h"
#include "services/eventbridge/bus/event_observer.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::eventbridge {

using Warn = std::function<void(std::string_view)>;  // a line for the log; may be called from any thread

struct ArchiveOptions {
  std::set<std::string, std::less<>> buses;  // the buses whose events are archived
  Duration linger{200};
  bool accepts_lost_rows = false;  // goes on with a file that is not the one it was, and says so
};

// What a file lacks that held more rows when the store last counted them, one line; empty: nothing.
std::string missingRows(const Store& store, const ArchiveFile& file);

// The texts of the events that are not in the file yet.
std::vector<std::string> queuedEvents(const Reader& reader);

class Archive : public EventObserver {
 public:
  // Starts its thread, which first archives the events that an earlier process left in the queue.
  // Throws ArchiveDamaged.
  Archive(Store& store, Clock& clock, const ArchiveCatalog& archives, ArchiveFile& file, ArchiveOptions options,
          Warn warn);
  // Archives the queued events, then ends the thread.
  ~Archive() override;
  Archive(const Archive&) = delete;

  // Queues an event of an archived bus, or one that an archive of the API keeps.
  void onEvent(Transaction& transaction, std::string_view bus, const Event& event) override;

  // Waits until everything committed before this call is in the file. False: the file cannot be
  // written.
  bool drain();

  // Whether events are on their way into the file.
  rpc::Activity activity() const;
  // How many events of archived buses there were, replayed ones too.
  std::uint64_t eventsSeen() const { return events_seen_; }
  // Writes at once what it has, without waiting for more.
  void hurry();

  // Runs `look` while no event is between queue and file, so snapshots of the store and of the file
  // taken in it are consistent: every committed event is in the queue or in the file.
  void atRest(const std::function<void()>& look);

  const ArchiveFile& file() const { return file_; }
  ArchiveFile& file() { return file_; }

 private:
  struct Batch {
    std::vector<std::string> keys;
    std::vector<std::string> keepers;  // more keys, of an earlier version
    std::vector<ArchivedEvent> events;
  };

  void acceptRows();
  std::string recordToAddTo(Transaction& transaction);
  void run();
  bool moveAll();
  Batch nextBatch() const;
  bool keepBatch(const Batch& batch);
  void wake();
  void noteFailure(const std::string& why);
  void noteSuccess();

  Store& store_;
  Clock& clock_;
  const ArchiveCatalog& archives_;
  ArchiveFile& file_;
  const ArchiveOptions options_;
  const Warn warn_;

  CommitNotifier queued_;
  std::uint64_t next_number_ = 0;  // these three: writer thread only
  std::uint64_t last_batch_ = 0;   // of the store's writer: of the last event
  std::string last_key_;           // of its record
  std::atomic<std::uint64_t> events_seen_ = 0;
  std::string resume_;       // archiver thread only: the first key that it has not seen
  bool is_failing_ = false;  // archiver thread only

  Mutex moving_;  // held while a batch is between queue and file
  mutable Mutex mutex_;
  CondVar condition_;
  CondVar drained_;
  bool woken_ GUARDED_BY(mutex_) = true;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::uint64_t drains_wanted_ GUARDED_BY(mutex_) = 0;
  std::uint64_t drains_done_ GUARDED_BY(mutex_) = 0;
  bool healthy_ GUARDED_BY(mutex_) = true;  // the result of the last pass
  bool is_moving_ GUARDED_BY(mutex_) = false;
  RunningTime again_ GUARDED_BY(mutex_) = RunningTime::max();  // after a failure; max: there is none to make up for
  std::uint64_t passes_ GUARDED_BY(mutex_) = 0;
  CommitNotifier::Subscription subscription_;
  std::thread thread_;
};

}  // namespace ddblog::eventbridge
