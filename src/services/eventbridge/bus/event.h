// An event on a bus: its text, as every target and the archive receive it, and the fields that the
// bus reads from it.
//
//   {"version": "0", "id": …, "detail-type": …, "source": …, "account": …, "time": "2026-11-22T09:00:00Z",
//    "region": …, "resources": […], "detail": <the bytes that were put>}
//
// A replayed event also has "replay-name" and is not archived again. `detail` keeps its bytes: it
// is never parsed and serialised again. Source:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
//
// Thread safety: immutable values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "event_patterns/event_fields.h"

namespace ddblog::eventbridge {

// An event as in PutEvents.
struct NewEvent {
  std::string id;
  std::string source;
  std::string detail_type;
  std::string detail;  // a JSON object's text
  std::vector<std::string> resources;
  Timestamp time;
  std::string trace_header = {};  // X-Ray's; not part of the event
};

struct Event {
  std::string id;
  std::string text;
  Timestamp time;   // with milliseconds if known; `time` in the text has seconds
  std::string log;  // detail.log and detail.type; empty if they are not strings
  std::string type;
  bool replayed = false;
  bool forwarded = false;  // a rule of another bus sent it
  event_patterns::EventFields fields;
};

// `event.detail` must be a JSON object's text (isJsonObject).
Event makeEvent(const NewEvent& event, std::string_view region, std::string_view account_id);

// Reads an event from its text (of a replay): a JSON object with the strings id and time. Throws
// std::invalid_argument that says what is missing.
Event readEvent(std::string text);

// The event's text with "replay-name" added at its top level.
std::string withReplayName(std::string_view event, std::string_view replay_name);

}  // namespace ddblog::eventbridge
