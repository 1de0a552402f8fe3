// Finds out what a request is for: a JSON API by X-Amz-Target, a REST API by method and path, or
// one of the few things that every AWS endpoint answers by itself.
//
//   Host is not this machine's, while listening on loopback  403 (a web page's attempt to reach us by DNS rebinding)
//   a page's request that is not allowed (origin_check.h)     403
//   OPTIONS with an Origin                                    200, CORS
//   X-Amz-Target "<prefix>.<operation>"                       the JSON API; the path does not matter
//   a REST route                                              the REST API
//   GET /, HEAD /                                             200, "healthy: <first API's>.<region>.amazonaws.com "
//   POST with a JSON content type, or nothing at all          400 UnknownOperationException
//   anything else                                             404 <UnknownOperationException/>
//
// The JSON API that was added first is the default: a target that names no API is rejected in its
// protocol, and the health line names it.
//
// The order of errors of a JSON request is DynamoDB's: content type (404), text that is not JSON
// (SerializationException), operation, credentials, and only then the operation's own checks. So
// the router parses the text only when it is about to reject something else; the operation parses a
// good request, once.
//
// Filled before the server listens, read-only after that: may be used from any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "rpc/api.h"
#include "rpc/request.h"
#include "server/credentials_check.h"
#include "server/origin_check.h"
#include "server/request_parser.h"

namespace ddblog::server {

// Where a request came in.
struct Entrance {
  bool checks_host = false;                // listening on loopback
  const rpc::RestApi* only_api = nullptr;  // a listener of rpc::Listeners; nullptr: everything is served
  std::string tag;                         // of that listener
};

struct RoutedRequest {
  const rpc::Handler* handler = nullptr;  // nullptr: `response` is there already
  rpc::Request request;
  rpc::Response response;
  const rpc::Protocol* protocol = nullptr;             // of the API that it is for; nullptr: of none
  std::string_view content_type = "application/json";  // of responses that do not name theirs
  bool has_crc32 = false;
  std::string allow_origin;  // of Access-Control-Allow-Origin; empty: there is none
};

class Router {
 public:
  Router(std::string region, const CredentialsCheck& credentials, const OriginCheck& origins, Ids& ids,
         std::size_t body_limit);

  void add(const rpc::JsonApi& api) { apis_.add(api); }
  void add(const rpc::RestApi& api) { apis_.add(api); }

  // `body` is as sent; it is moved from.
  RoutedRequest find(const RequestHead& head, std::string&& body, const Entrance& entrance) const;

 private:
  RoutedRequest findJson(const RequestHead& head, std::string&& body, RoutedRequest route) const;
  RoutedRequest findRest(const RequestHead& head, std::string&& body, const Entrance& entrance,
                         RoutedRequest route) const;
  bool findRestRoute(const rpc::RestApi& api, const RequestHead& head, RoutedRequest& route, bool& path_known) const;

  const std::string region_;
  const CredentialsCheck& credentials_;
  const OriginCheck& origins_;
  Ids& ids_;
  const std::size_t body_limit_;
  rpc::Apis apis_;
};

}  // namespace ddblog::server
