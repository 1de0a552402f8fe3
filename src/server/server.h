// The HTTP/1.1 server: every service on every port.
//
//   Server server(options, clock, ids);
//   server.serve(dynamodb);  server.serve(lambda_api);       // before the first listen()
//   server.listen({"127.0.0.1", 8000});
//   server.start();                                          // returns; answers on its own threads
//   server.stop();                                           // in-flight requests are answered first
//
// A connection is a chain: one request is read, carried out, answered, and then the next one is read, so pipelined
// requests are answered in order and a client that does not read its answers is not read from either. Handlers are
// called on an I/O thread and may answer from any thread, at any time, or never (the Runtime API's long poll); an
// answer for a connection that is gone is dropped. Handlers that block hold up other connections of their I/O thread.
//
// Limits (ServerOptions): a header, a body (as sent and after gzip), the time for one request to come in and for its
// answer to go out, the time between requests, connections. What breaks them gets 431, 413, a closed connection, 503.
//
// Thread safety: serve() before listen(); everything else from any thread. stop() must not be called by a handler.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/limits.h"
#include "rpc/listeners.h"
#include "rpc/service.h"

namespace ddblog::server {

struct Address {
  std::string host;  // a name or an address: "127.0.0.1", "localhost", "::", "0.0.0.0"
  int port = 0;      // 0: any that is free
};

struct ServerOptions {
  std::string region = "us-east-1";
  int threads = 2;  // that read, carry out reads, and answer
  // Secret access keys by access key id; empty: any credentials will do.
  std::map<std::string, std::string> access_keys = {};
  std::size_t header_limit = limits::kRequestHeaders;
  std::size_t body_limit = limits::kRequestBody;
  std::size_t connections = limits::kConnections;
  std::chrono::milliseconds request_timeout = limits::kRequestTimeout;
  std::chrono::milliseconds idle_timeout = limits::kIdleTimeout;
  std::chrono::milliseconds stop_timeout = limits::kStopTimeout;
  // One line about what should not happen. Called from any thread.
  std::function<void(const std::string&)> log = [](const std::string&) {};
};

class ServerCore;

class Server : public rpc::Listeners {
 public:
  // The clock is that of signatures and Date headers; time limits of connections pass in real time.
  Server(ServerOptions options, const Clock& clock, Ids& ids);
  ~Server() override;  // stops

  // The service must outlive the server.
  void serve(const rpc::JsonService& service);
  void serve(const rpc::RestService& service);

  // Listens; connections are taken from start() on. Returns the address that it is, with its port.
  // Throws std::runtime_error, one line: "Cannot listen on 127.0.0.1:8000: Address already in use".
  Address listen(const Address& address);

  void start();

  // Takes no more connections, waits for the requests in flight (options.stop_timeout at most), closes everything. Does
  // nothing when it is stopped already.
  void stop();

  // rpc::Listeners. A tag that is in use is refused with std::invalid_argument.
  std::string listen(const rpc::RestService& service, const std::string& tag) override;
  void close(const std::string& tag) override;

 private:
  std::shared_ptr<ServerCore> core_;
};

}  // namespace ddblog::server
