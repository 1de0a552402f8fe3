#include "services/eventbridge/bus/event.h"

#include <stdexcept>

#include "base/json.h"
#include "base/json_writer.h"

namespace ddblog::eventbridge {
namespace {

std::string stringAt(event_patterns::JsonText::Value object, std::string_view name) {
  const auto found = object.find(name);
  return found && found->isString() ? std::string(found->string()) : std::string();
}

// Sets the members that are read from the text.
void readText(Event& event) {
  const event_patterns::JsonText text(event.text);
  event.replayed = text.root().find("replay-name").has_value();
  if (const auto detail = text.root().find("detail")) {
    event.log = stringAt(*detail, "log");
    event.type = stringAt(*detail, "type");
  }
  event.fields = event_patterns::EventFields(text.root());
}

}  // namespace

Event makeEvent(const NewEvent& from, std::string_view region, std::string_view account_id) {
  Event event;
  event.id = from.id;
  event.time = from.time;
  event.text.reserve(from.detail.size() + 512);
  JsonWriter json(event.text);
  json.beginObject().key("version").value("0").key("id").value(from.id);
  json.key("detail-type").value(from.detail_type).key("source").value(from.source);
  json.key("account").value(account_id).key("time").value(toIso8601(from.time, false));
  json.key("region").value(region).key("resources").beginArray();
  for (const std::string& resource : from.resources) json.value(resource);
  json.endArray().key("detail").raw(from.detail).endObject();
  readText(event);
  return event;
}

Event readEvent(std::string text) {
  if (!isJsonObject(text)) throw std::invalid_argument("an event must be a JSON object");
  Event event;
  event.text = std::move(text);
  const event_patterns::JsonText json(event.text);
  event.id = stringAt(json.root(), "id");
  if (event.id.empty()) throw std::invalid_argument("an event must have an id");
  const std::string time = stringAt(json.root(), "time");
  if (time.empty()) throw std::invalid_argument("an event must have a time");
  event.time = fromIso8601(time);
  readText(event);
  return event;
}

std::string withReplayName(std::string_view event, std::string_view replay_name) {
  const std::size_t end = event.find_last_of('}');
  if (end == std::string_view::npos) throw std::invalid_argument("an event must be a JSON object");
  std::string text(event.substr(0, end));
  const bool empty = text.find_first_not_of(" \t\r\n{") == std::string::npos;
  text += empty ? "\"replay-name\":" : ",\"replay-name\":";
  appendJsonString(text, replay_name);
  text += "}";
  return text;
}

}  // namespace ddblog::eventbridge
