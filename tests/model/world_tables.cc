// Tables made, changed and deleted; what DescribeTable says; times to live; requests that are refused.
#include <algorithm>
#include <chrono>
#include <thread>

#include "model/world.h"

namespace ddblog::model {

namespace {

constexpr int kNamesAWorldUses = 6;
constexpr std::chrono::seconds kPatience{60};

std::string tableOnly(const std::string& name) { return "{\"TableName\":\"" + name + "\"}"; }

}  // namespace

Table* World::anyTable() {
  return tables_[static_cast<std::size_t>(rng_.below(static_cast<int>(tables_.size())))].get();
}

// "Table" of DescribeTable's answer; nullopt: there is no such table.
std::optional<json::object> World::describedTable(const std::string& name) {
  const Answer answer = ask("DescribeTable", tableOnly(name));
  if (answer.errorType() == "ResourceNotFoundException") return std::nullopt;
  expectOk(answer);
  return answer.body.at("Table").as_object();
}

// Names come again, so that new tables stand where others were.
void World::createTable() {
  std::string name;
  const auto is_taken = [&](const std::unique_ptr<Table>& table) { return table->name == name; };
  do {
    name = "model-" + std::to_string(number_) + "-" + std::to_string(rng_.below(kNamesAWorldUses));
  } while (std::any_of(tables_.begin(), tables_.end(), is_taken));
  auto table = std::make_shared<Table>(generator_.table(name));
  const auto add = [this, table](const json::value& description) {
    if (table->stream) table->stream->arn = textOf(description, "LatestStreamArn");
    tables_.push_back(std::make_unique<Table>(*table));
  };
  Call call{"CreateTable", createTableJson(*table), {}, {}};
  call.check = [add](const Answer& answer) {
    expectOk(answer);
    add(answer.body.at("TableDescription"));
  };
  call.settle = [this, add, name] {
    if (const auto description = describedTable(name)) add(*description);
  };
  perform({call});
  if (rng_.chance(40)) switchTimeToLive();
}

void World::deleteTable() {
  const std::size_t place = static_cast<std::size_t>(rng_.below(static_cast<int>(tables_.size())));
  const std::string name = tables_[place]->name;
  const auto remove = [this, place] {
    token_.reset();  // its transaction may have been of this table
    if (auto& stream = tables_[place]->stream) {
      stream->is_on = false;
      retired_.push_back(std::move(*stream));
    }
    tables_.erase(tables_.begin() + static_cast<std::ptrdiff_t>(place));
  };
  Call call{"DeleteTable", tableOnly(name), {}, {}};
  call.check = [remove](const Answer& answer) {
    expectOk(answer);
    remove();
  };
  call.settle = [this, remove, name] {
    if (!describedTable(name)) remove();
  };
  perform({call});
}

void World::changeIndexes() {
  Table& table = *anyTable();
  const auto hasIndex = [this, &table](const std::string& name) {
    const auto description = describedTable(table.name);
    expect(description.has_value(), "a table is gone");
    const json::value* indexes = description->if_contains("GlobalSecondaryIndexes");
    if (!indexes) return false;
    const json::array& all = indexes->as_array();
    return std::any_of(all.begin(), all.end(),
                       [&](const json::value& one) { return textOf(one, "IndexName") == name; });
  };
  const std::string name = "global" + std::to_string(rng_.between(1, 6));
  const std::string begin = "{\"TableName\":\"" + table.name + "\",\"GlobalSecondaryIndexUpdates\":[";
  if (table.findIndex(name)) {
    const auto remove = [&table, name] {
      std::erase_if(table.indexes, [&](const Index& one) { return one.name == name; });
    };
    Call call{"UpdateTable", begin + R"({"Delete":{"IndexName":")" + name + "\"}}]}", {}, {}};
    call.check = [remove](const Answer& answer) {
      expectOk(answer);
      remove();
    };
    call.settle = [hasIndex, remove, name] {
      if (!hasIndex(name)) remove();
    };
    return perform({call});
  }
  const std::optional<Index> index = generator_.globalIndex(table, name);
  if (!index) return;
  const auto add = [&table, index] { table.indexes.push_back(*index); };
  Call call{"UpdateTable",
            begin + "{\"Create\":" + indexJson(*index) +
                "}],\"AttributeDefinitions\":" + definitionsJson(table, &*index) + "}",
            {},
            {}};
  call.check = [add](const Answer& answer) {
    expectOk(answer);
    add();
  };
  call.settle = [hasIndex, add, name] {
    if (hasIndex(name)) add();
  };
  perform({call});
  scanWhole(table, table.findIndex(name));
}

