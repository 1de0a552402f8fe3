#include "cli/deployment_view.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <stdexcept>

#include "base/json.h"
#include "base/text.h"
#include "cli/resource_lines.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/printable.h"

namespace ddblog::cli {
namespace {

using deploy::Change;
using deploy::StackEvent;

constexpr int kLookForInterrupt = 100;    // milliseconds
constexpr std::size_t kShownValue = 200;  // of a property, before and after

// What both have in common.
class AskingView : public deploy::View {
 public:
  AskingView(const ViewSettings& settings, std::ostream& notes) : settings_(settings), notes_(notes) {}

  void say(const std::string& line) override { notes_ << printable(line) << std::endl; }
  bool canAsk() const override { return settings_.can_ask; }
  bool confirm(const std::string& question) override {
    const std::string answer = answerTo(question + " [y/N] ");
    return answer == "y" || answer == "Y" || answer == "yes";
  }
  bool confirmByTyping(const std::string& word, const std::string& question) override {
    return answerTo(question + " Type " + word + " to go on: ") == word;
  }
  bool isInterrupted() const override { return interrupt_.happened(); }

 private:
  // Empty: Ctrl-C was pressed. It does not interrupt a read, so nothing is read before there is a line.
  std::string answerTo(const std::string& question) const {
    std::cout << printable(question) << std::flush;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (::poll(&input, 1, kLookForInterrupt) <= 0) {
      if (!isInterrupted()) continue;
      std::cout << std::endl;
      return {};
    }
    std::string answer;
    std::getline(std::cin, answer);
    return answer;
  }

  const ViewSettings settings_;
  std::ostream& notes_;
  const Interrupt interrupt_;
};

const char* signOf(const Change& change) {
  if (change.action == "Add") return "+ ";
  if (change.action == "Remove") return "- ";
  return change.action == "Import" ? "> " : "* ";
}

std::string replacementOf(const Change& change) {
  if (change.replacement == "True") return "replaced";
  return change.replacement == "Conditional" ? "perhaps replaced" : "";
}

std::string shortened(const std::string& text) {
  return text.size() <= kShownValue ? text : text.substr(0, kShownValue) + "…";
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : text + std::string(width - text.size(), ' ');
}

class TextView : public AskingView {
 public:
  TextView(const ViewSettings& settings, std::ostream& out, std::ostream& notes)
      : AskingView(settings, notes), out_(out), lines_(out, settings.width, settings.height) {}

  void showChanges(const std::string& stack, const std::vector<Change>& changes) override {
    out_ << printable(stack) << ": " << changes.size() << (changes.size() == 1 ? " change\n" : " changes\n");
    std::size_t actions = 0, ids = 0, types = 0;
    for (const Change& change : changes) {
      actions = std::max(actions, change.action.size());
      ids = std::max(ids, change.logical_id.size());
      types = std::max(types, change.type.size());
    }
    for (const Change& change : changes) {
      std::string line = "  " + std::string(signOf(change)) + padded(change.action, actions) + "  " +
                         padded(change.logical_id, ids) + "  " + padded(change.type, types) + "  " +
                         replacementOf(change);
      while (line.ends_with(' ')) line.pop_back();
      out_ << printable(line) << '\n';
      for (const deploy::ChangedProperty& property : change.properties) showProperty(change, property);
    }
    out_ << std::flush;
  }

  void showPlan(const deploy::RemovalPlan& plan) override {
    if (!plan.removed.empty()) out_ << "Goes with the stack " << printable(plan.stack) << ":\n";
    for (const std::string& resource : plan.removed) out_ << "  - " << printable(resource) << '\n';
    if (!plan.tables.empty()) out_ << (plan.deletes_tables ? "Goes with its data:\n" : "Stays:\n");
    for (const deploy::KeptTable& table : plan.tables) {
      out_ << (plan.deletes_tables ? "  - " : "    ") << "the table " << printable(table.name) << " with about "
           << withThousands(static_cast<std::uint64_t>(table.items)) << " items\n";
    }
    out_ << std::flush;
  }

  void showEvent(const StackEvent& event) override { lines_.show(event); }

  void showResult(const deploy::DeployedStack& stack) override {
    out_ << "The stack " << printable(stack.name) << " in " << stack.region << " is deployed.\n";
    for (const auto& [name, value] : stack.outputs) out_ << "  " << printable(name + " = " + value) << '\n';
    if (!stack.functions.empty()) out_ << "Functions:\n";
    for (const auto& [id, name] : stack.functions) out_ << "  " << printable(id + "  " + name) << '\n';
    out_ << std::flush;
  }

 private:
  void showProperty(const Change& change, const deploy::ChangedProperty& property) {
    if (change.action != "Modify" || (property.before.empty() && property.after.empty())) return;
    out_ << printable("      " + property.path + ": " + shortened(property.before) + " -> " + shortened(property.after))
         << '\n';
  }

  std::ostream& out_;
  ResourceLines lines_;
};

class JsonView : public AskingView {
 public:
  JsonView(const ViewSettings& settings, std::ostream& out, std::ostream& notes)
      : AskingView(settings, notes), out_(out) {}

  void showChanges(const std::string&, const std::vector<Change>& changes) override {
    for (const Change& change : changes) {
      json::array properties;
      for (const auto& [path, before, after] : change.properties) {
        properties.push_back({{"path", path}, {"before", before}, {"after", after}});
      }
      print({{"type", "change"},
             {"action", change.action},
             {"logicalId", change.logical_id},
             {"physicalId", change.physical_id},
             {"resourceType", change.type},
             {"replacement", change.replacement},
             {"properties", std::move(properties)}});
    }
  }

  void showPlan(const deploy::RemovalPlan& plan) override {
    json::array tables;
    for (const auto& table : plan.tables) tables.push_back({{"name", table.name}, {"items", table.items}});
    print({{"type", "plan"},
           {"stack", plan.stack},
           {"removed", json::array(plan.removed.begin(), plan.removed.end())},
           {"tables", std::move(tables)},
           {"deletesTables", plan.deletes_tables}});
  }

  void showEvent(const StackEvent& event) override {
    print({{"type", "event"},
           {"time", event.time},
           {"status", event.status},
           {"logicalId", event.logical_id},
           {"physicalId", event.physical_id},
           {"resourceType", event.type},
           {"reason", event.reason}});
  }

  void showResult(const deploy::DeployedStack& stack) override {
    json::object outputs, functions;
    for (const auto& [name, value] : stack.outputs) outputs[name] = value;
    for (const auto& [id, name] : stack.functions) functions[id] = name;
    print({{"type", "result"},
           {"stack", stack.name},
           {"stackId", stack.id},
           {"region", stack.region},
           {"outputs", std::move(outputs)},
           {"functions", std::move(functions)}});
  }

 private:
  void print(const json::object& object) { out_ << json::serialize(object) << std::endl; }

  std::ostream& out_;
};

}  // namespace

ViewSettings viewSettings(bool as_json) {
  ViewSettings settings;
  settings.as_json = as_json;
  settings.can_ask = !as_json && isatty(STDIN_FILENO) == 1;
  winsize size{};
  if (isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    settings.width = size.ws_col;
    settings.height = size.ws_row;
  }
  return settings;
}

std::unique_ptr<deploy::View> deploymentView(const ViewSettings& settings, std::ostream& out, std::ostream& notes) {
  if (settings.as_json) return std::make_unique<JsonView>(settings, out, notes);
  return std::make_unique<TextView>(settings, out, notes);
}

}  // namespace ddblog::cli
