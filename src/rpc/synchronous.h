// Handlers that respond at once, on the thread that received the request.
//
//   api.add("GET", "/_local/health", "GetHealth", synchronous([](const Request& request) { return body; }));
//
// `make` gets the request and returns a Response or only its body; an exception becomes the error.
// It may run on several threads at the same time.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "rpc/request.h"

namespace ddblog::rpc {

// The outcome of `make`, which returns a Response or a body, or throws.
template <class Make>
Outcome outcomeOf(Make&& make) {
  try {
    if constexpr (std::is_same_v<decltype(make()), Response>) {
      return make();
    } else {
      return Outcome::ofBody(make());
    }
  } catch (...) {
    return std::current_exception();
  }
}

template <class Make>
Handler synchronous(Make make) {
  return [make = std::move(make)](Request request, Callback respond) {
    respond(outcomeOf([&] { return make(std::as_const(request)); }));
  };
}

}  // namespace ddblog::rpc
