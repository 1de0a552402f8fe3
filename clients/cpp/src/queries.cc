#include "clients/cpp/src/queries.h"

#include <stdexcept>

#include "aws/json_response.h"
#include "base/json_writer.h"
#include "clients/cpp/src/stored_events.h"

namespace ddblog {
namespace {

struct Page {
  json::object response;
  std::string next;  // LastEvaluatedKey as JSON; empty: this is the last page

  const json::array& items() const {
    const json::value* items = response.if_contains("Items");
    if (!items || !items->is_array()) throw std::runtime_error("The service's response has no Items.");
    return items->get_array();
  }
};

Page pageOf(const std::string& text) {
  Page page{aws::parseResponse(text), {}};
  const json::value* last = page.response.if_contains("LastEvaluatedKey");
  if (last && last->is_object()) page.next = json::serialize(*last);
  return page;
}

const json::object& objectOf(const json::value& value) {
  if (!value.is_object()) throw std::runtime_error("The service's response contains an item that is not an object.");
  return value.get_object();
}

std::string_view conditionOn(bool has_first, bool has_last) {
  if (has_last) return " AND sk BETWEEN :sk AND :last";
  return has_first ? " AND sk >= :sk" : "";
}

// `start`: the ExclusiveStartKey as JSON; empty: none.
std::string queryRequest(const std::string& table, const std::string& pk, const VersionRange& range,
                         std::uint64_t limit, bool heads_only, const std::string& start) {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(table).key("ConsistentRead").value(range.consistent);
  const bool has_last = range.last < kLastVersion;
  const bool has_first = range.first > 1 || has_last || !range.backwards;
  json.key("KeyConditionExpression").value(std::string("pk = :pk").append(conditionOn(has_first, has_last)));
  json.key("ExpressionAttributeValues").beginObject().key(":pk").raw(stringAttribute(pk));
  if (has_first) json.key(":sk").raw(numberAttribute(std::to_string(range.first)));
  if (has_last) json.key(":last").raw(numberAttribute(std::to_string(range.last)));
  json.endObject();
  if (range.backwards) json.key("ScanIndexForward").value(false);
  if (limit != 0) json.key("Limit").value(limit);
  if (heads_only) {
    json.key("ProjectionExpression").value("sk, #type, #eventId");
    json.key("ExpressionAttributeNames").beginObject();
    json.key("#type").value("type").key("#eventId").value("eventId").endObject();
  }
  if (!start.empty()) json.key("ExclusiveStartKey").raw(start);
  json.endObject();
  return request;
}

bool isEmpty(const VersionRange& range) { return range.first > range.last; }  // DynamoDB refuses such a range

// Passes the items of a stream to `visit`, until it returns false. `heads_only`: only what an append has
// to know, and only of items whose sort key is a version.
void queryItems(Transport& transport, const std::string& table, const std::string& pk, const VersionRange& range,
                bool heads_only, const std::function<bool(const json::object&)>& visit) {
  if (isEmpty(range)) return;
  std::uint64_t left = range.limit;
  std::string start;
  do {
    const Page page =
        pageOf(transport.call(Api::kDynamoDb, "Query", queryRequest(table, pk, range, left, heads_only, start)));
    for (const json::value& item : page.items()) {
      if (heads_only && !hasVersion(objectOf(item))) continue;
      if (!visit(objectOf(item))) return;
      if (range.limit != 0 && --left == 0) return;
    }
    start = page.next;
  } while (!start.empty());
}

std::string scanRequest(const std::string& table, const ScanRange& range, const std::string& start) {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(table).key("ConsistentRead").value(range.consistent);
  if (!range.log.empty()) {
    json.key("FilterExpression").value("begins_with(pk, :log)");
    json.key("ExpressionAttributeValues").beginObject().key(":log").raw(stringAttribute(range.log + '#')).endObject();
  }
  if (!range.whole) {
    json.key("ProjectionExpression").value("pk, sk, #type");
    json.key("ExpressionAttributeNames").beginObject().key("#type").value("type").endObject();
  }
  if (range.segments > 1) {
    json.key("Segment").value(std::uint64_t{range.segment}).key("TotalSegments").value(std::uint64_t{range.segments});
  }
  if (!start.empty()) json.key("ExclusiveStartKey").raw(start);
  json.endObject();
  return request;
}

}  // namespace

void queryStream(Transport& transport, const std::string& table, const std::string& pk, const VersionRange& range,
                 const Schema& schema, const std::function<bool(const Event&)>& visit) {
  queryItems(transport, table, pk, range, false,
             [&](const json::object& item) { return visit(eventFromItem(item, schema)); });
}

void queryStoredItems(Transport& transport, const std::string& table, const std::string& pk, const VersionRange& range,
                      const std::function<bool(const json::object&)>& visit) {
  queryItems(transport, table, pk, range, false, visit);
}

EventPage queryPage(Transport& transport, const std::string& table, const std::string& pk, const VersionRange& range,
                    const Schema& schema) {
  EventPage events;
  if (isEmpty(range)) return events;
  const Page page =
      pageOf(transport.call(Api::kDynamoDb, "Query", queryRequest(table, pk, range, range.limit, false, {})));
  for (const json::value& item : page.items()) {
    events.events.push_back(eventFromItem(objectOf(item), schema));
  }
  if (page.next.empty() || events.events.empty()) return events;
  const std::uint64_t last = events.events.back().version;
  events.next = range.backwards ? last - 1 : last + 1;
  return events;
}

std::vector<Event> StreamPages::next() {
  std::vector<Event> events;
  std::string start;
  while (events.empty() && !is_at_end_ && !isEmpty(range_)) {
    const Page page = pageOf(
        transport_->call(Api::kDynamoDb, "Query", queryRequest(table_, pk_, range_, range_.limit, false, start)));
    for (const json::value& item : page.items()) {
      if (range_.limit != 0 && events.size() == range_.limit) break;
      events.push_back(eventFromItem(objectOf(item), *schema_));
    }
    is_at_end_ = page.next.empty() || (range_.limit != 0 && events.size() == range_.limit);
    start = page.next;
  }
  if (range_.limit != 0) range_.limit -= events.size();
  if (!events.empty() && range_.backwards) range_.last = events.back().version - 1;
  if (!events.empty() && !range_.backwards) range_.first = events.back().version + 1;
  return events;
}

std::vector<EventHead> queryHeads(Transport& transport, const std::string& table, const std::string& pk,
                                  const VersionRange& range) {
  std::vector<EventHead> heads;
  queryItems(transport, table, pk, range, true, [&](const json::object& item) {
    heads.push_back({versionOf(item), optionalText(item, "type"), optionalText(item, "eventId")});
    return true;
  });
  return heads;
}

std::vector<EventHead> queryLatest(Transport& transport, const std::string& table, const std::string& pk,
                                   std::uint64_t count) {
  return queryHeads(transport, table, pk, {.limit = count, .backwards = true});
}

void scanStreams(Transport& transport, const std::string& table, const ScanRange& range,
                 const std::function<bool(const json::object&)>& visit) {
  std::string start;
  do {
    const Page page = pageOf(transport.call(Api::kDynamoDb, "Scan", scanRequest(table, range, start)));
    for (const json::value& value : page.items()) {
      const json::object& item = objectOf(value);
      if (parseStreamKey(optionalText(item, "pk")) && !visit(item)) return;
    }
    start = page.next;
  } while (!start.empty());
}

}  // namespace ddblog
