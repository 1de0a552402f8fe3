// PutEvents: puts up to ten events on buses. POST /_local/events, a route of ours, is the same for
// events whose source is reserved for AWS ("aws.s3"): nobody else sends them offline.
//
// Errors of the call: constraints; entries of more than 1 MB in all. Errors of a single entry (HTTP
// 200, FailedEntryCount; the other entries succeed): no Source, DetailType or Detail, a source
// reserved for AWS, a Detail that is not a JSON object. An event for a bus that does not exist gets
// an id and is dropped.
//
// Ids are random, except for events with a content id (Context::has_content_id), whose ids are
// derived from bus, detail and trace header. If a trigger is stopped (kill -9, for example) before
// its stream's checkpoint is written, it puts the same event again; with the same id consumers can
// recognise it, and the archive stores it once. The trigger derives the trace header from the change
// record, so an event that was deleted and appended again is another one.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/digests.h"
#include "base/json.h"
#include "base/limits.h"
#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/bus/event.h"
#include "services/eventbridge/bus/route_event.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

constexpr std::size_t kTimeBytes = 14;             // of an entry's Time, as AWS calculates sizes
constexpr double kLatestSecond = 253'402'300'799;  // of the year 9999

rpc::StringRule busRule() {
  return {.min = 1,
          .max = 1600,
          .pattern = R"((arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[\.\-_A-Za-z0-9]+)"};
}

// An id in the form of a UUID, derived from the event's content: version 8, the first bits of a
// SHA-256.
std::string idOfContent(const std::string& bus, const NewEvent& event) {
  std::string hex =
      sha256Hex(bus + '\0' + event.detail + (event.trace_header.empty() ? "" : '\0' + event.trace_header));
  hex[12] = '8';
  hex[16] = 'a';
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20, 12);
}

std::string missing(std::string_view name) {
  return "Parameter " + std::string(name) + " is not valid. Reason: " + std::string(name) + " is a required argument.";
}

class PutEvents {
 public:
  enum class Sources { kOwn, kAlsoOfAws };
  PutEvents(rpc::RequestReader& request, Context& context, Sources sources = Sources::kOwn);
  std::string run(Transaction& transaction) const;

 private:
  struct Entry {
    std::string bus;
    std::optional<Event> event;  // std::nullopt: it was rejected
    std::string error_code;
    std::string error_message;
  };

  // Reads one entry of the request and adds its size to `size`.
  NewEvent readEntry(rpc::ObjectReader& fields, std::string& bus, std::size_t& size) const;
  Entry check(std::string bus, NewEvent event) const;
  bool fails(const std::string& bus, const NewEvent& event) const;

  Context& context_;
  const Sources sources_;
  std::vector<Entry> entries_;
};

PutEvents::PutEvents(rpc::RequestReader& request, Context& context, Sources sources)
    : context_(context), sources_(sources) {
  rpc::ObjectReader& fields = request.fields();
  auto list = fields.objects("Entries", {.required = true, .min = 1, .max = limits::kPutEventsEntries});
  const auto endpoint =
      fields.string("EndpointId", {.min = 1, .max = 50, .pattern = R"(^[A-Za-z0-9\-]+[\.][A-Za-z0-9\-]+$)"});
  std::size_t size = 0;
  std::vector<std::pair<std::string, NewEvent>> read;
  if (list && list->size() <= limits::kPutEventsEntries) {
    for (rpc::ObjectReader& entry : *list) {
      std::string bus;
      NewEvent event = readEntry(entry, bus, size);
      read.emplace_back(std::move(bus), std::move(event));
    }
  }
  request.finish();
  if (endpoint) throw resourceNotFound("Endpoint " + *endpoint + " does not exist.");
  if (size > limits::kPutEventsBytes) {
    throw validationError("Total size of the entries in the request is over the limit.");
  }
  for (auto& [bus, event] : read) entries_.push_back(check(std::move(bus), std::move(event)));
}

