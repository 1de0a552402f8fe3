// Transactions, and several connections that write the same item at once.
#include <algorithm>

#include "model/world.h"

namespace ddblog::model {

namespace {

std::string reasonOf(const json::value& reason) { return textOf(reason, "Code"); }

// A transaction that lost against another one at the same time.
bool isConflict(const Answer& answer) {
  if (answer.errorType() == "TransactionConflictException" || answer.errorType() == "TransactionInProgressException") {
    return true;
  }
  if (answer.errorType() != "TransactionCanceledException") return false;
  const json::array& reasons = answer.body.at("CancellationReasons").as_array();
  return std::any_of(reasons.begin(), reasons.end(),
                     [](const json::value& reason) { return reasonOf(reason) == "TransactionConflict"; });
}

}  // namespace

std::optional<World::Call> World::transactWrite(Taken& taken) {
  std::vector<WritePlan> writes;
  std::vector<bool> returns_item;
  std::string actions;
  for (int i = rng_.between(1, 5); i > 0; --i) {
    const Write::Kind kind = static_cast<Write::Kind>(rng_.below(4));
    const WritePlan write = planWrite(kind, taken, false);
    if (!write) continue;
    if (kind == Write::Kind::kUpdate && !write->update) continue;
    // Most conditions hold, or hardly any transaction would be carried out.
    if (write->result == Write::Result::kConditionFailed && rng_.chance(80)) {
      Condition negated;
      negated.kind = Condition::Kind::kNot;
      negated.children.push_back(*write->condition);
      write->condition = negated;
      write->result = Write::Result::kDone;
      foresee(*write);
    }
    static const std::vector<std::string> kNames = {"Put", "Update", "Delete", "ConditionCheck"};
    Placeholders placeholders(rng_);
    std::string& text = actions;
    text += (text.empty() ? "{\"" : ",{\"") + kNames[static_cast<std::size_t>(kind)] + "\":{\"TableName\":\"" +
            nameOfTable(*write->table) + (kind == Write::Kind::kPut ? "\",\"Item\":" : "\",\"Key\":");
    appendJson(text, kind == Write::Kind::kPut ? write->item : write->key, rng_.below(9));
    if (write->update) {
      text += ",\"UpdateExpression\":";
      appendText(text, model::write(*write->update, placeholders));
    }
    if (write->condition) {
      text += ",\"ConditionExpression\":";
      appendText(text, model::write(*write->condition, placeholders));
    }
    returns_item.push_back(rng_.chance(40));
    if (returns_item.back()) text += R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")";
    placeholders.append(text);
    text += "}}";
    writes.push_back(write);
  }
  if (writes.empty()) return std::nullopt;

  std::string body = "{\"TransactItems\":[" + actions + "]";
  std::string token;
  if (rng_.chance(30)) {
    token = "token-" + std::to_string(number_) + "-" + std::to_string(step_) + "-" + std::to_string(rng_.below(1000));
    body += ",\"ClientRequestToken\":\"" + token + "\"";
  }
  body += "}";
  Call call{"TransactWriteItems", body, {}, {}};
  call.check = [this, writes, returns_item, token, body](const Answer& answer) {
    checkTransaction(writes, returns_item, answer);
    if (answer.isOk() && !token.empty()) token_ = Token{token, body, conductor_.window()};
  };
  const bool is_cancelled = std::any_of(writes.begin(), writes.end(),
                                        [](const WritePlan& write) { return write->result != Write::Result::kDone; });
  call.settle = [this, writes, is_cancelled] {
    if (!is_cancelled) settleWrites(writes, true);
  };
  return call;
}

void World::checkTransaction(const std::vector<WritePlan>& writes, const std::vector<bool>& returns_item,
                             const Answer& answer) {
  const bool is_cancelled = std::any_of(writes.begin(), writes.end(),
                                        [](const WritePlan& write) { return write->result != Write::Result::kDone; });
  const bool may_be_cancelled =
      std::any_of(writes.begin(), writes.end(), [](const WritePlan& write) { return write->may_be_refused; });
  if (may_be_cancelled && answer.errorType() == "ValidationException") return;  // of the whole request
  if (!is_cancelled && may_be_cancelled && !answer.isOk()) return expectRefused(answer, "TransactionCanceledException");
  if (!is_cancelled) {
    expectOk(answer);
    for (const WritePlan& write : writes) write->table->write(write->id, write->after);
    return;
  }
  // An empty key is a mistake of the whole request; a wrong type is a reason.
  const bool is_mistake = std::any_of(writes.begin(), writes.end(), [](const WritePlan& write) {
    return write->kind == Write::Kind::kPut && write->table->hasEmptyIndexKey(write->item);
  });
  if (is_mistake) return expectRefused(answer, "ValidationException");
  expectRefused(answer, "TransactionCanceledException");
  const json::array& reasons = answer.body.at("CancellationReasons").as_array();
  expect(reasons.size() == writes.size(), "there is not one reason for each action");
  // Keys are looked at first, and the first wrong one is the only reason.
  const auto wrong_key = std::find_if(writes.begin(), writes.end(), [](const WritePlan& write) {
    return write->kind == Write::Kind::kPut && write->result == Write::Result::kRefused;
  });
  if (wrong_key != writes.end()) {
    for (std::size_t i = 0; i < writes.size(); ++i) {
      const char* expected = writes[i] == *wrong_key ? "ValidationError" : "None";
      expect(reasonOf(reasons[i]) == expected, "reason " + std::to_string(i) + " is to be " + expected);
    }
    return;
  }
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const Write& write = *writes[i];
    if (write.may_be_refused && reasonOf(reasons[i]) == "ValidationError") continue;
    const char* expected = write.result == Write::Result::kDone              ? "None"
                           : write.result == Write::Result::kConditionFailed ? "ConditionalCheckFailed"
                                                                             : "ValidationError";
    expect(reasonOf(reasons[i]) == expected, "reason " + std::to_string(i) + " is to be " + expected);
    const bool shows = write.result == Write::Result::kConditionFailed && returns_item[i];
    expectItem(shows ? write.before : std::nullopt, memberOf(reasons[i], "Item"), "the item of a reason");
  }
}

