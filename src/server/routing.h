// Finds out what a request is for: a JSON service by X-Amz-Target, a REST service by method and path, or one of the few
// things that every AWS endpoint answers by itself.
//
//   Host is not this machine's, while listening on loopback  403 (a web page's attempt to reach us by DNS rebinding)
//   OPTIONS with an Origin                                    200, CORS
//   X-Amz-Target "<prefix>.<operation>"                       the JSON service; the path does not matter
//   a REST route, asked for by another site's page            403, unless signatures are verified
//   a REST route                                              the REST service
//   GET /, HEAD /                                             200, "healthy: dynamodb.<region>.amazonaws.com "
//   POST with a JSON content type, or nothing at all          400 UnknownOperationException
//   anything else                                             404 <UnknownOperationException/>
//
// DynamoDB's order of refusals for a JSON request: content type (404), text that is no JSON (SerializationException),
// operation, credentials, and only then the operation's own checks. So text is parsed here only when something else is
// about to be refused; what goes well is parsed once, by the operation.
//
// Filled before the server listens, read-only after that: may be used from any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "rpc/request.h"
#include "rpc/service.h"
#include "server/credentials_check.h"
#include "server/error_wording.h"
#include "server/request_parser.h"

namespace ddblog::server {

// Where a request came in.
struct Entrance {
  bool checks_host = false;                        // listening on loopback
  const rpc::RestService* only_service = nullptr;  // a listener of rpc::Listeners; nullptr: everything is served
  std::string tag;                                 // of that listener
};

struct Route {
  const rpc::Handler* handler = nullptr;  // nullptr: `answer` is the answer already
  rpc::Request request;
  rpc::Answer answer;
  Wording wording;
  bool has_crc32 = false;
};

class Router {
 public:
  Router(std::string region, const CredentialsCheck& credentials, Ids& ids, std::size_t body_limit);

  void add(const rpc::JsonService& service);
  void add(const rpc::RestService& service);

  // `body` is as sent; it is moved from.
  Route find(const RequestHead& head, std::string&& body, const Entrance& entrance) const;

 private:
  Route findJson(const RequestHead& head, std::string&& body, Route route) const;
  Route findRest(const RequestHead& head, std::string&& body, const Entrance& entrance, Route route) const;
  bool findRestRoute(const rpc::RestService& service, const RequestHead& head, Route& route, bool& path_known) const;
  const rpc::JsonService* jsonService(std::string_view target, std::string_view& operation) const;

  const std::string region_;
  const CredentialsCheck& credentials_;
  Ids& ids_;
  const std::size_t body_limit_;
  std::vector<const rpc::JsonService*> json_services_;
  std::vector<const rpc::RestService*> rest_services_;
};

// Whether an Origin header ("http://localhost:3000") is of a page that this machine, or this server (`host`: the Host
// header), serves.
bool isOwnOrigin(std::string_view origin, std::string_view host);

// Whether a Host header ("localhost:8000", "[::1]", absent) can only mean this machine.
bool isLoopbackHostHeader(std::string_view host);

}  // namespace ddblog::server
