#include "clients/cpp/src/queries.h"

#include <charconv>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/json_writer.h"
#include "clients/cpp/src/event_item.h"
#include "ddblog/errors.h"

namespace ddblog {
namespace {

struct StreamPage {
  bool backwards = false;
  std::uint64_t from = 1;   // backwards: 0: from the last event
  std::uint64_t limit = 0;  // events; 0: none
};

// `start`: the ExclusiveStartKey as JSON; empty: none.
std::string queryFrom(const std::string& table, const std::string& pk, const StreamPage& page,
                      const std::string& start) {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(table).key("ConsistentRead").value(true);
  const bool has_bound = !page.backwards || page.from > 0;
  json.key("KeyConditionExpression");
  json.value(!has_bound ? "pk = :pk" : page.backwards ? "pk = :pk AND sk <= :sk" : "pk = :pk AND sk >= :sk");
  json.key("ExpressionAttributeValues").beginObject().key(":pk").raw(stringAttribute(pk));
  if (has_bound) json.key(":sk").raw(numberAttribute(std::to_string(page.from)));
  json.endObject();
  if (page.backwards) json.key("ScanIndexForward").value(false);
  if (page.limit > 0) json.key("Limit").value(page.limit);
  if (!start.empty()) json.key("ExclusiveStartKey").raw(start);
  json.endObject();
  return request;
}

const json::array& itemsOf(const json::object& response) {
  const json::value* items = response.if_contains("Items");
  if (!items || !items->is_array()) throw std::runtime_error("The service's response to Query has no Items.");
  return items->get_array();
}

const json::object& objectOf(const json::value& value) {
  if (!value.is_object())
    throw std::runtime_error("The service's response to Query contains an item that is not an object.");
  return value.get_object();
}

void queryPages(Transport& transport, const std::string& table, const std::string& pk, const StreamPage& of,
                const std::function<bool(const Event&)>& visit) {
  std::string start;
  do {
    const json::object page =
        aws::parseResponse(transport.call(Api::kDynamoDb, "Query", queryFrom(table, pk, of, start)));
    for (const json::value& item : itemsOf(page)) {
      if (!visit(eventFromItem(objectOf(item)))) return;
    }
    const json::value* last = page.if_contains("LastEvaluatedKey");
    start = last && last->is_object() ? json::serialize(*last) : std::string();
  } while (!start.empty());
}

}  // namespace

void queryStream(Transport& transport, const std::string& table, const std::string& pk, std::uint64_t from,
                 const std::function<bool(const Event&)>& visit) {
  queryPages(transport, table, pk, {.from = from}, visit);
}

void queryStreamBackwards(Transport& transport, const std::string& table, const std::string& pk, std::uint64_t from,
                          std::uint64_t page, const std::function<bool(const Event&)>& visit) {
  queryPages(transport, table, pk, {.backwards = true, .from = from, .limit = page}, visit);
}

std::uint64_t queryLastVersion(Transport& transport, const std::string& table, const std::string& pk) {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(table).key("ConsistentRead").value(true);
  json.key("KeyConditionExpression").value("pk = :pk").key("ScanIndexForward").value(false).key("Limit").value(1);
  json.key("ProjectionExpression").value("sk");
  json.key("ExpressionAttributeValues").beginObject().key(":pk").raw(stringAttribute(pk)).endObject().endObject();
  const json::object response = aws::parseResponse(transport.call(Api::kDynamoDb, "Query", request));
  const json::array& items = itemsOf(response);
  if (items.empty()) return 0;
  const json::string* text = typedMember(objectOf(items.front()), "sk", "N");
  std::uint64_t version = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), version).ptr != text->data() + text->size()) {
    throw InvalidEvent("the last item of " + pk + " has an \"sk\" that is not a version (1, 2, 3 …)");
  }
  return version;
}

}  // namespace ddblog
