#include "cli/event_lines.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "cli/terminal/suggestion.h"
#include "ddblog/errors.h"
#include "ddblog/payload.h"

namespace ddblog::cli {
namespace {

const std::vector<std::string> kMembers = {"log",     "id",      "type",     "payload", "expected",
                                           "version", "eventId", "metadata", "ttl",     "createdAt"};

void checkMembers(std::string_view line) {
  const json::value value = parseJson(line);
  if (!value.is_object()) throw std::invalid_argument("an event must be a JSON object");
  for (const auto& [key, member] : value.get_object()) {
    const std::string name(key);
    if (std::ranges::find(kMembers, name) != kMembers.end()) continue;
    const auto nearest = nearestTo(name, kMembers);
    throw std::invalid_argument("an event has no member \"" + name + "\"" +
                                (nearest ? "; did you mean \"" + *nearest + "\"?" : ""));
  }
}

std::optional<std::uint64_t> wholeNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

std::uint64_t wholeNumberIn(const Payload& members, const char* name) {
  const auto number = wholeNumber(members.json(name).value_or(""));
  if (!number) throw std::invalid_argument("\"" + std::string(name) + "\" must be a whole number");
  return *number;
}

Expected expectedIn(const Payload& members) {
  if (members.has("version")) {
    if (members.has("expected")) throw std::invalid_argument("either \"expected\" or \"version\", not both");
    const std::uint64_t version = wholeNumberIn(members, "version");
    if (version == 0) throw std::invalid_argument("\"version\" must be 1 or more");
    return Expected::version(version - 1);
  }
  if (!members.has("expected")) return Expected::any();
  std::string text = members.json("expected").value_or("");
  if (text.size() >= 2 && text.front() == '"') text = members.string("expected");
  return parseExpected(text, "\"expected\"");
}

std::string objectIn(const Payload& members, const char* name, const std::string& otherwise) {
  if (!members.has(name)) return otherwise;
  std::string text = members.json(name).value_or("");
  if (!text.starts_with('{')) throw std::invalid_argument("\"" + std::string(name) + "\" must be a JSON object");
  return text;
}

}  // namespace

Expected parseExpected(const std::string& text, const std::string& what) {
  if (text == "any") return Expected::any();
  if (text == "none") return Expected::none();
  if (text == "exists") return Expected::exists();
  if (const auto version = wholeNumber(text)) return Expected::version(*version);
  throw std::invalid_argument(what + " must be a version (0, 1, 2 …), \"none\", \"exists\" or \"any\", not \"" + text +
                              "\"");
}

EventLine parseEventLine(std::string_view line) {
  checkMembers(line);
  try {
    const Payload members(line);
    EventLine event{members.string("log"), members.string("id"), {}, expectedIn(members)};
    event.event.type = members.string("type");
    event.event.payload = objectIn(members, "payload", "{}");
    event.event.metadata = objectIn(members, "metadata", "");
    if (members.has("eventId")) event.event.event_id = members.string("eventId");
    if (members.has("ttl")) event.event.ttl = wholeNumberIn(members, "ttl");
    return event;
  } catch (const InvalidEvent& error) {
    throw std::invalid_argument(error.what());
  }
}

bool EventLineReader::readLine(std::string& text) {
  text.clear();
  std::array<char, 64u << 10> piece;
  while (in_.getline(piece.data(), piece.size()) || in_.gcount() > 0) {
    const bool is_cut = in_.fail() && !in_.eof();  // the line goes on
    const bool has_end = in_.good();               // which counts, and is not stored
    text.append(piece.data(), static_cast<std::size_t>(in_.gcount()) - (has_end ? 1 : 0));
    if (!is_cut) break;
    in_.clear();
    if (text.size() > kLongestLine) {
      ++line_;
      throw std::invalid_argument("the line is longer than 4 MiB");
    }
  }
  if (in_.bad()) throw std::runtime_error("what follows line " + std::to_string(line_) + " cannot be read");
  if (text.empty() && !in_) return false;
  ++line_;
  return true;
}

std::optional<EventLine> EventLineReader::next() {
  for (std::string text; readLine(text);) {
    if (!trim(text).empty()) return parseEventLine(text);
  }
  return std::nullopt;
}

}  // namespace ddblog::cli
