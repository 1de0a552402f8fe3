// Sending operations, and what was answered.
#include "model/world.h"

namespace ddblog::model {

namespace {

constexpr std::size_t kRemembered = 60;
constexpr std::size_t kShown = 3000;  // bytes of a body

}  // namespace

void expect(bool holds, const std::string& what) {
  if (!holds) throw Mismatch(what);
}

void expectOk(const Answer& answer) { expect(answer.isOk(), "the model expected success"); }

void expectRefused(const Answer& answer, const std::string& type) {
  expect(answer.status == 400 && answer.errorType() == type, "the model expected " + type);
}

void expectItem(const std::optional<Item>& expected, const json::value* found, const std::string& what) {
  expect(expected.has_value() == (found != nullptr),
         what + (expected ? " is missing; expected " + toJson(*expected) : " is there, but should not be"));
  if (found) expect(*expected == readItem(*found), what + " differs; expected " + toJson(*expected));
}

const json::value* memberOf(const json::value& object, const char* name) {
  return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

std::string textOf(const json::value& object, const char* name) {
  const json::value* member = memberOf(object, name);
  return member && member->is_string() ? std::string(member->get_string().data(), member->get_string().size())
                                       : std::string();
}

void World::serverWasKilled() {
  restarts_ = conductor_.awaitRestart(restarts_);
  for (const auto& connection : connections_) connection->close();
  needs_audit_ = true;
}

void World::remember(const std::string& operation, const std::string& body, const std::optional<Answer>& answer) {
  history_.push_back({operation, body.substr(0, kShown),
                      answer ? std::to_string(answer->status) + " " + answer->text.substr(0, kShown) : "no answer"});
  if (history_.size() > kRemembered) history_.pop_front();
}

std::string World::history() const {
  std::string text;
  for (const Remembered& one : history_) text += one.operation + " " + one.body + "\n  -> " + one.answer + "\n";
  return text;
}

World::Answers World::exchange(const std::vector<Call>& calls) {
  conductor_.count(static_cast<int>(calls.size()));
  std::vector<bool> is_sent;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    is_sent.push_back(connections_[i]->send("DynamoDB_20120810." + calls[i].operation, calls[i].body));
  }
  Answers answers;
  bool was_killed = false;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    answers.push_back(is_sent[i] ? connections_[i]->receive() : std::nullopt);
    was_killed = was_killed || !answers.back();
    remember(calls[i].operation, calls[i].body, answers.back());
  }
  if (was_killed) serverWasKilled();
  return answers;
}

void World::perform(std::vector<Call> calls) {
  const Answers answers = exchange(calls);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (!answers[i]) continue;
    try {
      calls[i].check(*answers[i]);
    } catch (const std::exception& error) {
      throw Mismatch(std::string(error.what()) + "\nRequest: " + calls[i].operation + " " + calls[i].body +
                     "\nAnswer: " + std::to_string(answers[i]->status) + " " + answers[i]->text);
    }
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (answers[i] || !calls[i].settle) continue;
    try {
      calls[i].settle();
    } catch (const Mismatch& mismatch) {
      throw Mismatch(std::string(mismatch.what()) + "\nIt was not answered: " + calls[i].operation + " " +
                     calls[i].body);
    }
  }
}

Answer World::askService(const std::string& target, const std::string& body) {
  for (;;) {
    conductor_.count(1);
    std::optional<Answer> answer;
    if (connections_[0]->send(target, body)) answer = connections_[0]->receive();
    remember(target, body, answer);
    if (answer) return std::move(*answer);
    serverWasKilled();
  }
}

Answer World::ask(const std::string& operation, const std::string& body) {
  return askService("DynamoDB_20120810." + operation, body);
}

Answer World::askStreams(const std::string& operation, const std::string& body) {
  return askService("DynamoDBStreams_20120810." + operation, body);
}

}  // namespace ddblog::model
