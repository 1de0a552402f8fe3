#include "template/app.h"

#include "base/system_paths.h"
#include "ddblog/names.h"

namespace ddblog::templates {

namespace {

json::object keyAttribute(const char* name, const char* type) {
  return {{"AttributeName", name}, {"AttributeType", type}};
}

json::object keyElement(const char* name, const char* type) { return {{"AttributeName", name}, {"KeyType", type}}; }

json::object createTable(const std::string& name, const char* sort_key_type) {
  return {{"TableName", name},
          {"AttributeDefinitions", {keyAttribute("pk", "S"), keyAttribute("sk", sort_key_type)}},
          {"KeySchema", {keyElement("pk", "HASH"), keyElement("sk", "RANGE")}},
          {"BillingMode", "PAY_PER_REQUEST"}};
}

}  // namespace

lambda::Function builtInTrigger(const std::string& name) {
  lambda::Function trigger;
  trigger.name = name;
  trigger.command = {programPath(), "trigger"};
  trigger.timeout = std::chrono::seconds(60);
  return trigger;
}

App defaultApp(const std::string& stage, const std::string& region, const std::string& account_id) {
  App app;
  const std::string log_table = stage + std::string(names::kLogTableEnd);
  json::object create_log = createTable(log_table, "N");
  create_log["StreamSpecification"] = {{"StreamEnabled", true}, {"StreamViewType", "NEW_AND_OLD_IMAGES"}};
  app.tables.push_back({std::move(create_log),
                        json::object{{"TableName", log_table},
                                     {"TimeToLiveSpecification", {{"Enabled", true}, {"AttributeName", "ttl"}}}}});
  app.tables.push_back({createTable(stage + std::string(names::kReadModelTableEnd), "S"), std::nullopt});
  app.event_buses.push_back({{"Name", names::kBus}});
  const std::string trigger = stage + "-trigger";
  app.functions.push_back(builtInTrigger(trigger));
  app.event_source_mappings.push_back(
      {{"FunctionName", trigger},
       {"EventSourceArn", "arn:aws:dynamodb:" + region + ":" + account_id + ":table/" + log_table + "/stream/latest"},
       {"StartingPosition", "TRIM_HORIZON"},
       {"BatchSize", 100},
       {"FunctionResponseTypes", {"ReportBatchItemFailures"}}});
  return app;
}

}  // namespace ddblog::templates
