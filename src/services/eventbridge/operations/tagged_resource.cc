#include "services/eventbridge/operations/tagged_resource.h"

#include <optional>
#include <string>
#include <utility>

#include "base/api_error.h"

namespace ddblog::eventbridge {
namespace {

struct Named {
  std::string bus;
  std::optional<std::string> rule;  // std::nullopt: the bus itself
};

Named readArn(const Context& context, std::string_view arn) {
  const std::string bus = context.arns.busName(arn);
  if (bus != arn) return {bus, std::nullopt};
  const std::string rule = context.arns.withoutPrefix(arn, "rule/");
  if (rule == arn) {
    throw validationError("Parameter " + std::string(arn) +
                          " is not valid. Reason: Provided Arn is not in correct "
                          "format.");
  }
  const std::size_t slash = rule.rfind('/');
  if (slash == std::string::npos) return {std::string(kDefaultBus), rule};
  return {rule.substr(0, slash), rule.substr(slash + 1)};
}

}  // namespace

json::object readTagsOf(const Reader& reader, const Context& context, std::string_view arn) {
  const Named named = readArn(context, arn);
  if (named.rule) return context.catalog.rule(reader, named.bus, *named.rule).tags;
  return context.catalog.bus(reader, named.bus).tags;
}

void changeTags(Transaction& transaction, const Context& context, std::string_view arn,
                const std::function<void(json::object&)>& change) {
  const Named named = readArn(context, arn);
  if (named.rule) {
    Rule rule = context.catalog.rule(transaction, named.bus, *named.rule);
    change(rule.tags);
    context.catalog.putRule(transaction, rule);
  } else {
    Bus bus = context.catalog.bus(transaction, named.bus);
    change(bus.tags);
    context.catalog.putBus(transaction, bus);
  }
}

}  // namespace ddblog::eventbridge
