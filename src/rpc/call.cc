#include "rpc/call.h"

#include <memory>

namespace ddblog::rpc {

std::future<Outcome> startCall(const Handler& handler, Request request) {
  const auto promise = std::make_shared<std::promise<Outcome>>();  // outlives the callback's return
  handler(std::move(request), [promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
  return promise->get_future();
}

Outcome callAndWait(const Handler& handler, Request request) { return startCall(handler, std::move(request)).get(); }

}  // namespace ddblog::rpc
