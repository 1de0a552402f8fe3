#include "deploy/aws/kept_tables.h"

#include <stdexcept>

#include "aws/json_response.h"
#include "base/json.h"

namespace ddblog::deploy {
namespace {

constexpr Duration kLook{1000};
constexpr int kMostLooks = 600;  // ours

std::string nameRequest(const std::string& name) { return json::serialize(json::object{{"TableName", name}}); }

}  // namespace

std::optional<KeptTable> describeTable(const aws::Client& dynamodb, const std::string& name) {
  try {
    const json::object answer = aws::parseResponse(dynamodb.call("DescribeTable", nameRequest(name)));
    const json::object& table = answer.at("Table").as_object();
    const json::value* items = table.if_contains("ItemCount");
    const json::value* is_protected = table.if_contains("DeletionProtectionEnabled");
    return KeptTable{name, items && items->is_int64() ? items->get_int64() : 0,
                     is_protected && is_protected->is_bool() && is_protected->get_bool()};
  } catch (const aws::ServiceError& error) {
    if (error.type() == "ResourceNotFoundException") return std::nullopt;
    throw;
  }
}

void deleteTable(const aws::Client& dynamodb, const std::string& name, const Waiting& waiting) {
  try {
    dynamodb.call("DeleteTable", nameRequest(name));
  } catch (const aws::ServiceError& error) {
    if (error.type() != "ResourceNotFoundException") throw;
  }
  for (int look = 0; look < kMostLooks; ++look) {
    if (!describeTable(dynamodb, name)) return;
    waiting.pause(kLook);
  }
  throw std::runtime_error("The table " + name + " is still being deleted.");
}

}  // namespace ddblog::deploy
