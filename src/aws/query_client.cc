#include "aws/query_client.h"

#include <stdexcept>

namespace ddblog::aws {

std::string encodeQuery(std::string_view action, std::string_view version, const QueryParameters& parameters) {
  std::string form = "Action=" + percentEncode(action) + "&Version=" + percentEncode(version);
  for (const auto& [name, value] : parameters) {
    form.append("&").append(percentEncode(name)).append("=").append(percentEncode(value));
  }
  return form;
}

XmlElement resultOf(std::string_view action, std::string_view answer) {
  const std::string name(action);
  try {
    const XmlElement response = parseXml(answer);
    if (response.name == name + "Response") {
      const XmlElement* result = response.find(name + "Result");
      return result ? *result : XmlElement{name + "Result", {}};
    }
  } catch (const std::invalid_argument&) {
  }
  throw std::runtime_error("The service's answer to " + name + " is not one: " + std::string(answer.substr(0, 200)));
}

XmlElement QueryClient::call(std::string_view action, const QueryParameters& parameters) const {
  const std::string form = encodeQuery(action, version_, parameters);
  const HttpResponse response =
      client_.send({.method = "POST", .headers = {{"Content-Type", std::string(kFormContentType)}}, .body = form});
  return resultOf(action, response.body);
}

}  // namespace ddblog::aws
