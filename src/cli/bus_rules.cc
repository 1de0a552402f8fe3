#include "cli/bus_rules.h"

#include <string_view>

#include "aws/pages.h"
#include "base/json_fields.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kMostPages = 1000;  // ours; of 100 rules each

json::object called(Transport& transport, std::string_view operation, const json::object& request) {
  return parseJson(transport.call(Api::kEventBridge, operation, json::serialize(request))).as_object();
}

// All pages of a list.
std::vector<json::object> listed(Transport& transport, std::string_view operation, json::object request,
                                 std::string_view member) {
  std::vector<json::object> found;
  aws::forEachPage("The list " + std::string(operation) + " of AWS", kMostPages, [&](const std::string& token) {
    if (!token.empty()) request["NextToken"] = token;
    const json::object page = called(transport, operation, request);
    for (const json::value& one : page.at(member).as_array()) found.push_back(one.as_object());
    return textOf(page, "NextToken");
  });
  return found;
}

}  // namespace

std::vector<json::object> rulesOfBus(Transport& transport, const std::string& bus) {
  return listed(transport, "ListRules", {{"EventBusName", bus}}, "Rules");
}

std::vector<json::object> targetsOfRule(Transport& transport, const std::string& bus, const std::string& rule) {
  return listed(transport, "ListTargetsByRule", {{"EventBusName", bus}, {"Rule", rule}}, "Targets");
}

std::string busArn(Transport& transport, const std::string& bus) {
  return textOf(called(transport, "DescribeEventBus", {{"Name", bus}}), "Arn");
}

std::vector<json::object> archivesOfBus(Transport& transport, const std::string& bus_arn) {
  std::vector<json::object> archives;
  for (const json::object& one : listed(transport, "ListArchives", {{"EventSourceArn", bus_arn}}, "Archives")) {
    archives.push_back(called(transport, "DescribeArchive", {{"ArchiveName", textOf(one, "ArchiveName")}}));
  }
  return archives;
}

bool changesEvent(const json::object& target) {
  return target.contains("Input") || target.contains("InputPath") || target.contains("InputTransformer");
}

}  // namespace ddblog::cli
