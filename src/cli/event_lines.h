// Events to append, as JSON Lines: an event a line, in the shape in which `read` prints events.
//
//   {"log": "users", "id": "42", "type": "signup", "payload": {"name": "Ada"}, "expected": "none"}
//
//   log, id, type  strings
//   payload        an object; absent: {}
//   expected       what --expect takes: a number, "none", "exists", "any"
//   version        instead of `expected`: the version that the event gets, as `read` prints it
//   eventId        a string; absent: a new UUID
//   metadata       an object
//   ttl            seconds since 1970
//   createdAt      is not used: an event is created when it is appended
//
// A line without `expected` and `version` is appended after whatever is there. Numbers keep every digit.
//
// Errors: std::invalid_argument with one line; std::runtime_error of a reader whose stream cannot be read. Thread safety: none of a reader; pure functions.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "ddblog/event.h"
#include "ddblog/expected.h"

namespace ddblog::cli {

struct EventLine {
  std::string log;
  std::string id;
  NewEvent event;
  Expected expected = Expected::any();
};

// A version, "none", "exists" or "any". `what`: "--expect", for the error.
Expected parseExpected(const std::string& text, const std::string& what);

EventLine parseEventLine(std::string_view line);

// Reads the lines that are not blank.
class EventLineReader {
 public:
  static constexpr std::size_t kLongestLine = 4u << 20;  // ours: an event has 400 KB, and JSON may escape each byte

  // `in` must outlive this.
  explicit EventLineReader(std::istream& in) : in_(in) {}

  // std::nullopt: there are no more.
  std::optional<EventLine> next();
  // The number of the last line, from 1.
  std::uint64_t line() const { return line_; }

 private:
  bool readLine(std::string& text);

  std::istream& in_;
  std::uint64_t line_ = 0;
};

}  // namespace ddblog::cli
