// Runs cases/*.cases: see stack_case.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "unit/deploy/aws/stacks/scripted_cloud.h"
#include "unit/deploy/aws/stacks/stack_case.h"

namespace ddblog::deploy {
namespace {

namespace fs = std::filesystem;

// Writes down what the user would see, and answers as the case says.
class RecordingDialog : public UserDialog {
 public:
  explicit RecordingDialog(const StackCase& one) : case_(one) {}

  void say(const std::string& line) override { shown.push_back("say " + line); }
  void showChanges(const std::string&, const std::vector<Change>& changes) override {
    for (const Change& change : changes) {
      shown.push_back("change " + change.action + " " + change.logical_id +
                      (change.replacement.empty() ? "" : " " + change.replacement));
    }
    interruptedBy("changes");
  }
  void showPlan(const RemovalPlan& plan) override {
    for (const std::string& one : plan.removed) shown.push_back("goes " + one);
    for (const KeptTable& one : plan.lost_tables) {
      shown.push_back("loses " + one.name + " with " + std::to_string(one.items));
    }
    for (const std::string& one : plan.lost_archives) shown.push_back("loses " + one);
    for (const std::string& one : plan.replays) shown.push_back("goes the replay " + one);
    for (const std::string& one : plan.log_groups) shown.push_back("goes " + one);
    if (plan.uploads > 0) shown.push_back("goes " + std::to_string(plan.uploads) + " files in " + plan.bucket);
    for (const KeptTable& one : plan.tables) {
      shown.push_back((plan.deletes_tables ? "goes " : "stays ") + one.name + " with " + std::to_string(one.items));
    }
    interruptedBy("plan");
  }
  void showEvent(const StackEvent& event) override {
    shown.push_back("event " + event.status + " " + event.logical_id +
                    (event.reason.empty() ? "" : " " + event.reason));
    interruptedBy(event.status);
  }
  void showResult(const DeployedStack& stack) override {
    for (const auto& [name, value] : stack.outputs) shown.push_back("output " + name + "=" + value);
    for (const auto& [id, name] : stack.functions) shown.push_back("function " + id + " " + name);
  }
  bool canAsk() const override { return case_.has_terminal; }
  bool confirm(const std::string& question) override {
    shown.push_back("ask " + question);
    if (answered_ == case_.answers.size()) throw std::logic_error("the case has no answer to: " + question);
    return case_.answers[answered_++] == "y";
  }
  bool confirmByTyping(const std::string& word, const std::string& question) override {
    shown.push_back("type " + word + ": " + question);
    return answered_ < case_.answers.size() && case_.answers[answered_++] == word;
  }
  bool isInterrupted() const override { return interrupted_; }
  void interruptedBy(const std::string& moment) { interrupted_ = interrupted_ || case_.interrupted_by == moment; }

  std::vector<std::string> shown;

 private:
  const StackCase& case_;
  std::size_t answered_ = 0;
  bool interrupted_ = false;
};

DeclaredTables tablesOf(const StackCase& one) { return {one.tables, {}}; }

// Its notes say which values of the stack's parameters it was made with.
ApplicationPackage packageOf(const StackCase& one, const PackageRequest& request) {
  ApplicationPackage package;
  package.template_body = {{"Resources", json::object()}};
  for (const auto& [name, value] : request.stack_parameters) {
    if (!value.empty()) package.notes.push_back("made with " + name + "=" + value);
  }
  package.parameters = one.parameters;
  package.defaults = one.defaults;
  for (const std::string& key : one.artifacts) {
    package.artifacts.push_back({key, "Users", [] { return std::string("PK"); }});
  }
  return package;
}

const char* nameOf(DeployOutcome outcome) {
  switch (outcome) {
    case DeployOutcome::kDeployed:
      return "deployed";
    case DeployOutcome::kNoChanges:
      return "no changes";
    case DeployOutcome::kDeclined:
      return "declined";
    case DeployOutcome::kDryRun:
      return "dry run";
  }
  return "";
}

const char* nameOf(RemoveOutcome outcome) {
  if (outcome == RemoveOutcome::kDeclined) return "declined";
  return outcome == RemoveOutcome::kRemoved ? "removed" : "nothing";
}

class StackCases : public testing::TestWithParam<fs::path> {
 protected:
  std::string endOf(const StackCase& one, RecordingDialog& dialog, const std::string& url) {
    AdjustableClock clock(AdjustableClock::Start::kFrozen);
    Ids ids(1);
    waited_ = Duration(0);
    const auto environment = [&](const std::string& name) -> std::optional<std::string> {
      if (name == "AWS_ENDPOINT_URL") return url;
      if (name == "AWS_ACCESS_KEY_ID" || name == "AWS_SECRET_ACCESS_KEY") return "test";
      return std::nullopt;
    };
    aws::Session session({.endpoint_url = {}, .region = "eu-north-1", .profile = {}}, clock, ids, environment,
                         [&](Duration delay) {
                           waited_ += delay;
                           clock.move(delay);
                           dialog.interruptedBy("wait");
                         });
    try {
      const Packager package = [&](const PackageRequest& request) {
        if (one.interrupted_by == "packaging") {
          dialog.interruptedBy("packaging");
          EXPECT_TRUE(request.is_interrupted());
          throw std::runtime_error("pip was interrupted");
        }
        return packageOf(one, request);
      };
      if (!one.is_removal) {
        return nameOf(deploy(session, ids, package, one.options, dialog));
      }
      const RemoveOptions options{.stage = one.options.stage,
                                  .stack_name = one.options.stack_name,
                                  .bucket = one.options.bucket,
                                  .role_arn = one.options.role_arn,
                                  .template_file = [] { return "template.yaml"; },
                                  .delete_data = one.delete_data,
                                  .delete_archives = one.delete_archives,
                                  .yes = one.options.yes};
      const auto find_tables = [&](const PackageRequest&) { return tablesOf(one); };
      return nameOf(remove(session, ids, find_tables, options, dialog));
    } catch (const std::invalid_argument& error) {
      return std::string("usage: ") + error.what();
    } catch (const std::exception& error) {
      return std::string("error: ") + error.what();
    }
  }

  Duration waited_{0};
};

TEST_P(StackCases, GoByTheirScripts) {
  for (const StackCase& one : readStackCases(GetParam())) {
    SCOPED_TRACE(GetParam().filename().string() + ":" + std::to_string(one.line) + ": " + one.name);
    ScriptedCloud cloud(one.calls);
    RecordingDialog dialog(one);
    const std::string end = endOf(one, dialog, cloud.url());
    dialog.shown.push_back("ends " + end);
    EXPECT_THAT(dialog.shown, testing::ElementsAreArray(one.shows));
    EXPECT_THAT(cloud.complaints(), testing::IsEmpty());
    if (!one.waits.empty()) {
      EXPECT_EQ(std::to_string(std::chrono::duration_cast<std::chrono::seconds>(waited_).count()), one.waits);
    }
  }
}

std::vector<fs::path> caseFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(DDBLOG_STACK_CASES)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, StackCases, testing::ValuesIn(caseFiles()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace ddblog::deploy
