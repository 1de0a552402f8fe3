#include "rpc/call.h"

#include <future>
#include <memory>

namespace ddblog::rpc {

Outcome callAndWait(const Handler& handler, Request request) {
  const auto promise = std::make_shared<std::promise<Outcome>>();  // outlives the callback's return
  handler(std::move(request), [promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
  return promise->get_future().get();
}

}  // namespace ddblog::rpc
