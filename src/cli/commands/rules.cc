// dynamodb-log rules test EVENT: which rules match an event, and why the others do not.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_fields.h"
#include "cli/bus_rules.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "ddblog/names.h"
#include "event_patterns/explanation.h"
#include "event_patterns/json_text.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log rules test event.json
  dynamodb-log rules test '{"source": "shop", "detail": {"type": "order"}}' --bus default --rule orders

EVENT is an event as targets get it: a file, - for the standard input, or the JSON itself. Fields that it
does not have count as absent. The rules that match come first, then the others, the nearest miss first.)";

struct Flags {
  ConnectionFlags connection;
  std::string event;
  std::string bus{names::kBus};
  std::string rule;
};

std::string readEvent(const std::string& argument) {
  if (argument.starts_with('{')) return argument;
  if (argument == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream file(argument);
  if (!file) throw std::invalid_argument("Cannot read " + argument);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<json::object> rulesOf(const Flags& flags) {
  const auto transport = connectAs(flags.connection);
  if (flags.rule.empty()) return rulesOfBus(*transport, flags.bus);
  const json::object request{{"EventBusName", flags.bus}, {"Name", flags.rule}};
  return {parseJson(transport->call(Api::kEventBridge, "DescribeRule", json::serialize(request))).as_object()};
}

struct Tested {
  std::string rule;
  std::string note;  // why it was not tested
  event_patterns::Explanation explanation;

  // Matching rules first, then the nearest misses.
  std::pair<int, std::size_t> order() const {
    if (!note.empty()) return {2, 0};
    return {explanation.matches ? 0 : 1, explanation.misses.size()};
  }
};

Tested test(const json::object& rule, const event_patterns::EventFields& event) {
  Tested tested{textOf(rule, "Name"), {}, {}};
  const std::string pattern = textOf(rule, "EventPattern");
  if (pattern.empty()) {
    tested.note = "has a schedule and no pattern";
  } else {
    tested.explanation = event_patterns::explain(pattern, event);
    if (textOf(rule, "State") == "DISABLED") tested.rule += " (disabled)";
  }
  return tested;
}

void print(const Tested& tested) {
  if (!tested.note.empty()) {
    std::cout << "-         " << printable(tested.rule) << ": " << tested.note << '\n';
    return;
  }
  std::cout << (tested.explanation.matches ? "matches   " : "does not  ") << printable(tested.rule) << '\n';
  for (const event_patterns::Miss& miss : tested.explanation.misses) {
    if (miss.path.empty()) {
      std::cout << "          every field fits, but in different elements of a list\n";
      continue;
    }
    std::cout << "          " << printable(miss.path) << " is "
              << (miss.value.empty() ? "missing" : printable(miss.value)) << "; the pattern wants "
              << printable(miss.wanted) << '\n';
  }
}

int testRules(const Flags& flags) {
  const std::string text = readEvent(flags.event);
  if (!isJsonObject(text)) throw std::invalid_argument("The event must be a JSON object");
  const event_patterns::JsonText json(text);
  const event_patterns::EventFields event(json.root());
  std::vector<Tested> tested;
  for (const json::object& rule : rulesOf(flags)) tested.push_back(test(rule, event));
  std::stable_sort(tested.begin(), tested.end(),
                   [](const Tested& a, const Tested& b) { return a.order() < b.order(); });
  for (const Tested& one : tested) print(one);
  if (tested.empty()) std::cout << "The bus " << printable(flags.bus) << " has no rules\n";
  std::cout.flush();
  return kOk;
}

}  // namespace

void addRules(Command& program) {
  Command command = program.subcommand("rules", "Test which rules of a bus match an event");
  command.examples(kExamples);
  auto flags = std::make_shared<Flags>();
  Command test_command = command.subcommand("test", "Say which rules match an event, and why the others do not");
  test_command.argument("EVENT", flags->event, "The event: a file, -, or JSON");
  test_command.option("--bus NAME", flags->bus, "The bus");
  test_command.option("--rule NAME", flags->rule, "Only this rule");
  addConnectionFlags(test_command, flags->connection);
  test_command.examples(kExamples);
  test_command.runs([flags] { return testRules(*flags); });
}

}  // namespace ddblog::cli
