// Publishing the log: change records of the log table become events on the bus. The code of the trigger function.
//
// A record becomes an entry of PutEvents if it is no removal and its item's `pk` ends in "#stream":
//
//   Source "dynamodb-log", DetailType "stream changes",
//   Detail {"log", "key": {"pk", "sk"}, "type", "payload"}          numbers keep every digit
//
// An entry over `max_entry_bytes` is sent with "partial": true and its payload cut down to {"id"}. Entries go ten a
// call, and at most 1 MB a call, in the records' order. Entries that failed are put again, with growing delays; if some
// still fail, nothing after them is sent, and the result names the record from which on the batch must be given again.
//
// An item of a stream that is no event (no payload, no type …) can never become one: it is reported, and left out, so
// that it holds up nothing.
// Sizes by EventBridge's arithmetic: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
//
// Thread safety: publish() may be called from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ddblog/errors.h"
#include "ddblog/names.h"
#include "ddblog/wire.h"

namespace ddblog {

struct PublishOptions {
  std::string bus{names::kBus};
  // 1 MB is what EventBridge takes and what an asynchronous invocation may carry; the event that a target gets is
  // larger than its entry by its envelope, for which this leaves room.
  std::size_t max_entry_bytes = (1u << 20) - 4096;
  int attempts = 6;  // for each entry, in all
  // Gets one line for each item that is no event and for each failure. Default: standard error.
  std::function<void(const std::string&)> report = {};
};

struct Published {
  std::size_t events = 0;                                   // put on the bus
  std::size_t ignored = 0;                                  // not of a stream, or removed
  std::size_t invalid = 0;                                  // reported: no events
  std::optional<std::string> first_failed_sequence_number;  // from here on the batch must be given again
};

class Publisher {
 public:
  explicit Publisher(std::shared_ptr<Wire> wire, PublishOptions options = {},
                     std::shared_ptr<Surroundings> surroundings = systemSurroundings());

  // A batch as an event source mapping hands it to a function: {"Records": […]}. Throws std::invalid_argument when it
  // is not that.
  Published publish(std::string_view batch);

 private:
  struct Entry;
  std::vector<Entry> read(std::string_view batch, Published& published) const;
  bool putAll(const Entry* first, const Entry* last, Published& published) const;
  std::vector<const Entry*> putOnce(const std::vector<const Entry*>& entries) const;

  std::shared_ptr<Wire> wire_;
  PublishOptions options_;
  std::shared_ptr<Surroundings> surroundings_;
};

}  // namespace ddblog
