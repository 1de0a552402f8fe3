#include "services/eventbridge/operations/replay_events.h"

#include <memory>
#include <stdexcept>
#include <utility>

#include "base/api_error.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "event_patterns/json_text.h"
#include "services/eventbridge/bus/publish.h"

namespace ddblog::eventbridge {
namespace {

std::string member(event_patterns::JsonText::Value body, std::string_view name) {
  const auto found = body.find(name);
  if (!found || !found->isString() || found->string().empty()) {
    throw validationError("the body must have a text \"" + std::string(name) + "\"");
  }
  return std::string(found->string());
}

}  // namespace

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
  for (const Event& event : events_) deliveries += publish(transaction, context_, bus_, event).deliveries;
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("events").value(static_cast<std::int64_t>(events_.size()));
  json.key("deliveries").value(static_cast<std::int64_t>(deliveries)).endObject();
  return out;
}

rpc::Handler replayHandler(Context& context) {
  return [&context](rpc::Request request, rpc::Respond respond) {
    struct Running {
      ReplayEvents operation;
      std::string body;
    };
    std::shared_ptr<Running> running;
    try {
      running = std::make_shared<Running>(Running{ReplayEvents(request, context), {}});
    } catch (...) {
      respond(rpc::Outcome{{}, std::current_exception()});
      return;
    }
    context.store.write([running](Transaction& transaction) { running->body = running->operation.run(transaction); },
                        [running, respond = std::move(respond)](std::exception_ptr refused) {
                          rpc::Outcome outcome;
                          outcome.refused = refused;
                          if (!refused) outcome.answer.body = std::move(running->body);
                          respond(std::move(outcome));
                        });
  };
}

}  // namespace ddblog::eventbridge
