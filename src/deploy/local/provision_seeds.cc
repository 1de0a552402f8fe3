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

bool declares(const templates::App& app, const std::string& table) {
  for (const templates::App::Table& declared : app.tables) {
    if (ddblog::textOf(declared.create_table, "TableName") == table) return true;
  }
  return false;
}

}  // namespace

void provisionSeeds(const templates::App& app, const rpc::Apis& apis) {
  if (app.seeds.empty()) return;
  const rpc::JsonApi& dynamodb = apiOf(apis, "DynamoDB_20120810");
  for (const templates::App::Seed& seed : app.seeds) {
    if (!declares(app, seed.table)) {
      throw ProvisionError("there are seeds for the table " + seed.table + ", which the application does not have");
    }
    const std::string key = partitionKeyOf(dynamodb, seed.table);
    for (std::size_t i = 0; i < seed.items.size(); ++i) {
      provision(dynamodb, "PutItem",
                {{"TableName", seed.table},
                 {"Item", seed.items[i]},
                 {"ConditionExpression", "attribute_not_exists(#key)"},
                 {"ExpressionAttributeNames", {{"#key", key}}}},
                "seed " + std::to_string(i + 1) + " of the table " + seed.table, "ConditionalCheckFailedException");
    }
  }
}

}  // namespace ddblog::deploy
