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
// client that does not read its responses. Handlers run on an I/O thread and may respond from any
// thread, at any time, or never (the Runtime API's long poll); a response for a closed connection
// is dropped. A handler that blocks delays the other connections of its I/O thread.
//
// Limits (ServerOptions):
//
//   a header, a body   their size (400, 413; a body as sent and decompressed)
//   a request          the time in which it arrives, and in which its answer moves; the idle time
//                      between requests. The connection is closed.
//   connections        a new one takes the place of the one that has been idle longest, never of one
//                      with a request in it. If none is idle, it gets 503.
//   bodies             their sum. When it is used up, the server reads no further bodies until there
//                      is room, in the order in which they came; small ones do not count.
//   unread answers     their sum. Operations with large answers wait until there is room.
//
// If others wait, a connection that holds such memory and stands still is closed after the stall
// timeout. A connection that waits is closed after the wait timeout. Large requests are handled one
// at a time on a thread of their own, so they delay no small ones, and only one of them at a time
// takes the memory of its JSON tree. Connections of a listener with a tag have no time limits, do not
// wait, and do not count among the connections: a function's process that speaks the Runtime API
// always finds a place.
//
// Thread safety: call serve() before start(), or while it is paused; everything else from any thread. A handler must not
// call stop().
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/faults.h"
#include "base/ids.h"
#include "rpc/api.h"
#include "rpc/listeners.h"
#include "server/limits.h"

namespace ddblog::server {

struct Address {
  std::string host;  // a name or an address: "127.0.0.1", "localhost", "::", "0.0.0.0"
  int port = 0;      // 0: any free port
};

struct ServerOptions {
  std::string region = "us-east-1";
  int threads = 2;  // they read requests, execute reads, and write responses
  // Secret access keys by access key id; empty: any credentials are accepted.
  std::map<std::string, std::string> access_keys = {};
  std::vector<std::string> cors_origins = {};  // of pages that may use the server, besides loopback's; "*": every page
  std::size_t header_limit = limits::kRequestHeaders;
  std::size_t body_limit = limits::kRequestBody;
  std::size_t connections = limits::kConnections;
  std::size_t bodies_memory = limits::kBodiesMemory;
  std::size_t answers_memory = limits::kAnswersMemory;
  std::chrono::milliseconds request_timeout = limits::kRequestTimeout;
  std::chrono::milliseconds stall_timeout = limits::kStallTimeout;
  std::chrono::milliseconds wait_timeout = limits::kWaitTimeout;
  std::chrono::milliseconds idle_timeout = limits::kIdleTimeout;
  std::chrono::milliseconds stop_timeout = limits::kStopTimeout;
  Faults* faults = nullptr;  // throttles requests; nullptr: none is
  // Receives one line about each unexpected problem. Called from any thread.
  std::function<void(const std::string&)> log = [](const std::string&) {};
};

class ServerCore;

class Server : public rpc::Listeners {
 public:
  // `clock` is for signatures and Date headers; connections' time limits use real time.
  Server(ServerOptions options, const Clock& clock, Ids& ids);
  ~Server() override;  // stops

  // The APIs must outlive the server.
  void serve(const rpc::JsonApi& api);
  void serve(const rpc::RestApi& api);
  void serve(const rpc::QueryApi& api);
  void serve(const rpc::Apis& apis);
  // Its operations may answer when the others were replaced.
  void serveLasting(const rpc::RestApi& api);

  // Opens a listener; it accepts connections once start() was called. Returns the actual address
  // and port. Throws std::runtime_error with one line: "Cannot listen on 127.0.0.1:8000: Address
  // already in use".
  Address listen(const Address& address);

  void start();

  // Replaces the APIs while connections stay, function processes' ones too:
  //
  //   server.pause();               // new requests wait; those in flight are answered, in options.stop_timeout
  //   server.serveNone();           // the APIs may be destroyed now
  //   server.serve(others);
  //   server.resume();
  //
  // Requests in flight to lasting APIs do not count, and these stay. The connections of other requests that
  // are not answered in time are closed. When pause() returns, no handler runs any more: so it takes as long
  // as the longest one blocks. One thread calls it, between start() and stop().
  void pause();
  void serveNone();
  void resume();

  // Returns when each request that had arrived by then was given to its handler. Not for those whose body
  // is still arriving, or waits for memory. Call it between start() and stop(), from no handler.
  void takeArrived();

  // Whether the client that sent this request still waits for its answer.
  bool hasClient(const std::string& request_id);

  // Stops accepting connections, waits for the requests in flight (at most options.stop_timeout),
  // and closes everything. Does nothing if the server is stopped.
  void stop();

  // rpc::Listeners. Throws std::invalid_argument if the tag is in use.
  std::string listen(const rpc::RestApi& api, const std::string& tag, Admits admits) override;
  void close(const std::string& tag) override;

 private:
  std::shared_ptr<ServerCore> core_;
};

}  // namespace ddblog::server