void World::switchStream() {
  Table& table = *anyTable();
  const bool turns_on = !table.stream;
  const std::string view = "NEW_AND_OLD_IMAGES";
  const auto change = [this, &table, turns_on, view](const json::value& description) {
    if (!turns_on) {
      table.stream->is_on = false;
      retired_.push_back(std::move(*table.stream));
      table.stream.reset();
      return;
    }
    table.stream.emplace();
    table.stream->view = view;
    table.stream->arn = textOf(description, "LatestStreamArn");
  };
  Call call{"UpdateTable",
            "{\"TableName\":\"" + table.name + "\",\"StreamSpecification\":{\"StreamEnabled\":" +
                (turns_on ? "true,\"StreamViewType\":\"" + view + "\"" : std::string("false")) + "}}",
            {},
            {}};
  call.check = [change](const Answer& answer) {
    expectOk(answer);
    change(answer.body.at("TableDescription"));
  };
  call.settle = [this, &table, turns_on, change] {
    const auto description = describedTable(table.name);
    expect(description.has_value(), "a table is gone");
    if (description->contains("StreamSpecification") == turns_on) change(*description);
  };
  perform({call});
}

void World::switchTimeToLive() {
  Table& table = *anyTable();
  const bool turns_on = !table.expires;
  Call call{"UpdateTimeToLive",
            "{\"TableName\":\"" + table.name +
                "\",\"TimeToLiveSpecification\":{\"AttributeName\":\"ttl\",\"Enabled\":" +
                (turns_on ? "true" : "false") + "}}",
            {},
            {}};
  call.check = [&table, turns_on](const Answer& answer) {
    // AWS takes one change an hour.
    if (answer.errorType() == "ValidationException" &&
        textOf(answer.body, "message").find("multiple times") != std::string::npos)
      return;
    expectOk(answer);
    table.expires = turns_on;
  };
  call.settle = [this, &table] {
    const Answer answer = ask("DescribeTimeToLive", tableOnly(table.name));
    expectOk(answer);
    const std::string status = textOf(answer.body.at("TimeToLiveDescription"), "TimeToLiveStatus");
    table.expires = status == "ENABLED" || status == "ENABLING";
  };
  perform({call});
  expireDue(table);
}

// What is due by now goes soon, all of it, and nothing else.
void World::expireDue(Table& table) {
  if (!table.expires) return;
  const Value now = Value::ofNumber(Number::parse(std::to_string(conductor_.timeIn(conductor_.window()))));
  std::vector<std::string> due;
  for (const auto& [id, item] : table.items) {
    const Value* time = find(item, {"ttl", {}});
    if (time && time->type == Type::kNumber && time->number <= now.number) due.push_back(id);
  }
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (bool all_gone = due.empty(); !all_gone;) {
    all_gone = true;
    for (const std::string& id : due) {
      if (!readItemOf(table, table.keyOf(*table.get(id)))) continue;
      all_gone = false;
      break;
    }
    expect(std::chrono::steady_clock::now() < deadline, "items that are due do not expire");
    if (!all_gone) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (const std::string& id : due) table.write(id, std::nullopt, true);
}

void World::describe(const Table& table) {
  const auto description = describedTable(table.name);
  expect(description.has_value(), "a table is gone: " + table.name);
  expect(textOf(*description, "TableStatus") == "ACTIVE", "a table is not ACTIVE");
  expect(description->at("ItemCount").as_int64() == static_cast<std::int64_t>(table.items.size()),
         "ItemCount of " + table.name + " is to be " + std::to_string(table.items.size()) + ": " +
             json::serialize(*description));
  std::size_t indexes = 0;
  for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
    if (!description->contains(kind)) continue;
    for (const json::value& one : description->at(kind).as_array()) {
      ++indexes;
      const Index* index = table.findIndex(textOf(one, "IndexName"));
      expect(index != nullptr, "an index is there that should not be");
      const auto count = std::count_if(table.items.begin(), table.items.end(),
                                       [&](const auto& item) { return Table::fits(*index, item.second); });
      expect(one.at("ItemCount").as_int64() == count,
             "ItemCount of " + index->name + " is to be " + std::to_string(count) + ": " + json::serialize(one));
    }
  }
  expect(indexes == table.indexes.size(), "an index is missing: " + json::serialize(*description));
  expect(description->contains("StreamSpecification") == table.stream.has_value(),
         "the stream is on, or off, against the model");
}

