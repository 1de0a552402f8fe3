#include "aws/json_client.h"

#include <string>

#include "aws/json_response.h"

namespace ddblog::aws {

json::object callJson(const Client& client, std::string_view operation, const json::object& request) {
  const std::string response = client.call(operation, json::serialize(request));
  return response.empty() ? json::object() : parseResponse(response);
}

}  // namespace ddblog::aws
