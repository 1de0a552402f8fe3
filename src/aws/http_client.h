// HTTP/1.1 as a client: plain or with TLS, directly or through a proxy.
//
// Connections are kept alive and used again; calls on several threads run side by side, each over a connection of
// its own. A server may close a kept connection at the moment when the next request leaves: if nothing of an answer
// has come by then, the request is sent again over a new connection (HttpResponse::times_sent). Redirects are not
// followed: a signature is for one host.
//
// Time limits: `connect_timeout` until the connection stands (name, address, proxy, TLS), then `timeout` for the
// request and its answer together. Every 64 KiB that go either way add a second to it (limits.h), so that a large body
// has time on a slow line, but a server that sends byte by byte does not keep the caller.
//
// Errors name the URL and say what to do, in one line.
// Thread safety: send() may be called from any thread.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "aws/ca_file.h"
#include "aws/http_message.h"
#include "aws/proxies.h"

namespace ddblog::aws {

class ConnectionPool;
class TlsContext;

// No response: no connection, a time limit, or a response that is not HTTP or too large.
class ConnectionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class HttpClient {
 public:
  explicit HttpClient(Proxies proxies = {}, CaFile ca_file = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;

  // Throws ConnectionError.
  HttpResponse send(const HttpRequest& request);

 private:
  const Proxies proxies_;
  const std::unique_ptr<TlsContext> tls_;
  const std::unique_ptr<ConnectionPool> pool_;
};

}  // namespace ddblog::aws
