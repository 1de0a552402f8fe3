// The services' operations that a service calls inside its own transaction (JsonApi::Transacted), by
// their names: the universal targets of EventBridge Scheduler.
//
//   operations.find("sqs")->call(transaction, "SendMessage", request);
//
// Thread safety: call add() before the first request. After that, find() and has() from any thread,
// and call() on the writer thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "rpc/api.h"

namespace ddblog::rpc {

// Those of one service.
class TransactedOperations {
 public:
  virtual ~TransactedOperations() = default;
  // `operation`: as AWS names it: "SendMessage".
  virtual bool has(std::string_view operation) const = 0;
  // `request`: its JSON. Returns the answer's, empty: there is none; throws ApiError, and then nothing is
  // written. Only for operations that it has.
  virtual std::string call(Transaction& transaction, const std::string& operation, std::string request) = 0;
};

// Those of a JSON protocol.
class TransactedJsonOperations : public TransactedOperations {
 public:
  // The references must outlive this.
  TransactedJsonOperations(const JsonApi& api, Ids& ids) : api_(api), ids_(ids) {}

  bool has(std::string_view operation) const override;
  std::string call(Transaction& transaction, const std::string& operation, std::string request) override;

 private:
  const JsonApi& api_;
  Ids& ids_;
};

class OperationRegistry {
 public:
  // `service`: as the SDKs name it: "sqs". The operations must outlive the last call.
  void add(const std::string& service, TransactedOperations& operations) { services_[service] = &operations; }
  // nullptr: there is no such service.
  TransactedOperations* find(std::string_view service) const {
    const auto found = services_.find(service);
    return found == services_.end() ? nullptr : found->second;
  }

 private:
  std::map<std::string, TransactedOperations*, std::less<>> services_;
};

}  // namespace ddblog::rpc
