#include "cli/output/deployment_dialog.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <stdexcept>

#include "base/json.h"
#include "base/text.h"
#include "cli/output/resource_lines.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/screen.h"

namespace ddblog::cli {
namespace {

using deploy::Change;
using deploy::StackEvent;

constexpr int kLookForInterrupt = 100;    // milliseconds
constexpr std::size_t kShownValue = 200;  // of a property, before and after

// What both have in common.
class AskingDialog : public deploy::UserDialog {
 public:
  AskingDialog(const DialogSettings& settings, std::ostream& notes) : settings_(settings), notes_(notes) {}

  void say(const std::string& line) override {
    forget();
    notes_ << printable(line) << std::endl;
  }
  bool canAsk() const override { return settings_.can_ask; }
  bool confirm(const std::string& question) override {
    forget();
    const std::string answer = answerTo(question + " [y/N] ");
    return answer == "y" || answer == "Y" || answer == "yes";
  }
  bool confirmByTyping(const std::string& word, const std::string& question) override {
    forget();
    return answerTo(question + " Type " + word + " to go on: ") == word;
  }
  bool isInterrupted() const override { return interrupt_.happened(); }

 protected:
  // Something else is about to be printed: lines above it are not changed any more.
  virtual void forget() {}

 private:
  // Empty: Ctrl-C was pressed. It does not interrupt a read, so nothing is read before there is a line.
  std::string answerTo(const std::string& question) const {
    notes_ << printable(question) << std::flush;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (::poll(&input, 1, kLookForInterrupt) <= 0) {
      if (!isInterrupted()) continue;
      notes_ << std::endl;
      return {};
    }
    std::string answer;
    std::getline(std::cin, answer);
    return answer;
  }

  const DialogSettings settings_;
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

class TextDialog : public AskingDialog {
 public:
  TextDialog(const DialogSettings& settings, std::ostream& out, std::ostream& notes)
      : AskingDialog(settings, notes), out_(out), lines_(out, settings.width, settings.height) {}

  void showChanges(const std::string& stack, const std::vector<Change>& changes) override {
    forget();
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
    forget();
    if (!plan.removed.empty()) out_ << "Goes with the stack " << printable(plan.stack) << ":\n";
    for (const std::string& resource : plan.removed) out_ << "  - " << printable(resource) << '\n';
    const bool loses = !plan.lost_tables.empty() || !plan.lost_archives.empty();
    if (loses || (plan.deletes_tables && !plan.tables.empty())) out_ << "Goes with its data:\n";
    for (const deploy::KeptTable& table : plan.lost_tables) showTable("  - ", table);
    for (const std::string& archive : plan.lost_archives) {
      out_ << "  - the archive " << printable(archive) << " with its events\n";
    }
    if (!plan.deletes_tables && !plan.tables.empty()) out_ << "Stays:\n";
    for (const deploy::KeptTable& table : plan.tables) showTable(plan.deletes_tables ? "  - " : "    ", table);
    if (!plan.replays.empty() || !plan.log_groups.empty() || plan.uploads > 0) out_ << "Goes, too:\n";
    for (const std::string& replay : plan.replays) {
      out_ << "  - the rule and the queue of the replay " << printable(replay) << '\n';
    }
    for (const std::string& group : plan.log_groups) out_ << "  - the log group " << printable(group) << '\n';
    if (plan.uploads > 0) {
      out_ << "  - " << plan.uploads << " uploaded files in the bucket " << printable(plan.bucket) << '\n';
    }
    out_ << std::flush;
  }

  void showEvent(const StackEvent& event) override { lines_.show(event); }

  void showResult(const deploy::DeployedStack& stack) override {
    forget();
    out_ << "The stack " << printable(stack.name) << " in " << stack.region << " is deployed.\n";
    for (const auto& [name, value] : stack.outputs) out_ << "  " << printable(name + " = " + value) << '\n';
    if (!stack.functions.empty()) out_ << "Functions:\n";
    for (const auto& [id, name] : stack.functions) out_ << "  " << printable(id + "  " + name) << '\n';
    out_ << std::flush;
  }

 protected:
  void forget() override { lines_.forget(); }

 private:
  void showTable(const char* sign, const deploy::KeptTable& table) {
    out_ << sign << "the table " << printable(table.name) << " with about "
         << withThousands(static_cast<std::uint64_t>(table.items)) << " items\n";
  }

  void showProperty(const Change& change, const deploy::ChangedProperty& property) {
    if (change.action != "Modify" || (property.before.empty() && property.after.empty())) return;
    out_ << printable("      " + property.path + ": " + shortened(property.before) + " -> " + shortened(property.after))
         << '\n';
  }

  std::ostream& out_;
  ResourceLines lines_;
};

class JsonDialog : public AskingDialog {
 public:
  JsonDialog(const DialogSettings& settings, std::ostream& out, std::ostream& notes)
      : AskingDialog(settings, notes), out_(out) {}

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
    print({{"type", "plan"},
           {"stack", plan.stack},
           {"removed", json::array(plan.removed.begin(), plan.removed.end())},
           {"lostTables", listOf(plan.lost_tables)},
           {"lostArchives", json::array(plan.lost_archives.begin(), plan.lost_archives.end())},
           {"tables", listOf(plan.tables)},
           {"deletesTables", plan.deletes_tables},
           {"replays", json::array(plan.replays.begin(), plan.replays.end())},
           {"logGroups", json::array(plan.log_groups.begin(), plan.log_groups.end())},
           {"bucket", plan.bucket},
           {"uploadedFiles", plan.uploads}});
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
  static json::array listOf(const std::vector<deploy::KeptTable>& tables) {
    json::array list;
    for (const auto& table : tables) list.push_back({{"name", table.name}, {"items", table.items}});
    return list;
  }

  void print(const json::object& object) { out_ << json::serialize(object) << std::endl; }

  std::ostream& out_;
};

}  // namespace

DialogSettings dialogSettings(bool as_json) {
  DialogSettings settings;
  settings.as_json = as_json;
  settings.can_ask = !as_json && isatty(STDIN_FILENO) == 1;
  const Screen screen = screenOf(STDOUT_FILENO);
  settings.width = screen.width;
  settings.height = screen.height;
  return settings;
}

std::unique_ptr<deploy::UserDialog> deploymentDialog(const DialogSettings& settings, std::ostream& out,
                                                     std::ostream& notes) {
  if (settings.as_json) return std::make_unique<JsonDialog>(settings, out, notes);
  return std::make_unique<TextDialog>(settings, out, notes);
}

}  // namespace ddblog::cli
