// Routes a request: to a JSON API by X-Amz-Target, to a query API by content type, to a REST API by
// method and path, or to one of the few responses that every AWS endpoint gives by itself.
//
//   Host is not this machine, while listening on loopback     403 (a web page that reaches us by DNS rebinding)
//   a request of a page that is not allowed (origin_check.h)  403
//   OPTIONS with an Origin                                    200, CORS
//   X-Amz-Target "<prefix>.<operation>"                       the JSON API; the path does not matter
//   a form for a path of a query API, or "Action=" in a GET   the query API
//   a REST route                                              the REST API
//   GET /, HEAD /                                             200, "healthy: <first API's>.<region>.amazonaws.com "
//   POST with a JSON content type, or nothing at all          400 UnknownOperationException
//   anything else                                             404 <UnknownOperationException/>
//   any of the last three, signed for a service without API   501 (other_services.h)
//
// The JSON API that was added first is the default: its protocol rejects targets that name no API,
// and the health line names it.
//
// A JSON request's errors have DynamoDB's order: content type (404), invalid JSON
// (SerializationException), operation, credentials, then the operation's own checks. So the router
// parses the body only if it is about to reject the request for another reason; the operation
// parses a valid request, once. With access keys configured, nobody's body is parsed or decompressed
// before its signature is verified, and what the head alone shows to be wrong is rejected before
// the body is received (rejectByHead).
//
// Thread safety: filled before the server listens, or while its gate is closed (gate.h); otherwise
// read-only and usable from any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/faults.h"
#include "base/ids.h"
#include "rpc/api.h"
#include "rpc/listeners.h"
#include "rpc/request.h"
#include "server/credentials_check.h"
#include "server/gate.h"
#include "server/origin_check.h"
#include "server/request_parser.h"

namespace ddblog::server {

// Where a request entered the server.
struct Entrance {
  bool checks_host = false;                // the listener is on a loopback address
  const rpc::RestApi* only_api = nullptr;  // for a listener of rpc::Listeners; nullptr: all APIs are served
  std::string tag;                         // the tag of that listener, which serves no web page
  rpc::Listeners::Admits admits;           // nullptr: everyone
};

struct RoutedRequest {
  const rpc::Handler* handler = nullptr;  // nullptr: `response` is set already
  rpc::Request request;
  rpc::Response response;
  const rpc::Protocol* protocol = nullptr;             // of the API that the request is for; nullptr: none
  std::string_view content_type = "application/json";  // of responses without their own
  std::size_t largest_answer = 0;                      // 0: not large
  bool waits = false;                                  // for others: RestApi::setWaits
  bool outlasts = false;                               // Router::addLasting
  bool streams = false;                                // the handler gets the body as it arrives
  bool has_crc32 = false;
  bool has_json_errors = false;     // a body that is not JSON is rejected first
  bool is_signed = false;           // the signature has yet to be verified
  std::optional<ApiError> error;    // why the request is rejected; `response` has yet to be encoded
  std::string_view expose_headers;  // for Access-Control-Expose-Headers
  std::string allow_origin;         // for Access-Control-Allow-Origin; empty: none
  Gate::Pass pass = {};             // until it is answered, unless it outlasts
};

class Router {
 public:
  // `faults`: throttles requests; nullptr: none is.
  Router(std::string region, const CredentialsCheck& credentials, const OriginCheck& origins, Ids& ids,
         std::size_t body_limit, Faults* faults);

  void add(const rpc::JsonApi& api) { apis_.add(api); }
  void add(const rpc::RestApi& api) { apis_.add(api); }
  void add(const rpc::QueryApi& api) { apis_.add(api); }
  // Its operations may answer when the others were replaced.
  void addLasting(const rpc::RestApi& api) { lasting_.push_back(&api); }
  // Forgets all APIs but the lasting ones. Only while no request is in the server.
  void clear() { apis_ = rpc::Apis(); }

  // What the head decides. Of the result, `handler`, `error` or `response` is set.
  RoutedRequest route(const RequestHead& head, const Entrance& entrance, bool has_body) const;

  // What the body decides: verifies the signature and decompresses. Then `handler` or `response` is
  // set. `body`: as sent; it is moved from.
  void takeBody(const RequestHead& head, std::string&& body, RoutedRequest& route) const;

  // The response to a request whose body need not be received, because its head is enough to reject
  // it: a foreign page's, or, with access keys configured, one of nobody that we know.
  // std::nullopt: receive the body.
  std::optional<RoutedRequest> rejectByHead(const RequestHead& head, const Entrance& entrance) const;

 private:
  void routeJson(const RequestHead& head, bool has_body, RoutedRequest& route) const;
  bool routeQuery(const RequestHead& head, RoutedRequest& route) const;
  void routeRest(const RequestHead& head, const Entrance& entrance, bool has_body, RoutedRequest& route) const;
  std::string_view otherService(const RequestHead& head) const;
  void nameOtherService(const RequestHead& head, RoutedRequest& route) const;
  void checkCredentials(const RequestHead& head, RoutedRequest& route) const;
  void reject(RoutedRequest& route, const ApiError& error) const;
  void throttle(const RequestHead& head, const RoutedRequest& route) const;
  bool findRestRoute(const rpc::RestApi& api, const RequestHead& head, RoutedRequest& route, bool& path_known) const;

  const std::string region_;
  const CredentialsCheck& credentials_;
  const OriginCheck& origins_;
  Ids& ids_;
  const std::size_t body_limit_;
  Faults* const faults_;
  rpc::Apis apis_;
  std::vector<const rpc::RestApi*> lasting_;
};

}  // namespace ddblog::server
