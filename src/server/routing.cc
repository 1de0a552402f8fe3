#include "server/routing.h"

#include "aws/endpoint.h"
#include "aws/sigv4.h"
#include "base/api_error.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/text.h"

namespace ddblog::server {

namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kJson10 = "application/x-amz-json-1.0";
constexpr std::string_view kJson11 = "application/x-amz-json-1.1";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kCorsSeconds = "172800";

// "application/json; charset=utf-8" is "application/json".
std::string_view mediaType(std::string_view content_type) {
  return trim(content_type.substr(0, content_type.find(';')));
}

bool isAnyJson(std::string_view media_type) {
  return media_type == kJson10 || media_type == kJson11 || media_type == kJson;
}

rpc::Answer plainAnswer(int status, std::string body) {
  rpc::Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  answer.content_type = kPlainText;
  return answer;
}

// What AWS's front end says to what is no call at all.
rpc::Answer unknownToFrontEnd() {
  rpc::Answer answer;
  answer.status = 404;
  answer.body = "<UnknownOperationException/>\n";
  return answer;
}

rpc::Answer corsAnswer(const RequestHead& head) {
  rpc::Answer answer;
  if (const auto headers = head.header("access-control-request-headers"); headers.data()) {
    answer.headers.emplace_back("Access-Control-Allow-Headers", headers);
  }
  if (const auto method = head.header("access-control-request-method"); method.data()) {
    answer.headers.emplace_back("Access-Control-Allow-Methods", method);
  }
  answer.headers.emplace_back("Access-Control-Max-Age", kCorsSeconds);
  return answer;
}

bool isJsonText(std::string_view text) {
  try {
    parseJson(text);
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

// Undoes Content-Encoding. Throws ApiError.
void decodeBody(const RequestHead& head, std::size_t limit, std::string& body) {
  if (head.content_encoding.empty() || head.content_encoding == "identity") return;
  if (head.content_encoding != "gzip") {
    throw ApiError("UnsupportedMediaTypeException", "Content-Encoding is not supported.", 415);
  }
  std::string inflated;
  const auto failure = gunzip(body, limit, inflated);
  if (failure == GunzipFailure::kTooLarge) {
    throw ApiError("RequestEntityTooLargeException",
                   "HTTP content length exceeded " + std::to_string(limit) + " bytes.", 413);
  }
  if (failure) throw serializationError("");
  body = std::move(inflated);
}

// The service that a JSON protocol's credentials are scoped to.
std::string_view signingName(const rpc::JsonProtocol& protocol) {
  return protocol.target_prefix == "AWSEvents" ? "events" : "dynamodb";
}

std::map<std::string, std::string> queryParameters(std::string_view query) {
  std::map<std::string, std::string> parameters;
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
    if (parameter.empty()) continue;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const auto value = equals < parameter.size() ? parameter.substr(equals + 1) : std::string_view();
    parameters.emplace(percentDecode(parameter.substr(0, equals)), percentDecode(value));
  }
  return parameters;
}

std::map<std::string, std::string> headerMap(const RequestHead& head) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : head.headers) {
    headers.emplace(lowerCase(name), value);
  }
  return headers;
}

}  // namespace

bool isLoopbackHostHeader(std::string_view host) {
  if (host.empty()) return true;  // HTTP/1.0, and tools; a browser always sends one
  if (host.front() == '[') return host.substr(0, host.find(']') + 1) == "[::1]";
  return aws::isLoopbackHost(host.substr(0, host.find(':')));
}

bool isOwnOrigin(std::string_view origin, std::string_view host) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;  // "null": a sandboxed page, a file
  const std::string_view authority = origin.substr(scheme + 3);
  return !authority.empty() && (authority == host || isLoopbackHostHeader(authority));
}

Router::Router(std::string region, const CredentialsCheck& credentials, Ids& ids, std::size_t body_limit)
    : region_(std::move(region)), credentials_(credentials), ids_(ids), body_limit_(body_limit) {}

void Router::add(const rpc::JsonService& service) { json_services_.push_back(&service); }
void Router::add(const rpc::RestService& service) { rest_services_.push_back(&service); }

Route Router::find(const RequestHead& head, std::string&& body, const Entrance& entrance) const {
  Route route;
  route.request.request_id = ids_.requestId();
  route.request.listener = entrance.tag;
  if (entrance.checks_host && !isLoopbackHostHeader(head.host)) {
    route.answer = plainAnswer(403, "Forbidden: the Host header '" + std::string(head.host) +
                                        "' does not name this machine, and the server listens on loopback only. Use "
                                        "localhost or 127.0.0.1.\n");
    return route;
  }
  if (entrance.only_service) return findRest(head, std::move(body), entrance, std::move(route));
  if (head.method == "OPTIONS" && head.origin.data()) {
    route.answer = corsAnswer(head);
    return route;
  }
  if (head.method == "POST" && head.amz_target.data()) return findJson(head, std::move(body), std::move(route));
  return findRest(head, std::move(body), entrance, std::move(route));
}

