#include "services/sqs/queues/move_tasks.h"

#include <algorithm>
#include <charconv>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/bytes.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "base/stored_time.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/key_spaces.h"
#include "services/sqs/queues/limits.h"
#include "store/key_space.h"

namespace ddblog::sqs {

namespace {

constexpr std::size_t kMovedPerStep = 100;  // in one command
constexpr Duration kBetweenSteps{1000};     // of a task with a rate

std::string tasksOf(std::string_view source_name) { return KeyBuilder(key_spaces::kMoveTasks).text(source_name).str(); }
std::string taskKey(std::string_view source_name, std::uint64_t id) {
  return KeyBuilder(key_spaces::kMoveTasks).text(source_name).number(id).str();
}

std::string encodeTask(const MoveTask& task) {
  std::string out;
  appendNumber(out, static_cast<std::uint8_t>(task.status));
  appendTime(out, task.started_at);
  appendNumber(out, task.to_move);
  appendNumber(out, task.moved);
  appendNumber(out, task.per_second);
  appendText(out, task.destination_arn);
  appendText(out, task.failure);
  return out;
}

MoveTask decodeTask(std::string_view key, std::string_view stored) {
  MoveTask task;
  KeyParser parser(key);
  task.source_name = parser.text();
  task.id = parser.number();
  task.status = static_cast<MoveTask::Status>(takeNumber<std::uint8_t>(stored));
  task.started_at = takeTime<Timestamp>(stored);
  task.to_move = takeNumber<std::uint64_t>(stored);
  task.moved = takeNumber<std::uint64_t>(stored);
  task.per_second = takeNumber<std::uint32_t>(stored);
  task.destination_arn = takeText(stored);
  task.failure = takeText(stored);
  return task;
}

void putTask(Transaction& transaction, const MoveTask& task) {
  transaction.put(taskKey(task.source_name, task.id), encodeTask(task));
}

}  // namespace

std::string_view statusName(MoveTask::Status status) {
  switch (status) {
    case MoveTask::Status::kRunning:
      return "RUNNING";
    case MoveTask::Status::kCompleted:
      return "COMPLETED";
    case MoveTask::Status::kCancelling:
      return "CANCELLING";
    case MoveTask::Status::kCancelled:
      return "CANCELLED";
    case MoveTask::Status::kFailed:
      return "FAILED";
  }
  return {};
}

void MoveTasks::change(Transaction& transaction, const MoveTask& task) const {
  putTask(transaction, task);
  transaction.notifyAfterCommit(started_);
}

void MoveTasks::start(Transaction& transaction, MoveTask& task) const {
  const std::vector<MoveTask> earlier = of(transaction, task.source_name, limits::kKeptTasks + 1);
  task.id = earlier.empty() ? 1 : earlier.front().id + 1;
  if (earlier.size() > limits::kKeptTasks) transaction.erase(taskKey(task.source_name, earlier.back().id));
  change(transaction, task);
}

std::vector<MoveTask> MoveTasks::of(const Reader& reader, std::string_view source_name, std::size_t most) {
  std::vector<MoveTask> tasks;
  const std::string all = tasksOf(source_name);
  for (auto cursor = reader.cursor(all, endOfPrefix(all), Direction::kBackward); cursor->valid() && tasks.size() < most;
       cursor->next()) {
    tasks.push_back(decodeTask(cursor->key(), cursor->value()));
  }
  return tasks;
}

std::optional<MoveTask> MoveTasks::find(const Reader& reader, std::string_view source_name, std::uint64_t id) {
  const std::string key = taskKey(source_name, id);
  const auto stored = reader.get(key);
  if (!stored) return std::nullopt;
  return decodeTask(key, *stored);
}

void MoveTasks::forget(Transaction& transaction, std::string_view source_name) {
  for (const MoveTask& task : of(transaction, source_name, limits::kKeptTasks + 1)) {
    transaction.erase(taskKey(source_name, task.id));
  }
}

std::string MoveTasks::handleOf(const MoveTask& task) const {
  return toBase64(json::serialize(
      json::object{{"taskId", std::to_string(task.id)}, {"sourceArn", catalog_.arnOf(task.source_name)}}));
}

std::optional<std::pair<std::string, std::uint64_t>> MoveTasks::parseHandle(std::string_view handle) {
  const auto text = fromBase64(handle);
  if (!text) return std::nullopt;
  try {
    const json::value parsed = parseJson(*text);
    if (!parsed.is_object()) return std::nullopt;
    const std::string id = textOf(parsed.as_object(), "taskId");
    const std::string arn = textOf(parsed.as_object(), "sourceArn");
    if (id.empty() || arn.empty()) return std::nullopt;
    std::uint64_t number = 0;  // also that of an id that no task has
    std::from_chars(id.data(), id.data() + id.size(), number);
    return std::pair(arn, number);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

void MoveTasks::moveSome(Transaction& transaction, MoveTask& task, std::size_t most) const {
  std::optional<std::string> destination;
  if (!task.destination_arn.empty()) destination = std::string(catalog_.nameInArn(task.destination_arn));
  try {
    for (std::size_t count = 0; count < most; ++count) {
      const auto source = catalog_.find(transaction, task.source_name);
      const auto move = source ? messages_.moveOne(transaction, *source, destination) : Messages::Move::kNothing;
      if (move == Messages::Move::kNothing) task.status = MoveTask::Status::kCompleted;
      if (move != Messages::Move::kMoved) return;  // what was skipped is enough for one command
      ++task.moved;
    }
  } catch (const ApiError& error) {  // moveOne has moved nothing
    task.status = MoveTask::Status::kFailed;
    task.failure = queryError(error).code;
  }
}

RunningTime MoveTasks::step() {
  const RunningTime now = clock_.runningTime();
  RunningTime next = RunningTime::max();
  std::vector<Key> running;
  {
    const auto snapshot = store_.snapshot();
    const std::string all = KeyBuilder(key_spaces::kMoveTasks).str();
    for (auto cursor = snapshot->cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
      const MoveTask task = decodeTask(cursor->key(), cursor->value());
      if (!task.isOver()) running.emplace_back(task.source_name, task.id);
    }
  }
  std::erase_if(next_moves_,
                [&](const auto& one) { return std::find(running.begin(), running.end(), one.first) == running.end(); });
  for (const Key& key : running) {
    const auto planned = next_moves_.find(key);
    const auto task_now = find(*store_.snapshot(), key.first, key.second);
    const bool is_cancelling = task_now && task_now->status == MoveTask::Status::kCancelling;
    if (planned != next_moves_.end() && planned->second > now && !is_cancelling) {
      next = std::min(next, planned->second);
      continue;
    }
    bool goes_on = false;
    std::uint32_t per_second = 0;
    store_.writeAndWait([&](Transaction& transaction) {
      auto task = find(transaction, key.first, key.second);
      if (!task || task->isOver()) return;
      per_second = task->per_second;
      if (task->status == MoveTask::Status::kCancelling) {
        task->status = MoveTask::Status::kCancelled;
      } else {
        moveSome(transaction, *task, per_second == 0 ? kMovedPerStep : per_second);
      }
      goes_on = !task->isOver();
      putTask(transaction, *task);
    });
    if (!goes_on) continue;
    if (per_second > 0) next_moves_[key] = now + kBetweenSteps;
    next = std::min(next, per_second > 0 ? now + kBetweenSteps : now);
  }
  return next;
}

}  // namespace ddblog::sqs
