#include "cli/bus_rules.h"

#include "aws/pages.h"
#include "base/json_fields.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kMostRulePages = 1000;  // ours; of 100 rules each

}  // namespace

std::vector<json::object> rulesOfBus(Transport& transport, const std::string& bus) {
  json::object request{{"EventBusName", bus}};
  std::vector<json::object> rules;
  aws::forEachPage("The list of the rules of " + bus, kMostRulePages, [&](const std::string& token) {
    if (!token.empty()) request["NextToken"] = token;
    const json::object page =
        parseJson(transport.call(Api::kEventBridge, "ListRules", json::serialize(request))).as_object();
    for (const json::value& rule : page.at("Rules").as_array()) rules.push_back(rule.as_object());
    return textOf(page, "NextToken");
  });
  return rules;
}

}  // namespace ddblog::cli
