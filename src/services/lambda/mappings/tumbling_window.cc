#include "services/lambda/mappings/tumbling_window.h"

#include <charconv>
#include <stdexcept>

#include "base/json.h"
#include "base/json_writer.h"
#include "event_patterns/json_text.h"

namespace ddblog::lambda {

std::string encodeWindow(const TumblingWindow& window) {
  return std::to_string(window.start) + " " + std::to_string(window.ends_at.time_since_epoch().count()) + " " +
         window.state;
}

std::optional<TumblingWindow> decodeWindow(std::string_view stored) {
  if (stored.empty()) return std::nullopt;
  TumblingWindow window;
  const auto readNumber = [&stored] {
    Duration::rep number = 0;
    const auto [end, error] = std::from_chars(stored.data(), stored.data() + stored.size(), number);
    if (error != std::errc() || end == stored.data() + stored.size()) {
      throw std::runtime_error("a stored tumbling window cannot be read");
    }
    stored = std::string_view(end + 1, stored.data() + stored.size());
    return number;
  };
  window.start = readNumber();
  window.ends_at = RunningTime(Duration(readNumber()));
  window.state = stored;
  return window;
}

std::int64_t windowStart(const Record& record, std::chrono::seconds length) {
  const std::int64_t created = record.created_at.time_since_epoch().count() / 1000;
  return created - created % length.count();
}

std::string windowPayload(const TumblingWindow& window, std::chrono::seconds length, std::span<const Record> records,
                          std::string_view source_arn, std::string_view shard_id, WindowCall call) {
  std::string payload = batchPayload(records, source_arn);
  payload.pop_back();  // its closing brace
  payload += ",";
  std::string rest;
  JsonWriter json(rest);
  json.beginObject().key("window").beginObject();
  json.key("start").value(toIso8601(Timestamp(std::chrono::seconds(window.start)), false));
  json.key("end").value(toIso8601(window.end(length), false)).endObject();
  json.key("state").raw(window.state);
  json.key("shardId").value(shard_id).key("eventSourceARN").value(source_arn);
  json.key("isFinalInvokeForWindow").value(call != WindowCall::kRecords);
  json.key("isWindowTerminatedEarly").value(call == WindowCall::kTerminatedEarly);
  json.endObject();
  return payload.append(rest, 1);
}

std::optional<std::string> stateIn(std::string_view response) {
  try {
    parseJson(response);  // a view of it does not notice every error
    const event_patterns::JsonText text(response);
    if (!text.root().isObject()) return std::nullopt;
    const auto state = text.root().find("state");
    if (!state || state->kind() == event_patterns::JsonKind::kNull) return std::nullopt;
    return std::string(state->raw());
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

}  // namespace ddblog::lambda
