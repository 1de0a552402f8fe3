#include "clients/cpp/src/appender.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/queries.h"
#include "clients/cpp/src/stored_events.h"
#include "clients/cpp/src/write_outcome.h"
#include "ddblog/names.h"
#include "item/item_size.h"
#include "item/limits.h"
#include "item/wire_json.h"

namespace ddblog {
namespace {

constexpr int kAttempts = 20;             // of a write that meets another transaction, or whose response was lost
constexpr int kRaces = 50;                // of an append to any version that other writers win
constexpr std::uint64_t kLookBack = 100;  // events among which an append to any version looks for its event ids
constexpr std::chrono::milliseconds kPause{20};
constexpr int kLongestPause = 10;  // of kPause
constexpr std::size_t kTransactionBytes = 4u << 20;

void checkType(const std::string& type, bool is_own) {
  if (type.empty()) throw InvalidArgument("the event has no type", "type");
  if (type.front() == '$' && !is_own) {
    throw InvalidArgument("types that begin with \"$\" are the log's own: " + type, "type");
  }
}

void checkObject(const std::string& text, const char* name) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] != '{') {
    throw InvalidArgument(std::string("the event's ") + name + " is not a JSON object", name);
  }
}

std::size_t sizeOf(const std::string& item) { return itemSize(readItem(parseJson(item).as_object())); }

void writePut(JsonWriter& json, const std::string& table, const std::string& item) {
  json.beginObject().key("TableName").value(table).key("Item").raw(item);
  json.key("ConditionExpression").value("attribute_not_exists(pk)");
}

std::string putItem(const std::string& table, const std::string& item) {
  std::string request;
  JsonWriter json(request);
  writePut(json, table, item);
  json.endObject();
  return request;
}

std::string transactWriteItems(const std::string& table, const std::vector<std::string>& items,
                               const std::string& token) {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("ClientRequestToken").value(token).key("TransactItems").beginArray();
  for (const std::string& item : items) {
    json.beginObject().key("Put");
    writePut(json, table, item);
    json.endObject().endObject();
  }
  json.endArray().endObject();
  return request;
}

bool isTombstone(const EventHead& head) { return head.type == names::kDeletedType; }

}  // namespace

// One append, complete and checked: only the versions at which it is written remain to be decided.
struct EventLog::Appender::Request {
  struct Item {
    std::string event_id;
    std::string type;
    std::string members;  // itemMembers
  };

  std::string log;
  std::string id;
  std::string pk;
  Expected expected;
  std::vector<Item> events;
  bool has_given_ids = false;  // at least one of the event ids is the caller's
  bool has_made_ids = false;   // at least one was made here
  std::size_t bytes = 0;       // of the items
};

// Where a request's events go: after version `base`; or nowhere, because they are at `found` already.
struct EventLog::Appender::Plan {
  const Request* request;
  std::uint64_t base = 0;
  std::vector<std::uint64_t> found = {};
};

EventLog::Appender::Appender(std::shared_ptr<Transport> transport, std::string table,
                             std::shared_ptr<const Schema> schema, std::shared_ptr<Environment> environment)
    : transport_(std::move(transport)),
      table_(std::move(table)),
      schema_(std::move(schema)),
      environment_(std::move(environment)) {}

