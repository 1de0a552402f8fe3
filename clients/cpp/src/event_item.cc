#include "clients/cpp/src/event_item.h"

#include <charconv>
#include <cstdlib>
#include <stdexcept>

#include "base/json_writer.h"
#include "clients/cpp/src/payload_json.h"
#include "ddblog/errors.h"
#include "ddblog/names.h"
#include "item/limits.h"

namespace ddblog {
namespace {

constexpr std::string_view kStreamEnd = "#stream";

const json::object* mapMember(const json::object& item, std::string_view name) {
  const json::value* attribute = item.if_contains(name);
  if (!attribute || !attribute->is_object()) return nullptr;
  const json::value* map = attribute->get_object().if_contains("M");
  return map ? map->if_object() : nullptr;
}

std::string requiredText(const json::object& item, std::string_view name) {
  const json::string* text = typedMember(item, name, "S");
  if (!text) throw InvalidEvent("\"" + std::string(name) + "\" is missing or not of type S");
  return std::string(*text);
}

// 0: it is no version.
std::uint64_t versionIn(std::string_view number) {
  std::uint64_t version = 0;
  const char* end = number.data() + number.size();
  const auto [rest, error] = std::from_chars(number.data(), end, version);
  return error == std::errc() && rest == end && version <= kLastVersion ? version : 0;
}

}  // namespace

bool hasVersion(const json::object& item) {
  const json::string* text = typedMember(item, "sk", "N");
  return text && versionIn(*text) != 0;
}

std::uint64_t versionOf(const json::object& item) {
  const json::string* text = typedMember(item, "sk", "N");
  if (!text) throw InvalidEvent("\"sk\" is missing or not of type N");
  const std::uint64_t version = versionIn(*text);
  if (version == 0) {
    throw InvalidEvent("\"sk\" is " + std::string(*text).substr(0, 40) + ", not a version (1, 2, 3 …)");
  }
  return version;
}

std::string logTableName(std::string_view stage) { return std::string(stage).append(names::kLogTableEnd); }
std::string readModelTableName(std::string_view stage) { return std::string(stage).append(names::kReadModelTableEnd); }

TableNames tablesOfEnvironment() {
  const auto variable = [](const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value && *value ? std::string(value) : otherwise;
  };
  const std::string stage = variable("STAGE", "local");
  return {variable("LOG_TABLE", logTableName(stage)), variable("CORE_TABLE", readModelTableName(stage))};
}

std::string streamKey(std::string_view log, std::string_view id) {
  if (log.empty()) throw InvalidArgument("the log has no name", "log");
  if (log.find('#') != std::string_view::npos) throw InvalidArgument("a log's name must not contain \"#\"", "log");
  if (id.empty()) throw InvalidArgument("the id is empty", "id");
  std::string key = std::string(log) + '#' + std::string(id) + std::string(kStreamEnd);
  if (key.size() > limits::kPartitionKeyBytes) {
    throw InvalidArgument("log and id are longer than the 2,048 bytes of a partition key", "keyBytes");
  }
  return key;
}

std::optional<StreamName> parseStreamKey(std::string_view key) {
  if (!key.ends_with(kStreamEnd)) return std::nullopt;
  key.remove_suffix(kStreamEnd.size());
  const std::size_t hash = key.find('#');
  if (hash == 0 || hash == std::string_view::npos || hash + 1 == key.size()) return std::nullopt;
  return StreamName{std::string(key.substr(0, hash)), std::string(key.substr(hash + 1))};
}

std::string toJson(const Event& event) {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("log").value(event.log).key("id").value(event.id);
  json.key("version").value(event.version).key("type").value(event.type).key("payload").raw(event.payload);
  if (!event.event_id.empty()) json.key("eventId").value(event.event_id);
  if (!event.created_at.empty()) json.key("createdAt").value(event.created_at);
  if (!event.metadata.empty()) json.key("metadata").raw(event.metadata);
  if (event.ttl != 0) json.key("ttl").value(event.ttl);
  json.endObject();
  return text;
}

std::string stringAttribute(std::string_view text) {
  std::string attribute;
  JsonWriter(attribute).beginObject().key("S").value(text).endObject();
  return attribute;
}

std::string numberAttribute(std::string_view number) {
  std::string attribute;
  JsonWriter(attribute).beginObject().key("N").value(number).endObject();
  return attribute;
}

std::string itemMembers(const Event& event, std::string_view payload) {
  std::string item;
  JsonWriter json(item);
  json.beginObject().key("type").raw(stringAttribute(event.type)).key("log").raw(stringAttribute(event.log));
  json.key("payload").beginObject().key("M").raw(payload).endObject();
  if (!event.event_id.empty()) json.key("eventId").raw(stringAttribute(event.event_id));
  if (!event.created_at.empty()) json.key("createdAt").raw(stringAttribute(event.created_at));
  if (!event.metadata.empty()) {
    json.key("metadata").beginObject().key("M").raw(attributesFromJson(event.metadata)).endObject();
  }
  if (event.ttl != 0) json.key("ttl").raw(numberAttribute(std::to_string(event.ttl)));
  return item.substr(1);
}

std::string itemAt(std::string_view pk, std::uint64_t version, std::string_view members) {
  return std::string("{\"pk\":")
      .append(stringAttribute(pk))
      .append(",\"sk\":")
      .append(numberAttribute(std::to_string(version)))
      .append(",")
      .append(members)
      .append("}");
}

std::string toItem(const Event& event) {
  return itemAt(streamKey(event.log, event.id), event.version, itemMembers(event, attributesFromJson(event.payload)));
}

Event eventFromItem(const json::object& item) {
  const auto stream = parseStreamKey(requiredText(item, "pk"));
  if (!stream) throw InvalidEvent("\"pk\" is not <log>#<id>#stream");
  Event event;
  event.id = stream->id;
  event.version = versionOf(item);
  event.type = requiredText(item, "type");
  event.log = requiredText(item, "log");
  const json::object* payload = mapMember(item, "payload");
  if (!payload) throw InvalidEvent("\"payload\" is missing or not of type M");
  event.payload = jsonFromAttributes(*payload);
  event.event_id = optionalText(item, "eventId");
  event.created_at = optionalText(item, "createdAt");
  if (const json::object* metadata = mapMember(item, "metadata")) event.metadata = jsonFromAttributes(*metadata);
  if (const json::string* ttl = typedMember(item, "ttl", "N")) {
    std::from_chars(ttl->data(), ttl->data() + ttl->size(), event.ttl);
  }
  return event;
}

std::string detailOf(const Event& event, bool partial) {
  std::string detail;
  JsonWriter json(detail);
  json.beginObject().key("log").value(event.log);
  json.key("key").beginObject().key("pk").value(streamKey(event.log, event.id));
  json.key("sk").value(event.version).endObject();
  json.key("type").value(event.type).key("payload");
  if (partial) {
    json.beginObject().key("id").value(event.id).endObject().key("partial").value(true);
  } else {
    json.raw(event.payload);
  }
  json.endObject();
  return detail;
}

std::string optionalText(const json::object& item, std::string_view name) {
  const json::string* text = typedMember(item, name, "S");
  return text ? std::string(*text) : std::string();
}

const json::string* typedMember(const json::object& item, std::string_view name, std::string_view type) {
  const json::value* attribute = item.if_contains(name);
  if (!attribute || !attribute->is_object()) return nullptr;
  const json::value* text = attribute->get_object().if_contains(type);
  return text ? text->if_string() : nullptr;
}

}  // namespace ddblog
