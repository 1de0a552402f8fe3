#include "traces/event_names.h"

#include <charconv>
#include <stdexcept>

#include "base/json_fields.h"
#include "item/attribute_value.h"
#include "item/key_bytes.h"
#include "item/stored_item.h"

namespace ddblog::traces {

namespace {

constexpr std::string_view kEnd = "#stream";

std::optional<EventName> nameOf(std::string_view stream, std::uint64_t version) {
  const std::size_t mark = stream.find('#');
  if (version == 0 || !stream.ends_with(kEnd) || mark + kEnd.size() >= stream.size()) return std::nullopt;
  return EventName{std::string(stream.substr(0, mark)),
                   std::string(stream.substr(mark + 1, stream.size() - kEnd.size() - mark - 1)), version};
}

std::uint64_t versionOf(std::string_view digits) {
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  return error == std::errc() && end == digits.data() + digits.size() ? version : 0;
}

}  // namespace

std::optional<EventName> eventOnBus(const rpc::Span& span) {
  if (span.detail.find(kEnd) == std::string_view::npos) return std::nullopt;
  try {
    const json::value text = parseJson(span.detail);
    const json::object* detail = text.is_object() ? objectOf(text.get_object(), "detail") : nullptr;
    const json::object* key = detail ? objectOf(*detail, "key") : nullptr;
    const json::value* version = key ? memberOf(*key, "sk") : nullptr;
    if (!version) return std::nullopt;
    return nameOf(textOf(*key, "pk"), versionOf(json::serialize(*version)));
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::optional<EventName> eventWritten(const rpc::Span& span) {
  if (span.key.find(kEnd) == std::string_view::npos) return std::nullopt;
  try {
    const json::value text = parseJson(storedItemJson(span.key));
    const json::object* pk = objectOf(text.get_object(), "pk");
    const json::object* sk = objectOf(text.get_object(), "sk");
    if (!pk || !sk) return std::nullopt;
    return nameOf(textOf(*pk, "S"), versionOf(textOf(*sk, "N")));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string orderKeyOf(const EventName& event) {
  std::string bytes;
  appendKeyBytes(bytes, AttributeValue(event.streamKey()));
  appendKeyBytes(bytes, AttributeValue(Decimal::parse(std::to_string(event.version))));
  return bytes;
}

json::object toJson(const EventName& event) {
  return {{"log", event.log}, {"id", event.id}, {"version", event.version}};
}

}  // namespace ddblog::traces
