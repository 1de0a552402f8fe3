#include "clients/cpp/src/stored_events.h"

#include <charconv>

#include "base/base64.h"
#include "base/json_writer.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/payload_json.h"
#include "ddblog/errors.h"
#include "ddblog/names.h"

namespace ddblog {
namespace {

constexpr std::string_view kSchemaVersion = "schemaVersion";

// The attributes of a payload, with the stream's id. Throws if it has another id.
std::string withId(std::string text, std::string_view id) {
  const json::object attributes = parseJson(text).as_object();
  if (!attributes.contains("id")) {
    const std::string rest = attributes.empty() ? "}" : "," + text.substr(1);
    return "{\"id\":" + stringAttribute(id) + rest;
  }
  const json::string* own = typedMember(attributes, "id", "S");
  if (!own || std::string_view(*own) != id) {
    throw InvalidArgument("the payload's \"id\" is not the id of the stream", "payloadId");
  }
  return text;
}

std::string attributesOf(const StoredPayload& stored) {
  std::string text = attributesFromJson(stored.json);
  text.pop_back();
  for (const auto& [name, bytes] : stored.bytes) {
    if (text.size() > 1) text += ',';
    appendJsonString(text, name);
    text += ":{\"B\":\"" + toBase64(bytes) + "\"}";
  }
  return text + '}';
}

StoredPayload storedIn(const json::object& attributes) {
  StoredPayload stored;
  json::object others;
  for (const auto& [name, value] : attributes) {
    const json::string* base64 = typedMember(attributes, name, "B");
    const auto bytes = base64 ? fromBase64(*base64) : std::nullopt;
    if (bytes) {
      stored.bytes.emplace(name, *bytes);
    } else {
      others.emplace(name, value);
    }
  }
  stored.json = jsonFromAttributes(others);
  return stored;
}

[[noreturn]] void refuseEvent(const Event& event, const std::string& why) {
  throw InvalidEvent(streamKey(event.log, event.id) + " version " + std::to_string(event.version) + ": " + why);
}

// What a codec or an upcaster has returned, as a payload with the stream's id.
std::string checkedPayload(const Event& event, const std::string& payload) {
  try {
    const std::string attributes = withId(attributesFromJson(payload, kAttributeDepth), event.id);
    return jsonFromAttributes(parseJson(attributes).as_object());
  } catch (const std::invalid_argument& e) {
    refuseEvent(event, std::string("its decoded payload: ") + e.what());
  }
}

std::size_t schemaVersionOf(const Event& event) {
  if (event.metadata.empty()) return 1;
  const json::object metadata = parseJson(attributesFromJson(event.metadata, kAttributeDepth)).as_object();
  if (!metadata.contains(kSchemaVersion)) return 1;
  const json::string* text = typedMember(metadata, kSchemaVersion, "N");
  std::size_t version = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), version);
  if (!text || std::to_string(version) != std::string_view(*text)) version = 0;
  return version;
}

std::string withSchemaVersion(const std::string& metadata, std::size_t version) {
  json::object members = metadata.empty() ? json::object() : parseJson(attributesFromJson(metadata)).as_object();
  members[kSchemaVersion] = json::object{{"N", std::to_string(version)}};
  return jsonFromAttributes(members);
}

void upcast(Event& event, const std::vector<Upcaster>& upcasters) {
  const std::size_t latest = upcasters.size() + 1;
  const std::size_t version = schemaVersionOf(event);
  if (version < 1 || version > latest) {
    refuseEvent(event, event.type + " has schema version " + (version == 0 ? "none" : std::to_string(version)) +
                           "; this code knows 1 to " + std::to_string(latest));
  }
  if (version == latest) return;
  std::string payload = event.payload;
  for (std::size_t i = version - 1; i < upcasters.size(); ++i) payload = upcasters[i](payload, event);
  event.payload = checkedPayload(event, payload);
  event.metadata = withSchemaVersion(event.metadata, latest);
}

}  // namespace

Schema checkedSchema(Schema schema) {
  if (static_cast<bool>(schema.codec.encode) != static_cast<bool>(schema.codec.decode)) {
    throw InvalidArgument("a codec needs both functions, `encode` and `decode`", "codec");
  }
  return schema;
}

std::string storedPayload(const Schema& schema, std::string_view log, std::string_view id, const NewEvent& event) {
  std::string attributes = withId(attributesFromJson(event.payload), id);
  if (!schema.codec.encode || event.type == names::kDeletedType) return attributes;
  const std::string payload = jsonFromAttributes(parseJson(attributes).as_object());
  const PayloadPlace place{std::string(log), std::string(id), event.type};
  return withId(attributesOf(schema.codec.encode(payload, place)), id);
}

std::string storedMetadata(const Schema& schema, const NewEvent& event) {
  const auto upcasters = schema.upcasters.find(event.type);
  if (upcasters == schema.upcasters.end() || upcasters->second.empty()) return event.metadata;
  return withSchemaVersion(event.metadata, upcasters->second.size() + 1);
}

Event eventFromItem(const json::object& item, const Schema& schema) {
  Event event = eventFromItem(item);
  if (event.type == names::kDeletedType) return event;
  if (schema.codec.decode) {
    const StoredPayload stored = storedIn(item.at("payload").get_object().at("M").get_object());
    event.payload = checkedPayload(
        event, schema.codec.decode(stored, event.payload, PayloadPlace{event.log, event.id, event.type}));
  }
  const auto upcasters = schema.upcasters.find(event.type);
  if (upcasters != schema.upcasters.end()) upcast(event, upcasters->second);
  return event;
}

}  // namespace ddblog
