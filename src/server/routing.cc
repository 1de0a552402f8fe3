#include "server/routing.h"

#include <algorithm>

#include "aws/sigv4.h"
#include "base/api_error.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/text.h"
#include "rpc/query_api.h"
#include "rpc/traces.h"
#include "server/other_services.h"

namespace ddblog::server {

namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kCorsSeconds = "172800";
// What DynamoDB and Lambda let the scripts of web pages read.
constexpr std::string_view kExposedHeaders = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date";
constexpr std::string_view kExposedRestHeaders =
    "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date,x-amz-log-result,x-amz-function-error";
constexpr std::string_view kUnknownOperation = "UnknownOperationException";
constexpr int kForbidden = 403;
// A body that we parse only to word a rejection as AWS does (ours).
constexpr std::size_t kParsedToReject = 64u << 10;

// "application/json; charset=utf-8" becomes "application/json".
std::string_view mediaType(std::string_view content_type) {
  return trim(content_type.substr(0, content_type.find(';')));
}

rpc::Response plainResponse(int status, std::string body) {
  rpc::Response response;
  response.status = status;
  response.body = std::move(body);
  response.content_type = kPlainText;
  return response;
}

// The response of AWS's front end to a request that is not an API call.
rpc::Response unknownToFrontEnd() {
  rpc::Response response;
  response.status = 404;
  response.body = "<UnknownOperationException/>\n";
  return response;
}

rpc::Response corsResponse(const RequestHead& head) {
  rpc::Response response;
  if (const auto headers = head.header("access-control-request-headers"); headers.data()) {
    response.headers.emplace_back("Access-Control-Allow-Headers", headers);
  }
  if (const auto method = head.header("access-control-request-method"); method.data()) {
    response.headers.emplace_back("Access-Control-Allow-Methods", method);
  }
  response.headers.emplace_back("Access-Control-Max-Age", kCorsSeconds);
  return response;
}

bool isJsonText(std::string_view text) {
  try {
    parseJson(text);
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

std::optional<Compression> compressionNamed(std::string_view content_encoding) {
  const std::string name = lowerCase(trim(content_encoding));
  if (name == "gzip") return Compression::kGzip;
  if (name == "deflate") return Compression::kDeflate;
  return std::nullopt;
}

// Decompresses the body by its Content-Encoding. Throws ApiError: as in DynamoDB, a body that cannot
// be decompressed is an internal error.
void decodeBody(const RequestHead& head, std::size_t limit, const rpc::Protocol& protocol, std::string& body) {
  if (head.content_encoding.empty() || head.content_encoding == "identity") return;
  const auto compression = compressionNamed(head.content_encoding);
  if (!compression) throw protocol.internalError();
  std::string decompressed;
  const auto failure = decompress(*compression, body, limit, decompressed);
  if (failure == DecompressionFailure::kTooLarge) {
    throw ApiError("RequestEntityTooLargeException",
                   "HTTP content length exceeded " + std::to_string(limit) + " bytes.", 413);
  }
  if (failure) throw protocol.internalError();
  body = std::move(decompressed);
}

std::map<std::string, std::string> queryParameters(std::string_view query) {
  std::map<std::string, std::string> parameters;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    if (parameter.empty()) continue;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const auto value = equals < parameter.size() ? parameter.substr(equals + 1) : std::string_view();
    const auto [found, is_new] = parameters.emplace(percentDecode(parameter.substr(0, equals)), percentDecode(value));
    if (!is_new) found->second += "\n" + percentDecode(value);
  }
  return parameters;
}

// The function's invocation that sent the request.
std::string causeOf(const RequestHead& head) {
  return std::string(rpc::causeOf(head.header(rpc::kTraceHeader), head.authorization));
}

std::map<std::string, std::string> headerMap(const RequestHead& head) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : head.headers) {
    headers.emplace(lowerCase(name), value);
  }
  return headers;
}

}  // namespace

Router::Router(std::string region, const CredentialsCheck& credentials, const OriginCheck& origins, Ids& ids,
               std::size_t body_limit, Faults* faults)
    : region_(std::move(region)),
      credentials_(credentials),
      origins_(origins),
      ids_(ids),
      body_limit_(body_limit),
      faults_(faults) {}

