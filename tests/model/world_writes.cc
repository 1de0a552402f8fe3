// Puts, updates and deletes of single items, and batches of them.
#include <algorithm>

#include "model/world.h"

namespace ddblog::model {

namespace {

// Items larger than this may be refused for their size; the model does not do DynamoDB's arithmetic.
constexpr std::size_t kCertainlyFits = 380'000;

bool takesOnlyAway(const Update& update) {
  return std::all_of(update.actions.begin(), update.actions.end(), [](const Action& action) {
    return action.kind == Action::Kind::kRemove || action.kind == Action::Kind::kDelete;
  });
}

const char* operationOf(bool is_put, bool is_update) {
  return is_put ? "PutItem" : is_update ? "UpdateItem" : "DeleteItem";
}

}  // namespace

World::WritePlan World::planWrite(Write::Kind kind, Taken& taken, bool can_be_legacy) {
  auto write = std::make_shared<Write>();
  write->kind = kind;
  write->table = anyTable();
  write->key = generator_.key(*write->table);
  write->id = write->table->idOf(write->key);
  if (!taken.emplace(write->table, write->id).second) return nullptr;
  const Item* current = write->table->get(write->id);
  if (current) write->before = *current;

  if (kind == Write::Kind::kPut) write->item = generator_.item(*write->table, write->key);
  if (kind == Write::Kind::kUpdate && !rng_.chance(3)) write->update = generator_.update(*write->table, current);
  if (kind == Write::Kind::kCheck || rng_.chance(35)) write->condition = generator_.condition(current);
  if (rng_.chance(5) && kind == Write::Kind::kPut) {
    write->condition.emplace();
    write->condition->kind = Condition::Kind::kNotExists;
    write->condition->path.attribute = "pk";
  }
  // An index's key of a wrong type, which is refused whatever the condition says.
  const std::vector<Index>& indexes = write->table->indexes;
  if (rng_.chance(2) && !indexes.empty() && indexes[0].hash[0].name[0] == 'g' && kind == Write::Kind::kPut) {
    write->item[indexes[0].hash[0].name] = rng_.chance(50) ? Value::ofBool(true) : Value::ofString("");
    write->condition.reset();
  }
  if (can_be_legacy && rng_.chance(15)) makeLegacy(*write);
  foresee(*write);
  return write;
}

// Expressions and legacy parameters cannot be mixed: all of it, or nothing.
void World::makeLegacy(Write& write) {
  std::optional<LegacyCondition> condition;
  if (write.condition && !(condition = writeLegacy(*write.condition))) return;
  std::optional<std::string> update;
  if (write.update && !(update = writeLegacy(*write.update, rng_.below(7)))) return;
  write.legacy_condition = std::move(condition);
  write.legacy_update = std::move(update);
}

void World::foresee(Write& write) {
  using Kind = Write::Kind;
  using Result = Write::Result;
  write.after = write.before;
  if (write.kind == Kind::kPut && write.table->violatesIndexes(write.item)) {
    write.result = Result::kRefused;
    return;
  }
  if (write.condition && !holds(*write.condition, write.before.value_or(Item()))) {
    write.result = Result::kConditionFailed;
    return;
  }
  if (write.kind == Kind::kPut) write.after = write.item;
  if (write.kind == Kind::kDelete) write.after.reset();
  if (write.kind != Kind::kUpdate) return;
  if (!write.before && write.update && takesOnlyAway(*write.update)) return;  // makes no item
  const Item& old_item = write.before ? *write.before : write.key;
  std::optional<Item> item = old_item;
  if (write.update) item = carryOut(*write.update, old_item, write.before.has_value());
  if (!item || (write.table->violatesIndexes(*item) && !write.table->violatesIndexes(old_item))) {
    write.result = Result::kRefused;
    return;
  }
  // An item that was there before the index, and that the index cannot hold.
  write.may_be_refused = write.table->violatesIndexes(*item) || toJson(*item).size() > kCertainlyFits;
  write.after = std::move(item);
}

World::Call World::writeCall(WritePlan write) {
  const bool is_put = write->kind == Write::Kind::kPut;
  const bool is_update = write->kind == Write::Kind::kUpdate;
  static const std::vector<std::string> kForUpdates = {"ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"};
  std::string return_values = rng_.chance(40) ? (is_update ? rng_.pick(kForUpdates) : "ALL_OLD") : "NONE";
  if (is_update && write->update && return_values[0] == 'U' && !keepsElementsInPlace(*write->update)) {
    return_values = "ALL_NEW";
  }
  const bool returns_item = rng_.chance(40);

  Placeholders placeholders(rng_);
  std::string body = "{\"TableName\":\"" + nameOfTable(*write->table) + (is_put ? "\",\"Item\":" : "\",\"Key\":");
  appendJson(body, is_put ? write->item : write->key, rng_.below(9));
  if (return_values != "NONE" || rng_.chance(10)) body += ",\"ReturnValues\":\"" + return_values + "\"";
  if (returns_item) body += R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")";
  if (rng_.chance(5)) body += R"(,"ReturnConsumedCapacity":"INDEXES")";
  if (write->legacy_update) {
    body += ",\"AttributeUpdates\":" + *write->legacy_update;
  } else if (write->update) {
    body += ",\"UpdateExpression\":";
    appendText(body, model::write(*write->update, placeholders));
  }
  if (write->legacy_condition) {
    body += ",\"Expected\":{" + write->legacy_condition->members + "}";
    if (!write->legacy_condition->joined_by.empty()) {
      body += ",\"ConditionalOperator\":\"" + write->legacy_condition->joined_by + "\"";
    }
  } else if (write->condition) {
    body += ",\"ConditionExpression\":";
    appendText(body, model::write(*write->condition, placeholders));
  }
  placeholders.append(body);
  body += '}';

  Call call{operationOf(is_put, is_update), std::move(body), {}, {}};
  call.check = [this, write, return_values, returns_item](const Answer& answer) {
    checkWrite(*write, answer, return_values, returns_item);
  };
  call.settle = [this, write] { settleWrites({write}, true); };
  return call;
}

void World::checkWrite(const Write& write, const Answer& answer, const std::string& return_values, bool returns_item) {
  if (write.result == Write::Result::kConditionFailed) {
    expectRefused(answer, "ConditionalCheckFailedException");
    const std::optional<Item> shown = returns_item ? write.before : std::nullopt;
    return expectItem(shown, memberOf(answer.body, "Item"), "the item of the refusal");
  }
  if (write.result == Write::Result::kRefused) return expectRefused(answer, "ValidationException");
  if (write.may_be_refused && answer.errorType() == "ValidationException") return;
  expectOk(answer);

  const bool is_old = return_values == "ALL_OLD" || return_values == "UPDATED_OLD";
  std::optional<Item> shown = is_old ? write.before : write.after;
  if (return_values == "NONE") shown.reset();
  if (shown && return_values[0] == 'U') {
    shown = write.update ? touchedParts(*write.update, *shown) : Item();
    if (shown->empty()) shown.reset();
  }
  expectItem(shown, memberOf(answer.body, "Attributes"), return_values);
  write.table->write(write.id, write.after);
}

std::optional<World::Call> World::batchWrite(Taken& taken) {
  std::vector<WritePlan> writes;
  for (int i = rng_.between(1, rng_.chance(10) ? 25 : 6); i > 0; --i) {
    const WritePlan write = planWrite(rng_.chance(70) ? Write::Kind::kPut : Write::Kind::kDelete, taken, false);
    if (!write) continue;
    write->condition.reset();
    write->result = Write::Result::kDone;
    foresee(*write);
    writes.push_back(write);
  }
  const bool is_refused = std::any_of(writes.begin(), writes.end(),
                                      [](const WritePlan& write) { return write->result == Write::Result::kRefused; });
  std::map<const Table*, std::string> requests;
  for (const WritePlan& write : writes) {
    std::string& text = requests[write->table];
    text += std::string(text.empty() ? "" : ",") +
            (write->kind == Write::Kind::kPut ? "{\"PutRequest\":{\"Item\":" : "{\"DeleteRequest\":{\"Key\":");
    appendJson(text, write->kind == Write::Kind::kPut ? write->item : write->key, rng_.below(9));
    text += "}}";
  }
  std::string body;
  for (const auto& [table, text] : requests) body += ",\"" + table->name + "\":[" + text + "]";
  if (body.empty()) return std::nullopt;

  Call call{"BatchWriteItem", "{\"RequestItems\":{" + body.substr(1) + "}}", {}, {}};
  call.check = [writes, is_refused](const Answer& answer) {
    if (is_refused) return expectRefused(answer, "ValidationException");
    expectOk(answer);
    expect(answer.body.at("UnprocessedItems").as_object().empty(), "items were left unprocessed");
    for (const WritePlan& write : writes) write->table->write(write->id, write->after);
  };
  call.settle = [this, writes, is_refused] {
    if (!is_refused) settleWrites(writes, false);
  };
  return call;
}

std::optional<Item> World::readItemOf(const Table& table, const Item& key) {
  const Answer answer =
      ask("GetItem", "{\"TableName\":\"" + table.name + "\",\"ConsistentRead\":true,\"Key\":" + toJson(key) + "}");
  expectOk(answer);
  const json::value* item = memberOf(answer.body, "Item");
  if (!item) return std::nullopt;
  return readItem(*item);
}

void World::settleWrites(const std::vector<WritePlan>& writes, bool is_atomic) {
  int changed = 0, unchanged = 0;
  std::vector<WritePlan> done;
  for (const WritePlan& write : writes) {
    if (write->result != Write::Result::kDone || write->before == write->after) continue;
    const std::optional<Item> found = readItemOf(*write->table, write->key);
    const auto show = [](const std::optional<Item>& item) { return item ? toJson(*item) : std::string("nothing"); };
    expect(found == write->before || found == write->after, "an item is neither as it was nor as it was to be.\nIs " +
                                                                show(found) + "\nWas " + show(write->before) +
                                                                "\nWas to be " + show(write->after));
    found == write->after ? ++changed : ++unchanged;
    if (found == write->after) done.push_back(write);
  }
  expect(!is_atomic || changed == 0 || unchanged == 0, "a transaction was carried out in part");
  for (const WritePlan& write : done) write->table->write(write->id, write->after);
}

}  // namespace ddblog::model
