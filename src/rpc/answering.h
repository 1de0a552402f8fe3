// Handlers that answer at once, on the thread that the request came in by.
//
//   service.add("GET", "/_local/health", "GetHealth", answering([](const Request& request) { return body; }));
//
// `make` gets the request and returns an Answer, or only its body; what it throws is the refusal. It may be called on
// any thread, on several at a time.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "rpc/request.h"

namespace ddblog::rpc {

template <class Make>
Handler answering(Make make) {
  return [make = std::move(make)](Request request, Respond respond) {
    Outcome outcome;
    try {
      if constexpr (std::is_same_v<decltype(make(std::as_const(request))), Answer>) {
        outcome.answer = make(std::as_const(request));
      } else {
        outcome.answer.body = make(std::as_const(request));
      }
    } catch (...) {
      outcome.refused = std::current_exception();
    }
    respond(std::move(outcome));
  };
}

}  // namespace ddblog::rpc
