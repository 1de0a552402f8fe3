// Where records of ended invocations go: on-success and on-failure destinations and dead-letter queues, by their ARN.
//
// A message is put in the same transaction that removes what it is about, so it is neither lost nor sent twice.
// Functions are the destination that the asynchronous queue has itself; others (a bus, queues, topics) are added by
// whoever has them. Thread safety: add before the start; after that from any thread, deliver on the writer thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace ddblog::lambda {

struct DestinationMessage {
  std::string destination_arn;
  std::string body;          // JSON: the record; of a dead-letter queue: the event as it was
  std::string function_arn;  // with its qualifier, as the record has it
  bool success = false;
  std::map<std::string, std::string> attributes;  // of a dead-letter queue: RequestID, ErrorCode, ErrorMessage
};

class Destination {
 public:
  virtual ~Destination() = default;
  virtual bool accepts(std::string_view arn) const = 0;
  virtual void deliver(Transaction& transaction, const DestinationMessage& message) = 0;
};

class Destinations {
 public:
  void add(std::unique_ptr<Destination> destination) { destinations_.push_back(std::move(destination)); }
  // nullptr: nobody takes this ARN.
  Destination* find(std::string_view arn) const {
    for (const auto& destination : destinations_) {
      if (destination->accepts(arn)) return destination.get();
    }
    return nullptr;
  }

 private:
  std::vector<std::unique_ptr<Destination>> destinations_;
};

}  // namespace ddblog::lambda
