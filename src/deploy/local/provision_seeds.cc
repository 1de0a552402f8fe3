#include "deploy/local/provision_seeds.h"

#include "base/json_fields.h"

namespace ddblog::deploy {

namespace {

std::string partitionKeyOf(const rpc::JsonApi& dynamodb, const std::string& table) {
  const json::object described = call(dynamodb, "DescribeTable", {{"TableName", table}});
  for (const json::value& element : described.at("Table").at("KeySchema").as_array()) {
    if (ddblog::textOf(element.as_object(), "KeyType") == "HASH") {
      return ddblog::textOf(element.as_object(), "AttributeName");
    }
  }
  throw ProvisionError("the table " + table + " has no partition key");
}

}  // namespace

void provisionSeeds(const templates::App& app, const rpc::Apis& apis, const std::set<std::string>& created,
                    Refusals& refusals) {
  if (app.seeds.empty()) return;
  const rpc::JsonApi& dynamodb = apiOf(apis, "DynamoDB_20120810");
  Calls calls(refusals);
  for (const templates::App::Seed& seed : app.seeds) {
    if (!created.contains(seed.table)) continue;
    const std::string key = partitionKeyOf(dynamodb, seed.table);
    for (std::size_t i = 0; i < seed.items.size(); ++i) {
      calls.start(dynamodb, "PutItem",
                  {{"TableName", seed.table},
                   {"Item", seed.items[i]},
                   {"ConditionExpression", "attribute_not_exists(#key)"},
                   {"ExpressionAttributeNames", {{"#key", key}}}},
                  "seed " + std::to_string(i + 1) + " of the table " + seed.table, "ConditionalCheckFailedException");
    }
  }
  calls.finish();
}

}  // namespace ddblog::deploy