// Under the same token nothing happens again, and nothing else may be asked for.
std::optional<World::Call> World::repeatTransaction() {
  if (!token_ || token_->window != conductor_.window()) return std::nullopt;
  Call call{"TransactWriteItems", token_->body, {}, {}};
  if (rng_.chance(50)) {
    call.check = expectOk;
  } else {
    const std::string other = "{\"TransactItems\":[{\"Delete\":{\"TableName\":\"" + anyTable()->name +
                              "\",\"Key\":" + toJson(generator_.key(*anyTable())) + "}}]";
    call.body = other + ",\"ClientRequestToken\":\"" + token_->token + "\"}";
    const bool is_same = call.body == token_->body;  // by chance
    call.check = [is_same](const Answer& answer) {
      is_same ? expectOk(answer) : expectRefused(answer, "IdempotentParameterMismatchException");
    };
  }
  token_.reset();
  return call;
}

std::optional<World::Call> World::transactGet(Taken& taken) {
  struct Expected {
    std::optional<Item> item;
  };
  std::vector<Expected> expected;
  std::string gets;
  for (int i = rng_.between(1, 5); i > 0; --i) {
    const Table& table = *anyTable();
    const Item key = generator_.key(table);
    if (!taken.emplace(&table, table.idOf(key)).second) continue;
    gets += (gets.empty() ? "{\"Get\":{\"TableName\":\"" : ",{\"Get\":{\"TableName\":\"") + nameOfTable(table) +
            "\",\"Key\":" + toJson(key, rng_.below(9));
    const Item* item = table.get(table.idOf(key));
    expected.push_back({item ? std::optional<Item>(*item) : std::nullopt});
    if (rng_.chance(30)) {
      Placeholders placeholders(rng_);
      const std::vector<Path> paths = projection(table, nullptr);
      std::string text;
      for (const Path& path : paths) text += (text.empty() ? "" : ", ") + placeholders.path(path);
      gets += ",\"ProjectionExpression\":";
      appendText(gets, text);
      placeholders.append(gets);
      if (item) expected.back().item = project(paths, *item);
    }
    gets += "}}";
  }
  if (gets.empty()) return std::nullopt;
  Call call{"TransactGetItems", "{\"TransactItems\":[" + gets + "]}", {}, {}};
  call.check = [expected](const Answer& answer) {
    expectOk(answer);
    const json::array& responses = answer.body.at("Responses").as_array();
    expect(responses.size() == expected.size(), "there is not one response for each Get");
    for (std::size_t i = 0; i < expected.size(); ++i) {
      expectItem(expected[i].item, memberOf(responses[i], "Item"), "item " + std::to_string(i));
    }
  };
  return call;
}

