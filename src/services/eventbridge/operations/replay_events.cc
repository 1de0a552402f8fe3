// POST /_local/replay, an endpoint of ours: puts archived events on a bus again, unchanged except
// for an added replay-name. `dynamodb-log replay --target bus` uses it, because PutEvents cannot
// set an event's id or replay-name.
//
//   {"replay-name": "n", "event-bus-name": "dynamodb-log", "events": [{"version": "0", "id": …}, …]}
//   -> {"events": 2, "deliveries": 3}
//
// Matches rules and makes deliveries in one transaction; archives nothing.
// Errors: ValidationException for a malformed body or one with more than limits::kReplayEvents
// events, ResourceNotFoundException for the bus.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "event_patterns/json_text.h"
#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/bus/event.h"
#include "services/eventbridge/bus/route_event.h"
#include "services/eventbridge/operations/limits.h"

namespace ddblog::eventbridge {
namespace {

std::string member(event_patterns::JsonText::Value body, std::string_view name) {
  const auto found = body.find(name);
  if (!found || !found->isString() || found->string().empty()) {
    throw validationError("the body must have a text \"" + std::string(name) + "\"");
  }
  return std::string(found->string());
}

class ReplayEvents {
 public:
  ReplayEvents(const rpc::Request& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::vector<Event> events_;
};

ReplayEvents::ReplayEvents(const rpc::Request& request, Context& context) : context_(context) {
  if (!isJsonObject(request.body)) throw validationError("the body must be a JSON object");
  const event_patterns::JsonText body(request.body);
  const std::string replay_name = member(body.root(), "replay-name");
  bus_ = context.arns.busName(member(body.root(), "event-bus-name"));
  const auto events = body.root().find("events");
  if (!events || !events->isArray()) throw validationError("the body must have a list \"events\"");
  for (auto event = events->child(); event; event = event->next()) {
    if (events_.size() == limits::kReplayEvents) {
      throw validationError("at most " + std::to_string(limits::kReplayEvents) + " events can be replayed at a time");
    }
    try {
      events_.push_back(readEvent(withReplayName(event->raw(), replay_name)));
    } catch (const std::invalid_argument& error) {
      throw validationError("events." + std::to_string(events_.size()) + ": " + error.what());
    }
  }
}

std::string ReplayEvents::run(Transaction& transaction) const {
  context_.catalog.bus(transaction, bus_);
  std::size_t deliveries = 0;
  for (const Event& event : events_) deliveries += routeEvent(transaction, context_, bus_, event);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("events").value(static_cast<std::int64_t>(events_.size()));
  json.key("deliveries").value(static_cast<std::int64_t>(deliveries)).endObject();
  return out;
}

}  // namespace

void addReplayEvents(rpc::RestApi& api, Context& context) {
  api.add("POST", "/_local/replay", "ReplayEvents", [&context](rpc::Request request, rpc::Callback respond) {
    std::shared_ptr<const ReplayEvents> operation;
    try {
      operation = std::make_shared<const ReplayEvents>(request, context);
    } catch (...) {
      return respond(std::current_exception());
    }
    rpc::executeWrite(context.store, std::move(operation), {}, std::move(respond));
  });
}

}  // namespace ddblog::eventbridge
