// PartiQL: the same reads and writes, as statements.
#include <algorithm>

#include "model/world.h"

namespace ddblog::model {

namespace {

// A statement and its parameters, in the order of their question marks.
struct Statement {
  std::string text;
  std::string parameters;

  std::string parameter(const Value& value, unsigned spelling) {
    if (!parameters.empty()) parameters += ',';
    appendJson(parameters, value, spelling);
    return "?";
  }
  std::string json() const {
    std::string body = "{\"Statement\":";
    appendText(body, text);
    if (!parameters.empty()) body += ",\"Parameters\":[" + parameters + "]";
    return body + "}";
  }
};

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string writeKey(const Item& key, Statement& statement, unsigned spelling) {
  std::string text;
  for (const auto& [name, value] : key) {
    text += (text.empty() ? " WHERE " : " AND ") + quoted(name) + " = " + statement.parameter(value, spelling);
  }
  return text;
}

}  // namespace

// A put becomes an INSERT, which refuses an item that is there; an update, one of an item that is not.
std::optional<World::StatementPlan> World::planStatement(Taken& taken) {
  const int choice = rng_.below(4);
  const Write::Kind kind = choice == 0 ? Write::Kind::kPut : choice == 1 ? Write::Kind::kDelete : Write::Kind::kUpdate;
  const WritePlan write = planWrite(kind, taken, false);
  if (!write) return std::nullopt;
  write->condition.reset();
  write->result = Write::Result::kDone;
  const Table& table = *write->table;
  const unsigned spelling = static_cast<unsigned>(rng_.below(9));

  Statement statement;
  if (kind == Write::Kind::kPut) {
    std::string members;
    for (const auto& [name, value] : write->item) {
      members += (members.empty() ? "'" : ", '") + name + "': " + statement.parameter(value, spelling);
    }
    statement.text = "INSERT INTO " + quoted(table.name) + " VALUE {" + members + "}";
  } else if (kind == Write::Kind::kDelete) {
    statement.text = "DELETE FROM " + quoted(table.name) + writeKey(write->key, statement, spelling);
  } else {
    if (!write->update) return std::nullopt;
    std::erase_if(write->update->actions, [](const Action& action) {
      return !action.path.steps.empty() || (action.kind != Action::Kind::kSet && action.kind != Action::Kind::kRemove);
    });
    if (write->update->actions.empty()) return std::nullopt;
    statement.text = "UPDATE " + quoted(table.name);
    for (const Action& action : write->update->actions) {
      statement.text += action.kind == Action::Kind::kRemove ? " REMOVE " + quoted(action.path.attribute)
                                                             : " SET " + quoted(action.path.attribute) + " = " +
                                                                   statement.parameter(action.value, spelling);
    }
    statement.text += writeKey(write->key, statement, spelling);
  }
  foresee(*write);
  if (write->result == Write::Result::kRefused) return std::nullopt;
  const bool must_be_there = kind == Write::Kind::kUpdate, must_not_be_there = kind == Write::Kind::kPut;
  if ((write->before && must_not_be_there) || (!write->before && must_be_there)) {
    write->result = Write::Result::kConditionFailed;
    write->after = write->before;
  }
  return StatementPlan{write, statement.json()};
}

std::optional<World::Call> World::executeStatement(Taken& taken) {
  if (rng_.chance(30)) return selectStatement(taken);
  const std::optional<StatementPlan> plan = planStatement(taken);
  if (!plan) return std::nullopt;
  const WritePlan write = plan->write;
  Call call{"ExecuteStatement", plan->body, {}, {}};
  call.check = [write](const Answer& answer) {
    if (write->result == Write::Result::kConditionFailed) {
      return expectRefused(
          answer, write->kind == Write::Kind::kPut ? "DuplicateItemException" : "ConditionalCheckFailedException");
    }
    if (write->may_be_refused && answer.errorType() == "ValidationException") return;
    expectOk(answer);
    write->table->write(write->id, write->after);
  };
  call.settle = [this, write] { settleWrites({write}, true); };
  return call;
}

std::optional<World::Call> World::selectStatement(Taken& taken) {
  const Table& table = *anyTable();
  const Item key = generator_.key(table);
  if (!taken.emplace(&table, table.idOf(key)).second) return std::nullopt;
  Statement statement;
  statement.text =
      "SELECT * FROM " + quoted(table.name) + writeKey(key, statement, static_cast<unsigned>(rng_.below(9)));
  const Item* item = table.get(table.idOf(key));
  const std::optional<Item> expected = item ? std::optional<Item>(*item) : std::nullopt;
  Call call{"ExecuteStatement", statement.json(), {}, {}};
  call.check = [expected](const Answer& answer) {
    expectOk(answer);
    const json::array& items = answer.body.at("Items").as_array();
    expect(items.size() <= 1, "SELECT gives more than the one item");
    expectItem(expected, items.empty() ? nullptr : &items[0], "the item");
  };
  return call;
}

std::optional<World::Call> World::executeTransaction(Taken& taken) {
  std::vector<WritePlan> writes;
  std::string statements;
  for (int i = rng_.between(1, 4); i > 0; --i) {
    const std::optional<StatementPlan> plan = planStatement(taken);
    if (!plan) continue;
    writes.push_back(plan->write);
    statements += (statements.empty() ? "" : ",") + plan->body;
  }
  if (writes.empty()) return std::nullopt;
  Call call{"ExecuteTransaction", "{\"TransactStatements\":[" + statements + "]}", {}, {}};
  const bool is_cancelled = std::any_of(writes.begin(), writes.end(),
                                        [](const WritePlan& write) { return write->result != Write::Result::kDone; });
  const bool may_be_cancelled =
      std::any_of(writes.begin(), writes.end(), [](const WritePlan& write) { return write->may_be_refused; });
  call.check = [writes, is_cancelled, may_be_cancelled](const Answer& answer) {
    if (may_be_cancelled && answer.errorType() == "ValidationException") return;  // of the whole request
    if (!is_cancelled && may_be_cancelled && !answer.isOk())
      return expectRefused(answer, "TransactionCanceledException");
    if (!is_cancelled) {
      expectOk(answer);
      for (const WritePlan& write : writes) write->table->write(write->id, write->after);
      return;
    }
    expectRefused(answer, "TransactionCanceledException");
    const json::array& reasons = answer.body.at("CancellationReasons").as_array();
    expect(reasons.size() == writes.size(), "there is not one reason for each statement");
    for (std::size_t i = 0; i < writes.size(); ++i) {
      if (writes[i]->may_be_refused) continue;
      const char* expected = writes[i]->result == Write::Result::kDone ? "None"
                             : writes[i]->kind == Write::Kind::kPut    ? "DuplicateItem"
                                                                       : "ConditionalCheckFailed";
      expect(textOf(reasons[i], "Code") == expected, "reason " + std::to_string(i) + " is to be " + expected);
    }
  };
  call.settle = [this, writes, is_cancelled] {
    if (!is_cancelled) settleWrites(writes, true);
  };
  return call;
}

}  // namespace ddblog::model
