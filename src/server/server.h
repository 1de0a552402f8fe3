// The HTTP/1.1 server: every service on every port.
//
//   Server server(options, clock, ids);
//   server.serve(dynamodb);  server.serve(lambda_api);       // before start()
//   server.listen({"127.0.0.1", 8000});
//   server.start();                                          // returns; answers on its own threads
//   server.stop();                                           // in-flight requests are answered first
//
// A connection is a chain: it reads one request, executes it, writes the response, and then reads
// the next one. So pipelined requests are answered in order, and the server does not read from a
// client that does not read. Handlers are called on an I/O thread and may respond from any thread,
// at any time, or never (the Runtime API's long poll); a response for a connection that is gone is
// dropped. A handler that blocks holds up other connections of its I/O thread.
//
// Limits (ServerOptions): a header, a body (as sent and after gzip), the time for one request to
// come in and for its answer to go out, the time between requests, connections. What breaks them
// gets 431, 413, a closed connection, 503.
//
// Thread safety: serve() before start(); everything else from any thread. stop() must not be called
// by a handler.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "rpc/api.h"
#include "rpc/listeners.h"
#include "server/limits.h"

namespace ddblog::server {

struct Address {
  std::string host;  // a name or an address: "127.0.0.1", "localhost", "::", "0.0.0.0"
  int port = 0;      // 0: any that is free
};

struct ServerOptions {
  std::string region = "us-east-1";
  int threads = 2;  // that read, execute reads, and write
  // Secret access keys by access key id; empty: any credentials will do.
  std::map<std::string, std::string> access_keys = {};
  std::vector<std::string> cors_origins = {};  // of pages that may use the server, besides loopback's; "*": every page
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

  // The APIs must outlive the server.
  void serve(const rpc::JsonApi& api);
  void serve(const rpc::RestApi& api);
  void serve(const rpc::Apis& apis);

  // Listens; connections are taken from start() on. Returns the address that it is, with its port.
  // Throws std::runtime_error, one line: "Cannot listen on 127.0.0.1:8000: Address already in use".
  Address listen(const Address& address);

  void start();

  // Takes no more connections, waits for the requests in flight (options.stop_timeout at most),
  // closes everything. Does nothing when it is stopped already.
  void stop();

  // rpc::Listeners. A tag that is in use: std::invalid_argument.
  std::string listen(const rpc::RestApi& api, const std::string& tag) override;
  void close(const std::string& tag) override;

 private:
  std::shared_ptr<ServerCore> core_;
};

}  // namespace ddblog::server