std::vector<AppendResult> EventLog::Appender::append(const std::vector<StreamAppend>& appends, bool is_own) {
  std::vector<Request> requests;
  std::set<std::string> streams;
  std::size_t events = 0, bytes = 0;
  for (const StreamAppend& append : appends) events += append.events.size();
  if (events > limits::kTransactActions) {
    throw InvalidArgument("at most " + std::to_string(limits::kTransactActions) + " events can be appended at once",
                          "eventsPerAppend");
  }
  for (const StreamAppend& append : appends) {
    requests.push_back(complete(append, is_own));
    bytes += requests.back().bytes;
    if (!streams.insert(requests.back().pk).second) {
      throw InvalidArgument("a stream is named twice in one transaction", "stream");
    }
  }
  if (requests.empty()) throw InvalidArgument("no appends", "appends");
  if (events > 1 && bytes > kTransactionBytes) {
    throw InvalidArgument("the events have " + std::to_string(bytes) + " bytes; at most 4 MB can be appended at once",
                          "transactionBytes");
  }

  for (int race = 1;; ++race) {
    std::vector<Plan> plans;
    for (const Request& request : requests) plans.push_back(plan(request));
    const auto is_done = [](const Plan& plan) { return !plan.found.empty(); };
    if (std::any_of(plans.begin(), plans.end(), is_done)) {
      for (Plan& plan : plans) findOwn(plan);
    }
    const auto done = std::count_if(plans.begin(), plans.end(), is_done);
    std::vector<AppendResult> results;
    if (done > 0 && done < std::ssize(plans)) {
      const Request& there = *std::find_if(plans.begin(), plans.end(), is_done)->request;
      std::vector<std::string> ids;
      for (const Request::Item& event : there.events) ids.push_back(event.event_id);
      throw EventIdConflict(there.log, there.id, ids);
    }
    if (done > 0) {
      for (const Plan& plan : plans) results.push_back(written(plan, false));
      return results;
    }
    if (write(plans)) {
      for (const Plan& plan : plans) results.push_back(written(plan, true));
      return results;
    }
    if (std::all_of(plans.begin(), plans.end(), [this](const Plan& plan) { return isOwnWrite(plan); })) {
      // Ids that were made here can only have been written here, by an attempt whose response was lost.
      for (const Plan& plan : plans) results.push_back(written(plan, plan.request->has_made_ids));
      return results;
    }
    for (const Plan& plan : plans) explainLoss(plan, race == kRaces);
    if (race == kRaces) throw VersionConflict(requests[0].log, requests[0].id, requests[0].expected, plans[0].base);
    environment_->pause(environment_->jitter(kPause * std::min(race, kLongestPause)));
  }
}

// Checks one append and completes its events.
EventLog::Appender::Request EventLog::Appender::complete(const StreamAppend& append, bool is_own) {
  Request request{append.log, append.id, streamKey(append.log, append.id), append.expected, {}};
  if (append.events.empty()) throw InvalidArgument("no events to append", "events");
  if (append.expected.isExact() && append.expected.version() > kLastVersion - append.events.size()) {
    throw InvalidArgument("versions end at 2^53 - 1", "version");
  }
  const std::string now = environment_->timestamp();
  std::set<std::string> ids;
  for (const NewEvent& event : append.events) {
    checkType(event.type, is_own);
    checkObject(event.payload, "payload");
    if (!event.metadata.empty()) checkObject(event.metadata, "metadata");
    const bool has_id = !event.event_id.empty();
    (has_id ? request.has_given_ids : request.has_made_ids) = true;
    Request::Item item{has_id ? event.event_id : environment_->uuid(), event.type, {}};
    if (!ids.insert(item.event_id).second) throw InvalidArgument("two of the events have the same id", "eventId");
    item.members = itemMembers(
        {append.log, append.id, 0, event.type, {}, item.event_id, now, storedMetadata(*schema_, event), event.ttl},
        storedPayload(*schema_, append.log, append.id, event));
    // With the largest version: its own is not known yet.
    const std::size_t bytes = sizeOf(itemAt(request.pk, kLastVersion, item.members));
    if (bytes > limits::kItemBytes) {
      throw InvalidArgument(
          "an event of type " + event.type + " has " + std::to_string(bytes) + " bytes as an item; at most 400 KB fit",
          "eventBytes");
    }
    request.bytes += bytes;
    request.events.push_back(std::move(item));
  }
  return request;
}

EventLog::Appender::Plan EventLog::Appender::plan(const Request& request) {
  Plan plan{&request};
  if (!request.expected.isExact()) {
    planAfterLatest(plan);
    return plan;
  }
  plan.base = request.expected.version();
  if (plan.base == 0 || known_.covers(request.pk, plan.base)) return plan;
  // The expected version must exist, or the append would leave a gap.
  const auto latest = queryLatest(*transport_, table_, request.pk);
  was_answered_ = true;
  const std::uint64_t current = latest.empty() ? 0 : latest.front().version;
  if (current == plan.base) {
    if (isTombstone(latest.front())) throw StreamDeleted(request.log, request.id, current);
    known_.remember(request.pk, current);
    return plan;
  }
  // A caller that repeats an append with its own event ids finds its earlier one.
  if (current < plan.base || !isOwnWrite(plan)) {
    if (current > 0 && isTombstone(latest.front())) throw StreamDeleted(request.log, request.id, current);
    throw VersionConflict(request.log, request.id, request.expected, current);
  }
  findAfterBase(plan);
  return plan;
}

