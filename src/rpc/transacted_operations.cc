#include "rpc/transacted_operations.h"

#include <utility>

namespace ddblog::rpc {

bool TransactedJsonOperations::has(std::string_view operation) const {
  const JsonApi::Operation* found = api_.findOperation(operation);
  return found && found->transacted;
}

std::string TransactedJsonOperations::call(Transaction& transaction, const std::string& operation, std::string body) {
  Request request;
  request.operation = operation;
  request.body = std::move(body);
  request.request_id = ids_.requestId();
  std::string answer;
  transaction.attempt([&] { answer = api_.findOperation(operation)->transacted(transaction, request); });
  return answer;
}

}  // namespace ddblog::rpc
