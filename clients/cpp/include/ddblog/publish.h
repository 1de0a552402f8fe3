// Publishes the log: turns change records of the log table into events on the bus. This is the
// trigger function.
//
// A record becomes a PutEvents entry if it is not a removal and its item's `pk` ends in "#stream":
//
//   Source "dynamodb-log", DetailType "stream changes",
//   Detail {"log", "key": {"pk", "sk"}, "type", "payload"}          numbers keep every digit
//
// An entry over `max_entry_bytes` is sent with "partial": true and its payload reduced to {"id"}. A
// call carries at most ten entries and 1 MB, in the order of the records. Failed entries are
// retried with growing delays. If some still fail, nothing after them is sent, and the result names
// the record at which the batch must be retried.
//
// A stream item that is not an event (no payload, no type …) can never become one. It is reported
// and skipped, so it does not block the rest.
//
// Entry sizes are computed as EventBridge does.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
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
#include "ddblog/transport.h"

namespace ddblog {

struct PublishOptions {
  std::string bus{names::kBus};
  // EventBridge entries and asynchronous invocations are limited to 1 MB. The event that a target
  // gets also has an envelope; this leaves room for it.
  std::size_t max_entry_bytes = (1u << 20) - 4096;
  int attempts = 6;  // per entry, in total
  // Gets one line for each item that is not an event and for each failure. Default: standard error.
  std::function<void(const std::string&)> report = {};
};

struct PublishResult {
  std::size_t events = 0;                                   // put on the bus
  std::size_t ignored = 0;                                  // removals, and items outside streams
  std::size_t invalid = 0;                                  // reported: not events
  std::optional<std::string> first_failed_sequence_number;  // retry the batch from this record on
};

class Publisher {
 public:
  explicit Publisher(std::shared_ptr<Transport> transport, PublishOptions options = {},
                     std::shared_ptr<Environment> environment = systemEnvironment());

  // Publishes a batch as an event source mapping passes it to a function: {"Records": […]}. Throws
  // std::invalid_argument if it is anything else.
  PublishResult publish(std::string_view batch);

 private:
  struct Entry;
  std::vector<Entry> read(std::string_view batch, PublishResult& published) const;
  bool putAll(const Entry* first, const Entry* last, PublishResult& published) const;
  std::vector<const Entry*> putOnce(const std::vector<const Entry*>& entries) const;

  std::shared_ptr<Transport> transport_;
  PublishOptions options_;
  std::shared_ptr<Environment> environment_;
};

}  // namespace ddblog