void World::listTables() {
  std::set<std::string> found, expected;
  std::string start;
  const std::string own = "model-" + std::to_string(number_) + "-";
  do {
    const Answer answer = ask("ListTables", "{\"Limit\":" + std::to_string(rng_.between(1, 20)) + start + "}");
    expectOk(answer);
    for (const json::value& name : answer.body.at("TableNames").as_array()) {
      const std::string text(name.as_string());
      if (text.starts_with(own)) expect(found.insert(text).second, "a table is listed twice");
    }
    const std::string last = textOf(answer.body, "LastEvaluatedTableName");
    start = last.empty() ? "" : ",\"ExclusiveStartTableName\":\"" + last + "\"";
  } while (!start.empty());
  for (const auto& table : tables_) expected.insert(table->name);
  expect(found == expected, "ListTables lists other tables");
}

// Requests that are wrong: refused, and nothing changes (which the next audit sees).
void World::refusals() {
  const Table& table = *anyTable();
  const std::string named = "{\"TableName\":\"" + table.name + "\"";
  const Item key = generator_.key(table);
  Item wrong_type = key;
  wrong_type["pk"] = Value::ofBool(true);
  Item too_much = key;
  too_much["x"] = Value::ofNumber(1);
  Item bad_number = key;
  bad_number["n"] = Value::ofString("?");
  std::string not_a_number = toJson(bad_number);
  not_a_number.replace(not_a_number.find("{\"S\":\"?\"}"), 9, "{\"N\":\"?\"}");
  const std::string refused = "ValidationException";
  static const std::string kMissing = "ResourceNotFoundException";
  struct Wrong {
    std::string operation, body, type;
  };
  std::vector<Wrong> all = {
      {"PutItem", "{\"TableName\":\"model-none\",\"Item\":" + toJson(key) + "}", kMissing},
      {"GetItem", "{\"TableName\":\"model-none\",\"Key\":" + toJson(key) + "}", kMissing},
      {"DeleteTable", "{\"TableName\":\"model-none\"}", kMissing},
      {"CreateTable", createTableJson(table), "ResourceInUseException"},
      {"PutItem", named + ",\"Item\":" + toJson(wrong_type) + "}", refused},
      {"PutItem", named + ",\"Item\":" + not_a_number + "}", refused},
      {"PutItem", named + ",\"Item\":{\"x\":{\"S\":\"no key\"}}}", refused},
      {"DeleteItem", named + ",\"Key\":" + toJson(too_much) + "}", refused},
      {"GetItem", named + ",\"Key\":" + toJson(wrong_type) + "}", refused},
      {"UpdateItem", named + ",\"Key\":" + toJson(key) + R"(,"UpdateExpression":"SET pk = x"})", refused},
      {"UpdateItem", named + ",\"Key\":" + toJson(key) + R"(,"UpdateExpression":"SET x = :a, x = :b"})", refused},
      {"DeleteItem", named + ",\"Key\":" + toJson(key) + R"(,"ConditionExpression":"x = :missing"})", refused},
      {"Scan", named + R"(,"IndexName":"nowhere"})", refused},
      {"Scan", named + R"(,"Segment":3,"TotalSegments":3})", refused},
      {"Query", named + R"(,"KeyConditionExpression":"pk > :a","ExpressionAttributeValues":{":a":{"S":"a"}}})",
       refused},
      {"TransactWriteItems",
       "{\"TransactItems\":[{\"Delete\":" + named + ",\"Key\":" + toJson(key) + "}},{\"Put\":" + named +
           ",\"Item\":" + toJson(key) + "}}]}",
       refused},
      {"BatchWriteItem",
       "{\"RequestItems\":{\"" + table.name + "\":[{\"DeleteRequest\":{\"Key\":" + toJson(key) +
           "}},{\"PutRequest\":{\"Item\":" + toJson(key) + "}}]}}",
       refused},
  };
  for (const Index& index : table.indexes) {
    if (!index.is_global) continue;
    all.push_back({"Scan", named + ",\"IndexName\":\"" + index.name + "\",\"ConsistentRead\":true}", refused});
  }
  const Wrong wrong = rng_.pick(all);
  perform({{wrong.operation, wrong.body, [wrong](const Answer& answer) { expectRefused(answer, wrong.type); }, {}}});
}

}  // namespace ddblog::model