const rpc::JsonService* Router::jsonService(std::string_view target, std::string_view& operation) const {
  const std::size_t dot = target.find('.');
  if (dot == std::string_view::npos) return nullptr;
  operation = target.substr(dot + 1);
  for (const rpc::JsonService* service : json_services_) {
    if (service->protocol().target_prefix == target.substr(0, dot)) return service;
  }
  return nullptr;
}

Route Router::findJson(const RequestHead& head, std::string&& body, Route route) const {
  if (json_services_.empty()) {
    route.answer = unknownToFrontEnd();
    return route;
  }
  std::string_view operation;
  const rpc::JsonService* service = jsonService(head.amz_target, operation);
  // What names no service is refused as the first one (DynamoDB) would.
  const rpc::JsonProtocol& protocol = (service ? service : json_services_.front())->protocol();
  const bool is_json_1_0 = protocol.content_type == kJson10;
  route.has_crc32 = is_json_1_0;
  const std::string_view media_type = mediaType(head.content_type);
  const bool fits = is_json_1_0 ? media_type == kJson10 || media_type == kJson : isAnyJson(media_type);
  if (!body.empty() && !fits) {
    route.answer = unknownToFrontEnd();
    return route;
  }
  route.wording.json = &protocol;
  if (media_type == kJson10 || media_type == kJson11) route.wording.content_type = protocol.content_type;

  const rpc::Handler* handler = service ? service->find(operation) : nullptr;
  bool is_decoded = false;
  try {
    if (!handler) throw ApiError("UnknownOperationException", "");
    credentials_.checkForm(head);
    if (credentials_.isOn()) credentials_.verify(head, body, signingName(protocol));
    decodeBody(head, body_limit_, body);
    is_decoded = true;
  } catch (const ApiError& refused) {
    bool is_json = true;
    if (!is_decoded && !body.empty() && head.content_encoding.empty()) is_json = isJsonText(body);
    route.answer = wordRefusal(route.wording, is_json ? refused : serializationError(""));
    return route;
  }
  route.handler = handler;
  route.request.operation = operation;
  route.request.body = std::move(body);
  return route;
}

bool Router::findRestRoute(const rpc::RestService& service, const RequestHead& head, Route& route,
                           bool& path_known) const {
  bool known = false;
  rpc::RestService::Match match = service.find(head.method, head.path, known);
  path_known = path_known || known;
  if (!match.route) return false;
  route.handler = &match.route->handler;
  route.request.operation = match.route->operation;
  route.request.parameters = std::move(match.parameters);
  return true;
}

Route Router::findRest(const RequestHead& head, std::string&& body, const Entrance& entrance, Route route) const {
  bool found = false;
  bool path_known = false;
  if (entrance.only_service) {
    found = findRestRoute(*entrance.only_service, head, route, path_known);
  } else {
    for (const rpc::RestService* service : rest_services_) {
      found = findRestRoute(*service, head, route, path_known);
      if (found) break;
    }
  }
  // A browser sends a simple POST of any page without asking first; what has no X-Amz-Target and no signature would be
  // carried out.
  const bool is_signed = credentials_.isOn() && !entrance.only_service;
  if (found && !is_signed && head.origin.data() && !isOwnOrigin(head.origin, head.host)) {
    route.handler = nullptr;
    route.answer =
        plainAnswer(403, "Forbidden: this is not for pages of other sites (" + std::string(head.origin) + ").\n");
    return route;
  }
  if (found) {
    try {
      if (is_signed) {
        credentials_.checkForm(head);
        credentials_.verify(head, body, {});
      }
      decodeBody(head, body_limit_, body);
    } catch (const ApiError& refused) {
      route.handler = nullptr;
      route.answer = wordRefusal(route.wording, refused);
      return route;
    }
    route.request.method = head.method;
    route.request.query = queryParameters(head.query);
    route.request.headers = headerMap(head);
    route.request.body = std::move(body);
    return route;
  }
  if (path_known) {
    route.answer = plainAnswer(405, "Method Not Allowed\n");
    return route;
  }
  if (entrance.only_service) {
    route.answer = plainAnswer(404, "Not Found\n");
    return route;
  }
  route.has_crc32 = true;
  if ((head.method == "GET" || head.method == "HEAD") && head.path == "/") {
    route.answer = plainAnswer(200, "healthy: dynamodb." + region_ + ".amazonaws.com ");
    return route;
  }
  const bool is_call = head.method == "POST" && (body.empty() || isAnyJson(mediaType(head.content_type)));
  if (is_call && head.path == "/") return findJson(head, std::move(body), std::move(route));
  route.answer = unknownToFrontEnd();
  return route;
}

}  // namespace ddblog::server
