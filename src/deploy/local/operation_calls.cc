#include "deploy/local/operation_calls.h"

#include <future>

#include "base/api_error.h"

namespace ddblog::deploy {

json::object call(const rpc::JsonService& service, const std::string& operation, const json::object& body) {
  const rpc::Handler* handler = service.find(operation);
  if (!handler) throw DeclarationError("the operation " + operation + " is not served");
  std::promise<rpc::Outcome> promise;
  rpc::Request request;
  request.operation = operation;
  request.body = json::serialize(body);
  (*handler)(std::move(request), [&promise](rpc::Outcome outcome) { promise.set_value(std::move(outcome)); });
  rpc::Outcome outcome = promise.get_future().get();
  if (outcome.refused) std::rethrow_exception(outcome.refused);
  return outcome.answer.body.empty() ? json::object{} : parseJson(outcome.answer.body).as_object();
}

bool declare(const rpc::JsonService& service, const std::string& operation, const json::object& body,
             std::string_view what, std::string_view fine) {
  try {
    call(service, operation, body);
    return true;
  } catch (const ApiError& e) {
    if (e.type() == fine) return false;
    throw DeclarationError(std::string(what) + ": " + e.type() + ": " + e.message());
  }
}

}  // namespace ddblog::deploy