void Router::takeBody(const RequestHead& head, std::string&& body, RoutedRequest& route) const {
  const bool is_parsed =
      route.protocol && route.has_json_errors && !credentials_.isOn() && head.content_encoding.empty();
  if (route.error && is_parsed && !body.empty() && body.size() <= kParsedToReject && !isJsonText(body)) {
    route.error = serializationError("");
  }
  if (route.error) reject(route, *route.error);
  if (!route.handler) return;
  try {
    if (route.is_signed) credentials_.verify(head, body);
    decodeBody(head, body_limit_, *route.protocol, body);
    route.request.body = std::move(body);
    if (faults_ && faults_->wants(Fault::kThrottle)) throttle(head, route);
  } catch (const ApiError& error) {
    reject(route, error);
  }
}

// Throws ApiError.
void Router::throttle(const RequestHead& head, const RoutedRequest& route) const {
  const auto error = route.protocol->throttlingError(route.request.operation);
  if (!error) return;
  std::string identity;
  for (const std::string_view part : {head.method, head.path, head.query, head.amz_target}) {
    identity.append(part).append(1, '\n');
  }
  if (faults_->strike(Fault::kThrottle, identity + route.request.body)) throw *error;
}

std::optional<RoutedRequest> Router::rejectByHead(const RequestHead& head, const Entrance& entrance) const {
  RoutedRequest rejected = route(head, entrance, true);
  if (rejected.handler) return std::nullopt;
  if (!credentials_.isOn() && rejected.response.status != kForbidden) return std::nullopt;
  if (rejected.error) reject(rejected, *rejected.error);
  return rejected;
}

void Router::reject(RoutedRequest& route, const ApiError& error) const {
  route.handler = nullptr;
  route.response = route.protocol->encodeError(error);
}

RoutedRequest Router::route(const RequestHead& head, const Entrance& entrance, bool has_body) const {
  RoutedRequest route;
  route.request.request_id = ids_.requestId();
  route.request.listener = entrance.tag;
  if (!entrance.tag.empty() && isFromWebPage(head)) {
    route.response = plainResponse(kForbidden, "Forbidden: this address serves one program, and no web page.\n");
    return route;
  }
  if (entrance.checks_host && !isLoopbackHostHeader(head.host)) {
    route.response =
        plainResponse(kForbidden, "Forbidden: the Host header '" + std::string(head.host) +
                                      "' does not name this machine, and the server listens on loopback only. Use "
                                      "localhost or 127.0.0.1.\n");
    return route;
  }
  if (origins_.isForeign(head)) {
    const std::string origin = head.origin.data() ? std::string(head.origin) : "another site";
    route.response =
        plainResponse(kForbidden, "Forbidden: a page of " + origin +
                                      " may not use this server. To allow it, start with --cors-origin ORIGIN.\n");
    return route;
  }
  route.allow_origin = origins_.allowOriginHeader(head);
  route.expose_headers = kExposedHeaders;
  if (!entrance.only_api && head.method == "OPTIONS" && head.origin.data()) {
    route.response = corsResponse(head);
  } else if (!entrance.only_api && head.method == "POST" && head.amz_target.data() && !apis_.json().empty()) {
    routeJson(head, has_body, route);
  } else if (entrance.only_api || !otherService(head).empty() || !routeQuery(head, route)) {
    routeRest(head, entrance, has_body, route);
  }
  const bool is_unknown = !route.handler && (!route.error || route.error->type() == kUnknownOperation);
  if (is_unknown && !entrance.only_api) nameOtherService(head, route);
  return route;
}

void Router::nameOtherService(const RequestHead& head, RoutedRequest& route) const {
  const std::string_view service = otherService(head);
  if (service.empty()) return;
  route.error.reset();
  route.has_crc32 = false;
  route.response = notServed(service, head);
}

// The service that a request is signed for, if none of the APIs is that service's.
std::string_view Router::otherService(const RequestHead& head) const {
  const std::string_view service = signedService(head);
  const auto serves = [service](const auto* api) { return api->protocol().signingName() == service; };
  const bool is_served = std::ranges::any_of(apis_.json(), serves) || std::ranges::any_of(apis_.query(), serves) ||
                         std::ranges::any_of(apis_.rest(), serves);
  return is_served ? std::string_view() : service;
}

// Throws ApiError.
void Router::checkCredentials(const RequestHead& head, RoutedRequest& route) const {
  credentials_.checkForm(head);
  route.is_signed = credentials_.isOn();
  if (route.is_signed) credentials_.checkHead(head, route.protocol->signingName());
}

