#include "cli/projections/rebuild.h"

#include <atomic>
#include <exception>
#include <stdexcept>
#include <utility>

#include "aws/json_response.h"
#include "base/parallel.h"
#include "base/thread_annotations.h"
#include "cli/bus_event.h"
#include "cli/projections/read_model_item.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/write_outcome.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kMostErrors = 10;  // ours, that are kept

std::string streamText(const StreamState& stream) { return stream.log + " " + stream.id; }

// The read model was removed, not made, and not put back.
class Missing : public std::runtime_error {
 public:
  Missing(const std::string& what, bool is_unreachable) : std::runtime_error(what), is_unreachable_(is_unreachable) {}
  bool isUnreachable() const { return is_unreachable_; }

 private:
  bool is_unreachable_;
};

}  // namespace

// What the threads share.
struct Rebuild::Progress {
  Mutex mutex;
  RebuildResult result GUARDED_BY(mutex);
  std::atomic<bool> is_stopped = false;

  void add(std::uint64_t RebuildResult::*count, const Model& model) {
    MutexLock lock(mutex);
    ++(result.*count);
    result.types.insert(optionalText(model.item, "type"));
  }
  void addError(const StreamState& stream, const std::exception& error) {
    const auto* missing = dynamic_cast<const Missing*>(&error);
    const bool is_unreachable =
        missing ? missing->isUnreachable() : dynamic_cast<const NotReachable*>(&error) != nullptr;
    if (is_unreachable) is_stopped = true;  // nothing goes on without the service
    MutexLock lock(mutex);
    ++result.failed;
    if (missing) ++result.missing;
    if (is_unreachable) result.is_unreachable = true;
    if (result.errors.size() < kMostErrors) result.errors.push_back(streamText(stream) + ": " + error.what());
  }
};

Rebuild::Rebuild(std::shared_ptr<Transport> transport, RebuildPlan plan, Call call)
    : transport_(std::move(transport)),
      plan_(std::move(plan)),
      call_(std::move(call)),
      replay_name_("rebuild-" + environment_->uuid()) {
  if (plan_.generation.find('#') != std::string::npos) {
    throw InvalidArgument("a generation must not contain \"#\"", "generation");
  }
}

RebuildResult Rebuild::run(const Watch& watch) const {
  std::vector<StreamState> streams;
  EventLog(transport_, plan_.log_table).streams(plan_.log, [&](const StreamState& stream) {
    streams.push_back(stream);
    return true;
  });
  watch.has_total(streams.size());
  Progress progress;
  inParallel(streams.size(), plan_.threads, [&](std::size_t i) {
    if (progress.is_stopped || watch.is_interrupted()) return;
    rebuild(streams[i], progress);
    MutexLock lock(progress.mutex);
    watch.is_done();
  });
  MutexLock lock(progress.mutex);
  progress.result.streams = streams.size();
  return std::move(progress.result);
}

void Rebuild::rebuild(const StreamState& stream, Progress& progress) const {
  try {
    const Model old = load(stream);
    if (plan_.in_place) {
      progress.add(&RebuildResult::rebuilt, makeInPlace(stream, old));
    } else if (old.version >= stream.version) {
      progress.add(&RebuildResult::unchanged, old);
    } else {
      progress.add(&RebuildResult::rebuilt, make(stream));
    }
  } catch (const std::exception& error) {
    progress.addError(stream, error);
    if (!plan_.keeps_going) progress.is_stopped = true;
  }
}

Rebuild::Model Rebuild::makeInPlace(const StreamState& stream, const Model& old) const {
  if (old.version == 0) return make(stream);
  Model removed = old;  // also if the answer is lost that says what was removed
  try {
    removed = remove(stream, old);
    return make(stream);
  } catch (const std::exception& error) {
    try {
      putBack(removed);
    } catch (const std::exception& reason) {
      throw Missing(std::string(error.what()) + ". The read model " + keyOf(stream) +
                        " may be missing, because it could not be put back: " + reason.what(),
                    dynamic_cast<const NotReachable*>(&reason) != nullptr);
    }
    throw;
  }
}

// The function gets the stream's last event, and has then projected the stream.
Rebuild::Model Rebuild::make(const StreamState& stream) const {
  const std::vector<Event> last =
      EventLog(transport_, plan_.log_table).readPage(stream.log, stream.id, {.limit = 1, .backwards = true}).events;
  if (last.empty()) throw std::runtime_error("the stream is no longer there");
  call_(busEventOf(last.front(), {.id = environment_->uuid(),
                                  .time = environment_->timestamp(),
                                  .bus_arn = plan_.bus_arn,
                                  .replay_name = replay_name_}));
  Model model = load(stream);
  if (model.version >= stream.version) return model;
  throw std::runtime_error("the function returned without an error, but the read model " + keyOf(stream) +
                           (model.version == 0 ? " does not exist"
                                               : " is at version " + std::to_string(model.version) + " of " +
                                                     std::to_string(stream.version)));
}

std::string Rebuild::keyOf(const StreamState& stream) const {
  return readModelKey(plan_.generation, stream.log, stream.id);
}

json::object Rebuild::call(std::string_view operation, const json::object& request) const {
  return aws::parseResponse(transport_->call(Api::kDynamoDb, operation, json::serialize(request)));
}

Rebuild::Model Rebuild::modelIn(json::object& response, std::string_view member) {
  json::value* item = response.if_contains(member);
  if (!item || !item->is_object()) return {};
  Model model{std::move(item->get_object()), 0};
  model.version = readModelVersion(model.item).value_or(0);
  return model;
}

Rebuild::Model Rebuild::load(const StreamState& stream) const {
  const json::object key{{"pk", {{"S", keyOf(stream)}}}, {"sk", {{"S", keyOf(stream)}}}};
  json::object response =
      call("GetItem", {{"TableName", plan_.read_model_table}, {"Key", key}, {"ConsistentRead", true}});
  return modelIn(response, "Item");
}

// What was removed: an event may have brought it further since it was read.
Rebuild::Model Rebuild::remove(const StreamState& stream, const Model& old) const {
  const json::object key{{"pk", {{"S", keyOf(stream)}}}, {"sk", {{"S", keyOf(stream)}}}};
  json::object response =
      call("DeleteItem", {{"TableName", plan_.read_model_table}, {"Key", key}, {"ReturnValues", "ALL_OLD"}});
  Model removed = modelIn(response, "Attributes");
  return removed.version > old.version ? removed : old;
}

// Unless there is one that is as far.
void Rebuild::putBack(const Model& model) const {
  try {
    call("PutItem", {{"TableName", plan_.read_model_table},
                     {"Item", model.item},
                     {"ConditionExpression", "attribute_not_exists(#pk) OR #version < :version"},
                     {"ExpressionAttributeNames", {{"#pk", "pk"}, {"#version", "version"}}},
                     {"ExpressionAttributeValues", {{":version", {{"N", std::to_string(model.version)}}}}}});
  } catch (const ServiceError& error) {
    if (!isConditionFailure(error)) throw;
  }
}

}  // namespace ddblog::cli
