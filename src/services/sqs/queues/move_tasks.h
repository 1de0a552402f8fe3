// Message move tasks: they move the messages of a dead-letter queue back to the queues that these
// came from, or to another queue. They are durable: a task goes on after a restart.
//
//   kMoveTasks  <source queue> <id>  ->  status (1) | started at (8) | messages to move (8) | moved (8) |
//                                        messages per second (4) | destination ARN | reason of a failure
//
// A task ends when its source has no visible message left. Its handle is base64 of
// {"taskId": …, "sourceArn": …}.
//
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
// Thread safety: everything that takes a Transaction, on the writer thread; step() on the timer's
// thread; the rest from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "services/sqs/queues/catalog.h"
#include "services/sqs/queues/messages.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::sqs {

struct MoveTask {
  enum class Status : std::uint8_t { kRunning = 0, kCompleted = 1, kCancelling = 2, kCancelled = 3, kFailed = 4 };

  std::string source_name;  // not stored
  std::uint64_t id = 0;     // not stored; later tasks have greater ones
  Status status = Status::kRunning;
  Timestamp started_at;
  std::uint64_t to_move = 0;
  std::uint64_t moved = 0;
  std::uint32_t per_second = 0;  // 0: as fast as possible
  std::string destination_arn;   // empty: where the messages came from
  std::string failure;

  bool isOver() const { return status != Status::kRunning && status != Status::kCancelling; }
};

// "RUNNING"
std::string_view statusName(MoveTask::Status status);

class MoveTasks {
 public:
  // The references must outlive this.
  MoveTasks(Store& store, Clock& clock, const Catalog& catalog, Messages& messages)
      : store_(store), clock_(clock), catalog_(catalog), messages_(messages) {}

  // Starts a task; its source has none that runs. Forgets the oldest beyond limits::kKeptTasks.
  void start(Transaction& transaction, MoveTask& task) const;
  // The tasks of a queue, the newest first.
  static std::vector<MoveTask> of(const Reader& reader, std::string_view source_name, std::size_t most);
  static std::optional<MoveTask> find(const Reader& reader, std::string_view source_name, std::uint64_t id);
  // Stores a task with another status.
  void change(Transaction& transaction, const MoveTask& task) const;
  static void forget(Transaction& transaction, std::string_view source_name);

  std::string handleOf(const MoveTask& task) const;
  // The source's ARN and the id; std::nullopt: it is no handle.
  static std::optional<std::pair<std::string, std::uint64_t>> parseHandle(std::string_view handle);

  // Moves what is due; returns when more is.
  RunningTime step();
  // Notified after each commit that started or cancelled a task.
  CommitNotifier& started() { return started_; }

 private:
  using Key = std::pair<std::string, std::uint64_t>;

  void moveSome(Transaction& transaction, MoveTask& task, std::size_t most) const;

  Store& store_;
  Clock& clock_;
  const Catalog& catalog_;
  Messages& messages_;
  mutable CommitNotifier started_;
  std::map<Key, RunningTime> next_moves_;  // the timer's: when a task with a rate goes on
};

}  // namespace ddblog::sqs