void Router::routeJson(const RequestHead& head, bool has_body, RoutedRequest& route) const {
  const std::string_view target = head.amz_target;
  const std::size_t dot = target.find('.');
  const bool has_operation = dot != std::string_view::npos;
  const rpc::JsonApi* api = has_operation ? apis_.findJson(target.substr(0, dot)) : nullptr;
  const rpc::JsonProtocol& protocol = (api ? api : apis_.json().front())->protocol();
  route.has_crc32 = protocol.hasCrc32();
  const std::string_view media_type = mediaType(head.content_type);
  if (has_body && !protocol.takes(media_type)) {
    route.response = unknownToFrontEnd();
    return;
  }
  route.protocol = &protocol;
  route.has_json_errors = true;
  if (media_type.starts_with("application/x-amz-json-")) route.content_type = protocol.contentType();

  const rpc::JsonApi::Operation* operation = api ? api->findOperation(target.substr(dot + 1)) : nullptr;
  try {
    if (!operation) throw ApiError(std::string(kUnknownOperation), "");
    checkCredentials(head, route);
  } catch (const ApiError& error) {
    route.error = error;
    return;
  }
  route.handler = &operation->handler;
  route.largest_answer = operation->largest_answer;
  route.waits = operation->waits;
  route.request.operation = target.substr(dot + 1);
  route.request.host = head.host;
  route.request.cause = causeOf(head);
}

// False: the request is for no query API.
bool Router::routeQuery(const RequestHead& head, RoutedRequest& route) const {
  const auto takes = [&, media_type = lowerCase(mediaType(head.content_type))](const rpc::QueryApi* api) {
    return api->takes(head.method, head.path, head.query, media_type);
  };
  const auto found = std::find_if(apis_.query().begin(), apis_.query().end(), takes);
  if (found == apis_.query().end()) return false;
  route.protocol = &(*found)->protocol();
  route.content_type = route.protocol->contentType();
  try {
    if (credentials_.isOn()) checkCredentials(head, route);
  } catch (const ApiError& error) {
    route.error = error;
    return true;
  }
  route.handler = &(*found)->handler();
  route.request.host = head.host;
  route.request.path = head.path;
  route.request.raw_query = head.query;
  route.request.cause = causeOf(head);
  return true;
}

bool Router::findRestRoute(const rpc::RestApi& api, const RequestHead& head, RoutedRequest& route,
                           bool& path_known) const {
  bool known = false;
  rpc::RestApi::Match match = api.find(head.method, head.path, known);
  path_known = path_known || known;
  if (!match.route) return false;
  route.handler = &match.route->handler;
  route.protocol = &api.protocol();
  route.expose_headers = kExposedRestHeaders;
  route.waits = match.route->waits;
  const std::string& streams_header = match.route->streams_header;
  route.streams = !streams_header.empty() && head.header(streams_header) == match.route->streams_value;
  route.content_type = api.protocol().contentType();
  route.request.operation = match.route->operation;
  route.request.parameters = std::move(match.parameters);
  return true;
}

void Router::routeRest(const RequestHead& head, const Entrance& entrance, bool has_body, RoutedRequest& route) const {
  bool found = false;
  bool path_known = false;
  if (entrance.only_api) {
    found = findRestRoute(*entrance.only_api, head, route, path_known);
  } else {
    const auto findIn = [&](const std::vector<const rpc::RestApi*>& apis) {
      return std::any_of(apis.begin(), apis.end(),
                         [&](const rpc::RestApi* api) { return findRestRoute(*api, head, route, path_known); });
    };
    route.outlasts = findIn(lasting_);
    found = route.outlasts || findIn(apis_.rest());
  }
  if (found) {
    try {
      if (credentials_.isOn() && !entrance.only_api) checkCredentials(head, route);
    } catch (const ApiError& error) {
      route.handler = nullptr;
      route.error = error;
      return;
    }
    route.request.method = head.method;
    route.request.query = queryParameters(head.query);
    route.request.headers = headerMap(head);
    route.request.cause = causeOf(head);
    return;
  }
  if (path_known) {
    route.response = plainResponse(405, "Method Not Allowed\n");
    return;
  }
  if (entrance.only_api) {
    route.response = plainResponse(404, "Not Found\n");
    return;
  }
  if (apis_.json().empty()) {
    route.response = unknownToFrontEnd();
    return;
  }
  const rpc::JsonProtocol& front = apis_.json().front()->protocol();
  route.has_crc32 = front.hasCrc32();
  if ((head.method == "GET" || head.method == "HEAD") && head.path == "/") {
    route.response = plainResponse(200, "healthy: " + front.signingName() + "." + region_ + ".amazonaws.com ");
    return;
  }
  const bool is_call = head.method == "POST" && (!has_body || rpc::isJsonMediaType(mediaType(head.content_type)));
  if (is_call && head.path == "/") return routeJson(head, has_body, route);
  route.response = unknownToFrontEnd();
}

}  // namespace ddblog::server