NewEvent PutEvents::readEntry(rpc::ObjectReader& fields, std::string& bus, std::size_t& size) const {
  NewEvent event;
  event.time = context_.clock.now();
  if (const auto seconds = fields.timestamp("Time")) {
    if (!(*seconds >= 0 && *seconds <= kLatestSecond)) throw serializationError("Invalid timestamp");
    event.time = Timestamp(Duration(std::llround(*seconds * 1000)));
    size += kTimeBytes;
  }
  event.source = fields.string("Source").value_or("");
  event.resources = fields.strings("Resources", {}, {.max = 2048}).value_or(event.resources);
  event.detail_type = fields.string("DetailType").value_or("");
  event.detail = fields.string("Detail").value_or("");
  const auto name = fields.string("EventBusName", busRule());
  bus = name ? context_.arns.busName(*name) : std::string(kDefaultBus);
  event.trace_header = fields.string("TraceHeader", {.min = 1, .max = 500}).value_or("");
  size += event.source.size() + event.detail_type.size() + event.detail.size();
  for (const std::string& resource : event.resources) size += resource.size();
  return event;
}

PutEvents::Entry PutEvents::check(std::string bus, NewEvent event) const {
  Entry entry;
  entry.bus = std::move(bus);
  const auto reject = [&entry](std::string_view code, std::string message) {
    entry.error_code = code;
    entry.error_message = std::move(message);
    return entry;
  };
  if (event.source.empty()) return reject("InvalidArgument", missing("Source"));
  if (event.detail_type.empty()) return reject("InvalidArgument", missing("DetailType"));
  if (event.detail.empty()) return reject("InvalidArgument", missing("Detail"));
  if (event.source.starts_with("aws.") && sources_ == Sources::kOwn) {
    return reject("NotAuthorizedForSourceException", "Not authorized for the source.");
  }
  if (!isJsonObject(event.detail)) return reject("MalformedDetail", "Detail is malformed.");
  if (fails(entry.bus, event)) {
    return reject("InternalFailure",
                  "The request processing has failed because of an unknown error, exception or failure.");
  }
  const bool has_content_id = context_.has_content_id && context_.has_content_id(event);
  event.id = has_content_id ? idOfContent(entry.bus, event) : context_.ids.uuid();
  try {
    entry.event = makeEvent(event, context_.region, context_.account_id);
  } catch (const std::invalid_argument&) {  // the event is nested deeper than its detail: too deep
    return reject("MalformedDetail", "Detail is malformed.");
  }
  return entry;
}

// Whether a fault is injected.
bool PutEvents::fails(const std::string& bus, const NewEvent& event) const {
  if (!context_.faults || !context_.faults->wants(Fault::kPartialFailure) || sources_ != Sources::kOwn) return false;
  const std::string identity = bus + '\n' + event.source + '\n' + event.detail_type + '\n' + event.detail;
  return context_.faults->strike(Fault::kPartialFailure, identity).has_value();
}

std::string PutEvents::run(Transaction& transaction) const {
  std::int64_t failed = 0;
  std::string entries;
  JsonWriter json(entries);
  json.beginArray();
  for (const Entry& entry : entries_) {
    json.beginObject();
    if (entry.event) {
      routeEvent(transaction, context_, entry.bus, *entry.event);
      json.key("EventId").value(entry.event->id);
    } else {
      ++failed;
      json.key("ErrorCode").value(entry.error_code).key("ErrorMessage").value(entry.error_message);
    }
    json.endObject();
  }
  json.endArray();
  std::string out;
  JsonWriter(out).beginObject().key("FailedEntryCount").value(failed).key("Entries").raw(entries).endObject();
  return out;
}

class PutAwsEvents : public PutEvents {
 public:
  PutAwsEvents(rpc::RequestReader& request, Context& context) : PutEvents(request, context, Sources::kAlsoOfAws) {}
};

}  // namespace

void addPutEvents(rpc::JsonApi& api, Context& context) { rpc::addWrite<PutEvents>(api, "PutEvents", context); }

void addPutAwsEvents(rpc::RestApi& api, Context& context) {
  api.add("POST", "/_local/events", "PutAwsEvents", rpc::writeOperation<PutAwsEvents>(context.store, context));
}

}  // namespace ddblog::eventbridge
