#include "aws/client.h"

#include <algorithm>
#include <array>

#include "aws/limits.h"
#include "base/digests.h"
#include "base/json.h"
#include "base/thread_annotations.h"

namespace ddblog::aws {

namespace {

constexpr std::string_view kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

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

bool isThrottling(const ServiceError& error) {
  return error.status() == 429 || std::find(kThrottling.begin(), kThrottling.end(), error.type()) != kThrottling.end();
}

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

std::string xmlElement(std::string_view body, std::string_view name) {
  const std::string open = '<' + std::string(name) + '>';
  const std::size_t start = body.find(open);
  const std::size_t end = body.find("</" + std::string(name) + '>', start == std::string_view::npos ? 0 : start);
  if (start == std::string_view::npos || end == std::string_view::npos) return {};
  return std::string(body.substr(start + open.size(), end - start - open.size()));
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
    if (type.empty()) type = xmlElement(response.body, "Code");
    message = xmlElement(response.body, "Message");
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
  return ServiceError(type, message, response.status, request_id, response.body, attempts);
}

std::string queryText(const std::vector<std::pair<std::string, std::string>>& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    if (!text.empty()) text += '&';
    text.append(percentEncode(name)).append("=").append(percentEncode(value));
  }
  return text;
}

// Adds Authorization and the other headers that signing needs.
void sign(const Service& service, const Endpoint& endpoint, const Credentials& credentials, Timestamp now,
          std::string_view path, std::string_view query, SigningKeys& keys, HttpRequest& request) {
  const std::string amz_date = amzDate(now);
  const Scope scope{amz_date.substr(0, 8), endpoint.region, std::string(service.signing_name)};
  request.headers.emplace_back("X-Amz-Date", amz_date);
  const std::string credential = "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id + '/' + scope.text();
  if (credentials.dummy) {
    request.headers.emplace_back("Authorization", credential + ", SignedHeaders=host;x-amz-date, Signature=0");
    return;
  }
  if (!credentials.session_token.empty()) {
    request.headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  const std::string payload_hash = request.body.empty() ? std::string(kEmptyHash) : sha256Hex(request.body);
  const bool is_s3 = service.signing_name == "s3";
  if (is_s3) request.headers.emplace_back("X-Amz-Content-Sha256", payload_hash);
  CanonicalInput input{request.method,  path,         query,
                       request.headers, payload_hash, is_s3 ? PathForm::kAsSent : PathForm::kNormalised};
  input.headers.emplace_back("host", endpoint.hostHeader());
  const Canonical canonical = canonicalise(input);
  const std::string signed_with =
      signature(keys.key(credentials.secret_access_key, scope), stringToSign(amz_date, scope, canonical.request));
  request.headers.emplace_back(
      "Authorization", credential + ", SignedHeaders=" + canonical.signed_headers + ", Signature=" + signed_with);
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

ServiceError::ServiceError(std::string type, std::string message, int status, std::string request_id, std::string body,
                           int attempts)
    : type_(std::move(type)),
      message_(std::move(message)),
      status_(status),
      request_id_(std::move(request_id)),
      body_(std::move(body)),
      attempts_(attempts),
      what_(message_.empty() ? type_ : type_ + ": " + message_) {}

Session::Session(ClientOptions options, Clock& clock, Ids& ids, Environment environment, Waiter waiter)
    : options_(std::move(options)),
      clock_(clock),
      ids_(ids),
      environment_(std::move(environment)),
      waiter_(waiter ? std::move(waiter) : waiterOn(clock)),
      profiles_(ProfileFiles::load(environment_, options_.profile)),
      http_(Proxies(environment_), findCaFile(environment_, profiles_)),
      chain_(environment_, profiles_, !options_.profile.empty(), http_, clock) {}

Endpoint Session::endpoint(const Service& service) const {
  return findEndpoint(service, options_.endpoint_url, options_.region, environment_, profiles_);
}

void Session::waitBeforeAttempt(int attempt, bool throttled) {
  const auto base = throttled ? limits::kClientThrottleDelay : limits::kClientDelay;
  const Duration grown = base * (1LL << std::min(attempt - 2, 20));
  const Duration most = std::min<Duration>(grown, limits::kClientDelayMost);
  waiter_(Duration(ids_.number() % static_cast<std::uint64_t>(most.count() + 1)));
}

Client::Client(Session& session, const Service& service)
    : session_(session), service_(service), endpoint_(session.endpoint(service)) {}

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
  for (int number = 1;; ++number) {
    bool throttled = false;
    try {
      HttpResponse response = attempt(request);
      times_sent += response.times_sent;
      if (response.status < 400) return response;
      const ServiceError error = toServiceError(response, times_sent);
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
  return session_.http().send(http);
}

}  // namespace ddblog::aws
