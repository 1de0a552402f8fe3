#include "services/eventbridge/operations/fields.h"

#include "rpc/finite_numbers.h"

namespace ddblog::eventbridge {

std::string readBusName(rpc::ObjectReader& fields, const Context& context) {
  const auto name = fields.string("EventBusName", busNameOrArnRule());
  return name ? context.arns.busName(*name) : std::string(kDefaultBus);
}

ListRequest readPage(rpc::ObjectReader& fields, std::string_view prefix, const rpc::StringRule& prefix_rule) {
  ListRequest page;
  if (!prefix.empty()) {
    rpc::StringRule rule = prefix_rule;
    rule.required = false;
    page.prefix = fields.string(prefix, rule).value_or("");
  }
  page.token = fields.string("NextToken", {.min = 1, .max = 2048}).value_or("");
  page.limit = static_cast<std::size_t>(fields.integer("Limit", {.min = 1, .max = 100}).value_or(100));
  return page;
}

json::object readTags(rpc::ObjectReader& fields, bool required) {
  json::object tags;
  auto list = fields.objects("Tags", {.required = required});
  if (!list) return tags;
  for (rpc::ObjectReader& tag : *list) {
    const auto key = tag.string("Key", {.required = true, .min = 1, .max = 128});
    const auto value = tag.string("Value", {.required = true, .max = 256});
    if (key && value) tags[*key] = *value;
  }
  return tags;
}

// Keeps the members that AWS knows. Others may be numbers that cannot be read again (1e999).
json::object readBusSettings(rpc::ObjectReader& fields) {
  json::object settings;
  const auto keep = [](rpc::ObjectReader& from, json::object& to, const char* name, const rpc::StringRule& rule) {
    if (const auto text = from.string(name, rule)) to[name] = *text;
  };
  keep(fields, settings, "KmsKeyIdentifier", {.max = 2048, .pattern = R"(^[a-zA-Z0-9_\-/:]*$)"});
  if (auto config = fields.object("DeadLetterConfig")) {
    keep(*config, settings["DeadLetterConfig"].emplace_object(), "Arn", arnRule());
  }
  if (auto config = fields.object("LogConfig")) {
    json::object& kept = settings["LogConfig"].emplace_object();
    keep(*config, kept, "IncludeDetail", {.one_of = {"NONE", "FULL"}});
    keep(*config, kept, "Level", {.one_of = {"OFF", "ERROR", "INFO", "TRACE"}});
  }
  return settings;
}

void writeRule(JsonWriter& json, const Rule& rule, const Context& context) {
  json.key("Name").value(rule.name).key("Arn").value(context.arns.rule(rule.bus, rule.name));
  if (!rule.pattern.empty()) json.key("EventPattern").value(rule.pattern);
  if (!rule.schedule.empty()) json.key("ScheduleExpression").value(rule.schedule);
  json.key("State").value(rule.state);
  if (!rule.description.empty()) json.key("Description").value(rule.description);
  if (!rule.role_arn.empty()) json.key("RoleArn").value(rule.role_arn);
  json.key("EventBusName").value(rule.bus);
}

void writeBusTimes(JsonWriter& json, const Bus& bus) {
  json.key("CreationTime").value(toEpochSeconds(bus.created_at));
  json.key("LastModifiedTime").value(toEpochSeconds(bus.modified_at));
}

void writeNextToken(JsonWriter& json, const std::string& token) {
  if (!token.empty()) json.key("NextToken").value(token);
}

}  // namespace ddblog::eventbridge
