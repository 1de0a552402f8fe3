#include "ddblog/items.h"

#include "aws/json_response.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/payload_json.h"

namespace ddblog {

void putItem(Transport& transport, std::string_view table, std::string_view item) {
  std::string request;
  JsonWriter(request).beginObject().key("TableName").value(table).key("Item").raw(attributesFromJson(item)).endObject();
  transport.call(Api::kDynamoDb, "PutItem", request);
}

std::optional<Payload> getItem(Transport& transport, std::string_view table, std::string_view pk, std::string_view sk) {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(table).key("ConsistentRead").value(true);
  json.key("Key").beginObject().key("pk").raw(stringAttribute(pk)).key("sk").raw(stringAttribute(sk));
  json.endObject().endObject();
  const json::object response = aws::parseResponse(transport.call(Api::kDynamoDb, "GetItem", request));
  const json::value* found = response.if_contains("Item");
  if (!found || !found->is_object()) return std::nullopt;
  json::object attributes = found->get_object();
  attributes.erase("pk");
  attributes.erase("sk");
  return Payload(jsonFromAttributes(attributes));
}

}  // namespace ddblog