void World::race() {
  Table& table = *anyTable();
  const Item key = generator_.key(table);
  const Item* item = table.get(table.idOf(key));
  if (item && table.violatesIndexes(*item)) return;
  if (rng_.chance(40)) return raceOfPuts(table, key);
  raceOfCounts(table, key);
}

// Everybody adds one, by an update or by a transaction: nobody's is lost, and no two see the same.
void World::raceOfCounts(Table& table, const Item& key) {
  const std::string id = table.idOf(key);
  const std::optional<Item> before = table.get(id) ? std::optional<Item>(*table.get(id)) : std::nullopt;
  const Value* current = before ? find(*before, {"n", {}}) : nullptr;
  if (current && (current->type != Type::kNumber || !(current->number + Number(10)).isStorable())) return;
  const Number first = current ? current->number : Number(0);
  const bool in_transactions = rng_.chance(30);

  const std::string update = "\"TableName\":\"" + table.name + "\",\"Key\":" + toJson(key) +
                             R"(,"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}})";
  Call call{"UpdateItem", "{" + update + ",\"ReturnValues\":\"UPDATED_NEW\"}", {}, {}};
  if (in_transactions) call = {"TransactWriteItems", "{\"TransactItems\":[{\"Update\":{" + update + "}}]}", {}, {}};
  const std::vector<Call> calls(connections_.size(), call);
  const Answers answers = exchange(calls);

  int carried_out = 0;
  std::set<Number> seen;
  bool any_open = false;
  for (const std::optional<Answer>& answer : answers) {
    any_open = any_open || !answer;
    if (!answer || (in_transactions && isConflict(*answer))) continue;
    expect(answer->isOk(), "adding one was refused: " + answer->text);
    ++carried_out;
    if (!in_transactions) seen.insert(readItem(answer->body.at("Attributes")).at("n").number);
  }
  expect(in_transactions || seen.size() == static_cast<std::size_t>(carried_out), "two additions saw the same number");
  if (any_open) {
    const std::optional<Item> after = readItemOf(table, key);
    const Value* value = after ? find(*after, {"n", {}}) : nullptr;
    const int known = carried_out;
    while (value && first + Number(carried_out) != value->number && carried_out <= static_cast<int>(calls.size()))
      ++carried_out;
    expect(carried_out <= static_cast<int>(calls.size()) && (known == 0 || value), "additions were lost or made twice");
    if (!value) carried_out = 0;
  }
  for (const Number& number : seen) {
    expect(number > first && number <= first + Number(carried_out), "an addition saw a number that never was");
  }
  for (int i = 1; i <= carried_out; ++i) {
    Item item = before.value_or(key);
    item["n"] = Value::ofNumber(first + Number(i));
    table.write(id, item);
  }
}

// Everybody puts another item where there must be none: one of them wins.
void World::raceOfPuts(Table& table, const Item& key) {
  const std::string id = table.idOf(key);
  const bool is_there = table.get(id) != nullptr;
  std::vector<Call> calls;
  std::vector<Item> items;
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    items.push_back(generator_.item(table, key));
    items.back()["x"] = Value::ofNumber(static_cast<int>(i));
    calls.push_back({"PutItem",
                     "{\"TableName\":\"" + table.name +
                         R"json(","ConditionExpression":"attribute_not_exists(pk)","Item":)json" +
                         toJson(items.back()) + "}",
                     {},
                     {}});
  }
  const Answers answers = exchange(calls);
  std::optional<std::size_t> winner;
  bool any_open = false;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    any_open = any_open || !answers[i];
    if (!answers[i]) continue;
    if (!answers[i]->isOk()) {
      expectRefused(*answers[i], "ConditionalCheckFailedException");
      continue;
    }
    expect(!winner && !is_there, "an item was put twice");
    winner = i;
  }
  if (any_open && !is_there) {
    const std::optional<Item> found = readItemOf(table, key);
    expect(!winner || found == items[*winner], "the item that was put is not there");
    for (std::size_t i = 0; i < items.size() && found && !winner; ++i) {
      if (!answers[i] && *found == items[i]) winner = i;
    }
    expect(winner.has_value() == found.has_value(), "an item is there that nobody can have put");
  }
  expect(is_there || any_open || winner, "nobody could put the item");
  if (winner) table.write(id, items[*winner]);
}

}  // namespace ddblog::model
