#include "clients/cpp/src/subscription/parked_events.h"

#include <charconv>

#include "base/digests.h"
#include "base/utf8.h"
#include "clients/cpp/src/event_item.h"
#include "ddblog/errors.h"
#include "item/limits.h"

namespace ddblog {
namespace {

constexpr std::string_view kParked = "parked#";
constexpr std::string_view kStreamAttribute = "stream";
constexpr std::size_t kVersionDigits = 16;
constexpr std::size_t kErrorBytes = 2000;

// What the sort keys of a stream's parked events begin with.
std::string beginOf(const std::string& pk) {
  std::string begin = std::string(kParked) + pk + "#";
  if (begin.size() + kVersionDigits <= limits::kSortKeyBytes) return begin;
  return std::string(kParked) + "sha256:" + sha256Hex(pk) + "#";
}

std::string parkedKey(const std::string& log, const std::string& id, std::uint64_t version) {
  const std::string digits = std::to_string(version);
  return beginOf(streamKey(log, id)) + std::string(kVersionDigits - digits.size(), '0') + digits;
}

std::uint64_t numberOf(const json::object& item, std::string_view name) {
  std::uint64_t number = 0;
  if (const json::string* text = typedMember(item, name, "N")) {
    std::from_chars(text->data(), text->data() + text->size(), number);
  }
  return number;
}

ParkedEvent parkedIn(const json::object& item) {
  const auto stream = parseStreamKey(optionalText(item, kStreamAttribute));
  if (!stream) throw InvalidEvent("not a parked event: " + optionalText(item, "sk"));
  return {.log = stream->log,
          .id = stream->id,
          .version = numberOf(item, "version"),
          .type = optionalText(item, "type"),
          .error = optionalText(item, "error"),
          .attempts = static_cast<int>(numberOf(item, "attempts")),
          .parked_at = optionalText(item, "parkedAt")};
}

}  // namespace

std::string ParkedEvents::itemOf(const EventName& event, const std::string& error, int attempts) const {
  const auto text = [](const char* name, const std::string& value) {
    return std::string(",\"").append(name).append("\":").append(stringAttribute(value));
  };
  const auto number = [](const char* name, std::uint64_t value) {
    return std::string(",\"").append(name).append("\":").append(numberAttribute(std::to_string(value)));
  };
  return table_.item(
      parkedKey(event.log, event.id, event.version),
      text("stream", streamKey(event.log, event.id)) + text("log", event.log) + text("id", event.id) +
          number("version", event.version) + text("type", event.type) + text("error", validUtf8(error, kErrorBytes)) +
          number("attempts", static_cast<std::uint64_t>(attempts)) + text("parkedAt", environment_.timestamp()));
}

void ParkedEvents::park(const EventName& event, const std::string& error, int attempts) const {
  table_.put(itemOf(event, error, attempts));
}

void ParkedEvents::parkBehind(const EventName& event) const {
  table_.putNew(itemOf(event, "It follows a parked event of its stream.", 0));
}

void ParkedEvents::remove(const ParkedEvent& parked) const {
  table_.remove(parkedKey(parked.log, parked.id, parked.version));
}

std::vector<ParkedEvent> ParkedEvents::all() const {
  std::vector<ParkedEvent> found;
  table_.query(kParked, {}, [&](const json::object& item) {
    found.push_back(parkedIn(item));
    return true;
  });
  return found;
}

std::set<std::string> ParkedEvents::streams() const {
  std::set<std::string> found;
  table_.query(kParked, kStreamAttribute, [&](const json::object& item) {
    found.insert(optionalText(item, kStreamAttribute));
    return true;
  });
  return found;
}

bool ParkedEvents::has(const std::string& pk) const {
  bool is_there = false;
  // Ids may contain anything, so the keys of another stream may begin like this one's.
  table_.query(beginOf(pk), kStreamAttribute, [&](const json::object& item) {
    is_there = optionalText(item, kStreamAttribute) == pk;
    return !is_there;
  });
  return is_there;
}

}  // namespace ddblog
