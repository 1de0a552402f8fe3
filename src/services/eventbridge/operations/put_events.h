// PutEvents: puts up to ten events on buses.
//
// Refusals of the call: constraints; entries of more than 1 MB in all. Of one entry (HTTP 200, FailedEntryCount; the
// other entries go through): no Source, DetailType or Detail, a source of AWS's own, a Detail that is no JSON object.
// An event for a bus that does not exist gets an id and is gone.
//
// Ids are random, but for the log's own events ("dynamodb-log", "stream changes"): their id follows from their content.
// The trigger puts an event again when it was stopped (kill -9, say) before the stream's checkpoint was written; with
// the same id it is the same event to everybody, and the archive has it once. Source:
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/bus/event.h"

namespace ddblog::eventbridge {

class PutEvents {
 public:
  PutEvents(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  struct Entry {
    std::string bus;
    std::optional<Event> event;  // absent: it was refused
    std::string error_code;
    std::string error_message;
  };

  // Reads one entry of the request, adds its bytes to `size`.
  NewEvent readEntry(rpc::ObjectReader& fields, std::string& bus, std::size_t& size) const;
  Entry check(std::string bus, NewEvent event) const;

  Context& context_;
  std::vector<Entry> entries_;
};

}  // namespace ddblog::eventbridge
