#include "cli/replays/archived_lines.h"

#include <stdexcept>

#include "base/clock.h"
#include "ddblog/errors.h"
#include "ddblog/payload.h"

namespace ddblog::cli {

std::string archivedLine(const eventbridge::ArchivedEvent& event) {
  return "{\"createdAt\":" + quoteJson(event.created_at) + ",\"event\":" + event.event + "}";
}

eventbridge::ArchivedEvent parseArchivedLine(std::string_view line) {
  try {
    const Payload members(line);
    eventbridge::ArchivedEvent event;
    event.created_at = members.string("createdAt");
    fromIso8601(event.created_at);
    event.event = members.json("event").value_or("");
    const Payload of_bus(event.event);
    if (of_bus.has("id")) event.event_id = of_bus.string("id");
    const Payload detail = of_bus.at("detail");
    if (detail.has("log")) event.log = detail.string("log");
    if (detail.has("type")) event.type = detail.string("type");
    return event;
  } catch (const InvalidEvent& error) {
    throw std::invalid_argument(error.what());
  }
}

}  // namespace ddblog::cli
