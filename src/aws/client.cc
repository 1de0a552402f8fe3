#include "aws/client.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "aws/limits.h"
#include "aws/signing.h"
#include "aws/xml.h"
#include "base/json.h"
#include "base/thread_annotations.h"

namespace ddblog::aws {

namespace {

// The errors that mean "too much at once" in the SDKs' standard retry mode.
constexpr std::array kThrottling = {std::string_view("BandwidthLimitExceeded"),
                                    std::string_view("EC2ThrottledException"),
                                    std::string_view("PriorRequestNotComplete"),
                                    std::string_view("ProvisionedThroughputExceededException"),
                                    std::string_view("RequestLimitExceeded"),
                                    std::string_view("RequestThrottled"),
                                    std::string_view("RequestThrottledException"),
                                    std::string_view("SlowDown"),
                                    std::string_view("ThrottledException"),
                                    std::string_view("Throttling"),
                                    std::string_view("ThrottlingException"),
                                    std::string_view("TooManyRequestsException"),
                                    std::string_view("TransactionInProgressException")};

bool isTransient(const ServiceError& error) {
  const int status = error.status();
  return status == 500 || status == 502 || status == 503 || status == 504 || error.type() == "RequestTimeout" ||
         error.type() == "RequestTimeoutException";
}

std::string headerOf(const HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? std::string() : found->second;
}

// "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException:http://…" becomes
// "ResourceNotFoundException".
std::string shortType(std::string_view type) {
  type = type.substr(0, type.find(':'));
  const std::size_t hash = type.rfind('#');
  return std::string(hash == std::string_view::npos ? type : type.substr(hash + 1));
}

// In the query protocol, Error stands in an element ErrorResponse; in S3's, it is the document.
void readXmlError(const std::string& body, std::string& type, std::string& message) {
  try {
    const XmlElement document = parseXml(body);
    const XmlElement* error = document.name == "Error" ? &document : document.find("Error");
    if (!error) return;
    if (type.empty()) type = error->textOf("Code");
    message = error->textOf("Message");
  } catch (const std::invalid_argument&) {
    message = body.substr(0, 200);  // a proxy's page
  }
}

std::string member(const json::object& object, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const json::value* value = object.if_contains(name); value && value->is_string()) {
      return std::string(value->get_string());
    }
  }
  return {};
}

ServiceError toServiceError(const HttpResponse& response, int attempts) {
  std::string type = headerOf(response, "x-amzn-errortype");
  std::string message;
  if (response.body.starts_with('<')) {
    readXmlError(response.body, type, message);
  } else if (!response.body.empty()) {
    try {
      const json::value body = parseJson(response.body);
      if (const json::object* object = body.if_object()) {
        if (type.empty()) type = member(*object, {"__type", "code", "Code"});
        message = member(*object, {"message", "Message", "errorMessage"});
      }
    } catch (const std::invalid_argument&) {
      message = response.body.substr(0, 200);  // not the service's; a proxy's message may still help
    }
  }
  type = shortType(type);
  if (type.empty()) type = "HTTP " + std::to_string(response.status);
  std::string request_id = headerOf(response, "x-amzn-requestid");
  if (request_id.empty()) request_id = headerOf(response, "x-amz-request-id");
  return ServiceError(type, message, response.status, request_id, response.body, attempts, response.headers);
}

std::string queryText(const std::vector<std::pair<std::string, std::string>>& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    if (!text.empty()) text += '&';
    text.append(percentEncode(name)).append("=").append(percentEncode(value));
  }
  return text;
}

// The credentials were valid once. What fetched them may have new ones.
bool isExpired(const ServiceError& error) {
  return error.type() == "ExpiredToken" || error.type() == "ExpiredTokenException" || error.type() == "RequestExpired";
}

// Within a function of Lambda: the trace id of its invocation, which every request sends, as AWS's SDKs do.
// nullptr: elsewhere. It is not configuration, so it comes from the process and not from the session's Environment.
const char* traceIdOfInvocation() {
  return std::getenv("AWS_LAMBDA_FUNCTION_NAME") ? std::getenv("_X_AMZN_TRACE_ID") : nullptr;
}

Session::Waiter waiterOn(Clock& clock) {
  return [&clock](Duration delay) {
    Mutex mutex;
    CondVar never;
    MutexLock lock(mutex);
    const RunningTime until = clock.runningTime() + delay;
    while (clock.runningTime() < until) clock.wait(lock, never, until);
  };
}

}  // namespace

