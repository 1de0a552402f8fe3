// Opens further listeners while the server runs. Each function process gets its own Runtime API
// address, so the server knows which process sent a request (runtimes do not identify themselves).
//
// Implemented by src/server/. Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "rpc/api.h"

namespace ddblog::rpc {

class Listeners {
 public:
  // Whether the peer of a new connection may use the listener. Both ports are of 127.0.0.1. Called once
  // for each connection, on an I/O thread; it must not block.
  using Admits = std::function<bool(std::uint16_t peer_port, std::uint16_t own_port)>;

  virtual ~Listeners() = default;
  // Listens on a free loopback port and returns "127.0.0.1:PORT". Requests carry `tag` as
  // Request::listener. `api` must outlive the listener. Connections and responses have no time
  // limits (the Runtime API's long poll). Connections that are not admitted get 403, and so do requests
  // of web pages and requests whose Host is no loopback name or address. (Any such name: a proxy of the
  // program's own may pass on what it was called.) Throws std::system_error (no descriptors left).
  virtual std::string listen(const RestApi& api, const std::string& tag, Admits admits) = 0;
  // Closes the listener and its connections; unanswered requests are dropped.
  virtual void close(const std::string& tag) = 0;
};

}  // namespace ddblog::rpc
