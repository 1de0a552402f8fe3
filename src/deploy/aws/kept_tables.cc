#include "deploy/aws/kept_tables.h"

#include <stdexcept>

#include "aws/json_response.h"
#include "aws/pages.h"
#include "base/json_fields.h"

namespace ddblog::deploy {
namespace {

constexpr Duration kLook{1000};
constexpr int kMostLooks = 600;            // ours
constexpr std::size_t kMostTagPages = 20;  // ours; a table has at most 50 tags
constexpr std::string_view kStackTag = "aws:cloudformation:stack-name";

std::string nameRequest(const std::string& name) { return json::serialize(json::object{{"TableName", name}}); }

// The name of the stack that has a table; empty: none.
std::string ownerOf(const aws::QueryClient& stacks, const std::string& table) {
  try {
    const auto result = stacks.call("DescribeStackResources", {{"PhysicalResourceId", table}});
    const auto& resources = result.listOf("StackResources");
    return resources.empty() ? "" : resources.front().textOf("StackName");
  } catch (const aws::ServiceError& error) {
    const bool is_absent =
        error.type() == "ValidationError" && error.message().find("does not exist") != std::string::npos;
    if (is_absent) return {};
    throw;
  }
}

}  // namespace

std::optional<KeptTable> describeTable(const aws::Client& dynamodb, const std::string& name) {
  try {
    const json::object answer = aws::parseResponse(dynamodb.call("DescribeTable", nameRequest(name)));
    const json::object& table = answer.at("Table").as_object();
    const json::value* items = table.if_contains("ItemCount");
    const json::value* is_protected = table.if_contains("DeletionProtectionEnabled");
    return KeptTable{name, textOf(table, "TableArn"), items && items->is_int64() ? items->get_int64() : 0,
                     is_protected && is_protected->is_bool() && is_protected->get_bool()};
  } catch (const aws::ServiceError& error) {
    if (error.type() == "ResourceNotFoundException") return std::nullopt;
    throw;
  }
}

bool isLeftBy(const aws::Client& dynamodb, const aws::QueryClient& stacks, const KeptTable& table,
              const std::string& stack) {
  if (const std::string owner = ownerOf(stacks, table.name); !owner.empty()) {
    throw std::runtime_error("The table " + table.name + " belongs to the stack " + owner + ": it is not removed.");
  }
  bool is_of_stack = false;
  aws::forEachPage("The list of the tags of " + table.name, kMostTagPages, [&](const std::string& token) {
    json::object request{{"ResourceArn", table.arn}};
    if (!token.empty()) request["NextToken"] = token;
    const json::object answer = aws::parseResponse(dynamodb.call("ListTagsOfResource", json::serialize(request)));
    const json::value* tags = memberOf(answer, "Tags");
    for (const json::value& tag : tags && tags->is_array() ? tags->get_array() : json::array()) {
      if (!tag.is_object() || textOf(tag.get_object(), "Key") != kStackTag) continue;
      is_of_stack = textOf(tag.get_object(), "Value") == stack;
      return std::string();
    }
    return textOf(answer, "NextToken");
  });
  return is_of_stack;
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
