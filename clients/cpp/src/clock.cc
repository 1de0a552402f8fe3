#include "ddblog/clock.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "aws/environment.h"
#include "aws/http/http_client.h"
#include "aws/json_response.h"
#include "aws/signing.h"
#include "base/clock.h"
#include "base/json_fields.h"
#include "ddblog/errors.h"

namespace ddblog {
namespace {

constexpr std::chrono::seconds kClockTimeout{10};
constexpr std::string_view kClockPath = "/_local/clock";
// Routes below /_local are signed like those of an API in API Gateway.
constexpr aws::Service kLocalApi{"execute-api", "execute-api", "execute_api", "", "application/json"};

std::string variableOr(const aws::Environment& environment, const char* name, const std::string& otherwise) {
  const std::string value = environment(name).value_or("");
  return value.empty() ? otherwise : value;
}

// The time that the cloud has answered; none if it is no offline cloud.
std::optional<Timestamp> timeIn(const aws::HttpResponse& response) {
  if (response.status != 200) return std::nullopt;
  try {
    return fromIso8601(textOf(aws::parseResponse(response.body), "now"));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<Timestamp> ask(const aws::Endpoint& endpoint, const aws::Environment& environment,
                             Timestamp machine_time) {
  aws::Credentials credentials;
  credentials.access_key_id = variableOr(environment, "AWS_ACCESS_KEY_ID", "local");
  credentials.secret_access_key = variableOr(environment, "AWS_SECRET_ACCESS_KEY", "local");
  credentials.session_token = variableOr(environment, "AWS_SESSION_TOKEN", "");
  aws::HttpRequest request{.method = "GET", .url = endpoint.url() + std::string(kClockPath), .headers = {}};
  request.connect_timeout = request.timeout = kClockTimeout;
  aws::SigningKeys keys;
  aws::sign(kLocalApi, endpoint, credentials, machine_time, endpoint.base_path + std::string(kClockPath), "", keys,
            request);
  aws::HttpClient client;  // without a proxy: the cloud is near
  try {
    return timeIn(client.send(request));
  } catch (const aws::ConnectionError& error) {
    throw NotReachable(error.what());
  }
}

aws::Endpoint endpointOf(const std::string& url, const aws::Environment& environment) {
  try {
    aws::Endpoint endpoint = aws::parseEndpoint(url);
    endpoint.region = variableOr(environment, "AWS_REGION", variableOr(environment, "AWS_DEFAULT_REGION", "us-east-1"));
    return endpoint;
  } catch (const std::invalid_argument& invalid) {
    throw ConfigurationError(invalid.what());
  }
}

}  // namespace

std::chrono::sys_time<std::chrono::milliseconds> now() {
  const aws::Environment environment = aws::systemEnvironment();
  const AdjustableClock machine;
  const Timestamp machine_time = machine.now();
  const std::string url =
      variableOr(environment, "AWS_ENDPOINT_URL", variableOr(environment, "AWS_ENDPOINT_URL_DYNAMODB", ""));
  if (url.empty()) return machine_time;
  return ask(endpointOf(url, environment), environment, machine_time).value_or(machine_time);
}

}  // namespace ddblog