bool isThrottling(const ServiceError& error) {
  return error.status() == 429 || std::find(kThrottling.begin(), kThrottling.end(), error.type()) != kThrottling.end();
}

ServiceError::ServiceError(std::string type, std::string message, int status, std::string request_id, std::string body,
                           int attempts, std::map<std::string, std::string> headers)
    : type_(std::move(type)),
      message_(std::move(message)),
      status_(status),
      request_id_(std::move(request_id)),
      body_(std::move(body)),
      attempts_(attempts),
      headers_(std::move(headers)),
      what_(message_.empty() ? type_ : type_ + ": " + message_) {}

Session::Session(ClientOptions options, Clock& clock, Ids& ids, Environment environment, Waiter waiter)
    : options_(std::move(options)),
      clock_(clock),
      ids_(ids),
      environment_(std::move(environment)),
      waiter_(waiter ? std::move(waiter) : waiterOn(clock)),
      profiles_(ProfileFiles::load(environment_, options_.profile)),
      http_(Proxies(environment_), findCaFile(environment_, profiles_)),
      chain_(environment_, profiles_, !options_.profile.empty(), http_, clock, options_.region) {}

std::string ServiceError::header(const std::string& name) const {
  const auto found = headers_.find(name);
  return found == headers_.end() ? std::string() : found->second;
}

Endpoint Session::endpoint(const Service& service, const std::string& region) const {
  return findEndpoint(service, options_.endpoint_url, region.empty() ? options_.region : region, environment_,
                      profiles_);
}

void Session::waitBeforeAttempt(int attempt, bool throttled) {
  const auto base = throttled ? limits::kClientThrottleDelay : limits::kClientDelay;
  const Duration grown = base * (1LL << std::min(attempt - 2, 20));
  const Duration most = std::min<Duration>(grown, limits::kClientDelayMost);
  waiter_(Duration(ids_.number() % static_cast<std::uint64_t>(most.count() + 1)));
}

Client::Client(Session& session, const Service& service, const std::string& region)
    : session_(session), service_(service), endpoint_(session.endpoint(service, region)) {}

std::string Client::call(std::string_view operation, std::string_view body) const {
  RestRequest request;
  request.method = "POST";
  request.body = body;
  request.headers.emplace_back("Content-Type", service_.content_type);
  request.headers.emplace_back("X-Amz-Target", std::string(service_.target_prefix) + '.' + std::string(operation));
  return send(request).body;
}

HttpResponse Client::send(const RestRequest& request) const {
  const int attempts = std::max(1, session_.options().attempts);
  int times_sent = 0;
  bool has_renewed = false;
  for (int number = 1;; ++number) {
    bool throttled = false;
    try {
      HttpResponse response = attempt(request);
      times_sent += response.times_sent;
      if (response.status < 400) return response;
      const ServiceError error = toServiceError(response, times_sent);
      if (isExpired(error) && !has_renewed && session_.renewCredentials(endpoint_)) {
        has_renewed = true;
        continue;
      }
      throttled = isThrottling(error);
      if (number >= attempts || !(throttled || isTransient(error))) throw error;
    } catch (const ConnectionError&) {
      ++times_sent;
      if (number >= attempts) throw;
    }
    session_.waitBeforeAttempt(number + 1, throttled);
  }
}

HttpResponse Client::attempt(const RestRequest& request) const {
  HttpRequest http;
  http.method = request.method;
  http.headers = request.headers;
  http.body = request.body;
  http.connect_timeout = session_.options().connect_timeout;
  http.timeout = session_.options().timeout;
  const std::string path = endpoint_.base_path + request.path;
  const std::string query = queryText(request.query);
  http.url = endpoint_.scheme + "://" + endpoint_.hostHeader() + path + (query.empty() ? "" : '?' + query);
  sign(service_, endpoint_, session_.credentials(endpoint_), session_.clock().now(), path, query,
       session_.signingKeys(), http);
  // Not signed: a proxy may change it.
  if (const char* trace_id = traceIdOfInvocation()) http.headers.emplace_back("X-Amzn-Trace-Id", trace_id);
  return session_.http().send(http);
}

}  // namespace ddblog::aws
