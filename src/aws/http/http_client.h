// An HTTP/1.1 client: plain or with TLS, directly or through a proxy.
//
// Connections are kept alive and reused; concurrent calls use separate connections. A server may
// close an idle connection just as the next request is sent: if no part of a response has arrived,
// the request is sent again on a new connection (HttpResponse::times_sent). Redirects are not
// followed, because a signature is valid for one host only.
//
// Time limits: `connect_timeout` for connecting (name, address, proxy, TLS), then `timeout` for the
// request and its response together. Every 64 KiB sent or received add one second (limits.h), so a
// large body has time on a slow line, but a server that sends byte by byte cannot block the caller.
//
// Errors are one line that names the URL and says what to do.
// Thread safety: send() may be called from any thread.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "aws/http/ca_file.h"
#include "aws/http/http_message.h"
#include "aws/http/proxies.h"
#include "base/thread_annotations.h"

namespace ddblog::aws {

class ConnectionPool;
class TlsContext;

// No usable response: no connection, a timeout, or a response that is not HTTP or is too large.
class ConnectionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Destination;  // of a request

class HttpClient {
 public:
  explicit HttpClient(Proxies proxies = {}, CaFile ca_file = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;

  // Throws ConnectionError.
  HttpResponse send(const HttpRequest& request);

 private:
  std::shared_ptr<const Destination> destinationOf(const std::string& url);

  const Proxies proxies_;
  const std::unique_ptr<TlsContext> tls_;
  const std::unique_ptr<ConnectionPool> pool_;
  Mutex mutex_;
  // Of the last request: most programs send all of theirs to one URL.
  std::shared_ptr<const Destination> last_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::aws
