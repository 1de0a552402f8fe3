#include "server/other_services.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/json_writer.h"
#include "base/text.h"

namespace ddblog::server {
namespace {

constexpr std::string_view kCode = "NotImplemented";
constexpr int kNotImplemented = 501;
constexpr std::size_t kLongestService = 63;  // ours; "secretsmanager" has 14

bool isServiceName(std::string_view text) {
  const auto isPart = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= kLongestService && std::ranges::all_of(text, isPart);
}

// The others have JSON, in one of its protocols.
bool hasXml(std::string_view service, const RequestHead& head) {
  constexpr std::array<std::string_view, 4> kWithRestXml = {"cloudfront", "route53", "s3", "s3control"};
  return std::ranges::find(kWithRestXml, service) != kWithRestXml.end() ||
         lowerCase(head.content_type).starts_with("application/x-www-form-urlencoded");
}

}  // namespace

std::string_view signedService(const RequestHead& head) {
  constexpr std::string_view kEnd = "/aws4_request";
  std::string_view scope = head.authorization;
  const std::size_t begin = scope.find("Credential=");
  if (!scope.starts_with("AWS4-HMAC-SHA256") || begin == std::string_view::npos) return {};
  scope = scope.substr(begin);
  scope = scope.substr(0, scope.find_first_of(", "));
  if (!scope.ends_with(kEnd)) return {};
  scope.remove_suffix(kEnd.size());
  const std::string_view service = scope.substr(scope.rfind('/') + 1);
  return isServiceName(service) ? service : std::string_view();
}

rpc::Response notServed(std::string_view service, const RequestHead& head) {
  const std::string message = "dynamodb-log does not serve " + std::string(service) +
                              ". AWS_ENDPOINT_URL leads all services to it; AWS_ENDPOINT_URL_DYNAMODB and the like "
                              "lead one.";
  rpc::Response response;
  response.status = kNotImplemented;
  response.headers.emplace_back("x-amzn-ErrorType", kCode);
  if (!hasXml(service, head)) {
    response.content_type = "application/x-amz-json-1.0";
    JsonWriter(response.body).beginObject().key("__type").value(kCode).key("message").value(message).endObject();
    return response;
  }
  response.content_type = "text/xml";
  if (head.method == "HEAD") return response;
  const std::string error = "<Code>" + std::string(kCode) + "</Code><Message>" + message + "</Message></Error>";
  response.body =
      service == "s3" ? "<Error>" + error : "<ErrorResponse><Error><Type>Sender</Type>" + error + "</ErrorResponse>";
  return response;
}

}  // namespace ddblog::server