// One stream of a repeated transaction has its events already: an exact version had not to be looked at for that.
void EventLog::Appender::findOwn(Plan& plan) {
  if (plan.found.empty() && plan.request->expected.isExact() && isOwnWrite(plan)) findAfterBase(plan);
}

void EventLog::Appender::findAfterBase(Plan& plan) {
  for (std::size_t i = 1; i <= plan.request->events.size(); ++i) plan.found.push_back(plan.base + i);
}

// Any version, or that of any stream that exists: after the last event.
void EventLog::Appender::planAfterLatest(Plan& plan) {
  const Request& request = *plan.request;
  const auto latest = queryLatest(*transport_, table_, request.pk, request.has_given_ids ? kLookBack : 1);
  was_answered_ = true;
  std::map<std::string, std::uint64_t> versions;
  for (const EventHead& head : latest) versions.emplace(head.event_id, head.version);
  std::vector<std::string> there;
  for (const Request::Item& event : request.events) {
    const auto found = versions.find(event.event_id);
    if (found == versions.end()) continue;
    there.push_back(event.event_id);
    plan.found.push_back(found->second);
  }
  if (!there.empty()) {
    if (there.size() == request.events.size() && std::is_sorted(plan.found.begin(), plan.found.end())) return;
    throw EventIdConflict(request.log, request.id, there);
  }
  if (latest.empty()) {
    if (!request.expected.isAny()) throw VersionConflict(request.log, request.id, request.expected, 0);
    return;
  }
  plan.base = latest.front().version;
  if (isTombstone(latest.front())) throw StreamDeleted(request.log, request.id, plan.base);
  known_.remember(request.pk, plan.base);
}

// Returns false if one of the versions exists already.
bool EventLog::Appender::write(const std::vector<Plan>& plans) {
  std::vector<std::string> items;
  for (const Plan& plan : plans) {
    std::uint64_t version = plan.base;
    for (const Request::Item& event : plan.request->events) {
      items.push_back(itemAt(plan.request->pk, ++version, event.members));
    }
  }
  const std::string token = items.size() == 1 ? std::string() : environment_->uuid();
  for (int attempt = 1;; ++attempt) {
    try {
      if (items.size() == 1) {
        transport_->call(Api::kDynamoDb, "PutItem", putItem(table_, items.front()));
      } else {
        transport_->call(Api::kDynamoDb, "TransactWriteItems", transactWriteItems(table_, items, token));
      }
      was_answered_ = true;
      return true;
    } catch (const ServiceError& error) {
      was_answered_ = true;
      if (isConditionFailure(error)) return false;
      if (!isPassing(error) || attempt == kAttempts) throw;
    } catch (const NotReachable&) {
      // It may be written. At the same version the same event is recognised, however many follow it.
      if (!was_answered_ || attempt == kAttempts) throw;
    }
    environment_->pause(environment_->jitter(kPause * attempt));
  }
}

// Whether the events after the plan's base are the request's own, all of them.
bool EventLog::Appender::isOwnWrite(const Plan& plan) {
  const std::vector<Request::Item>& events = plan.request->events;
  const auto heads =
      queryHeads(*transport_, table_, plan.request->pk, {.first = plan.base + 1, .last = plan.base + events.size()});
  if (heads.size() != events.size()) return false;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (heads[i].version != plan.base + i + 1 || heads[i].event_id != events[i].event_id) return false;
  }
  return true;
}

// Throws if the request can never succeed, or this was its last race.
void EventLog::Appender::explainLoss(const Plan& plan, bool is_last_race) {
  const Request& request = *plan.request;
  if (!request.expected.isExact() && !is_last_race) return;  // it is planned anew
  const auto latest = queryLatest(*transport_, table_, request.pk);
  const std::uint64_t current = latest.empty() ? 0 : latest.front().version;
  if (current > 0 && isTombstone(latest.front())) throw StreamDeleted(request.log, request.id, current);
  if (current != plan.base) throw VersionConflict(request.log, request.id, request.expected, current);
}

AppendResult EventLog::Appender::written(const Plan& plan, bool appended) {
  const Request& request = *plan.request;
  AppendResult result{0, {}, appended};
  for (const Request::Item& event : request.events) {
    const std::size_t i = result.events.size();
    result.events.push_back({plan.found.empty() ? plan.base + i + 1 : plan.found[i], event.event_id});
  }
  result.version = result.events.back().version;
  note(request.pk, request.events.back().type, result.version);
  return result;
}

}  // namespace ddblog
