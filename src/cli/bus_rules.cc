#include "cli/bus_rules.h"

#include "base/json_fields.h"

namespace ddblog::cli {

std::vector<json::object> rulesOfBus(Transport& transport, const std::string& bus) {
  json::object request{{"EventBusName", bus}};
  std::vector<json::object> rules;
  for (;;) {
    const json::object page =
        parseJson(transport.call(Api::kEventBridge, "ListRules", json::serialize(request))).as_object();
    for (const json::value& rule : page.at("Rules").as_array()) rules.push_back(rule.as_object());
    const std::string token = textOf(page, "NextToken");
    if (token.empty()) return rules;
    request["NextToken"] = token;
  }
}

}  // namespace ddblog::cli
