// What a deployment looks like: on a terminal, elsewhere, and as JSON.
#include "cli/output/deployment_dialog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace ddblog::cli {
namespace {

deploy::StackEvent event(const std::string& status, const std::string& id, const std::string& reason = {}) {
  return {"1", id, id, "AWS::SQS::Queue", status, reason, "", "2026-01-01T00:00:00Z"};
}

deploy::Change change(const std::string& action, const std::string& id, const std::string& replacement) {
  return {action, id, "", "AWS::SQS::Queue", replacement, "", {{"/Properties/DelaySeconds", "1", "2"}}};
}

class Shown : public testing::Test {
 protected:
  deploy::UserDialog& dialog(const DialogSettings& settings) {
    dialog_ = deploymentDialog(settings, out_, notes_);
    return *dialog_;
  }

  std::ostringstream out_, notes_;
  std::unique_ptr<deploy::UserDialog> dialog_;
};

TEST_F(Shown, AChangeIsALineWithItsProperties) {
  dialog({}).showChanges("users-dev", {change("Add", "First", ""), change("Modify", "Second", "True")});
  EXPECT_EQ(out_.str(),
            "users-dev: 2 changes\n"
            "  + Add     First   AWS::SQS::Queue\n"
            "  * Modify  Second  AWS::SQS::Queue  replaced\n"
            "      /Properties/DelaySeconds: 1 -> 2\n");
}

TEST_F(Shown, AnEventIsALineWhereThereIsNoTerminal) {
  dialog({}).showEvent(event("CREATE_IN_PROGRESS", "First"));
  dialog_->showEvent(event("CREATE_FAILED", "First", "no\x1b[2J\nway"));
  EXPECT_EQ(out_.str(),
            "CREATE_IN_PROGRESS  AWS::SQS::Queue              First\n"
            "CREATE_FAILED       AWS::SQS::Queue              First  no\\x1b[2J\\x0away\n");
}

TEST_F(Shown, OnATerminalAResourceKeepsItsLine) {
  DialogSettings settings;
  settings.width = 60;
  settings.height = 24;
  dialog(settings).showEvent(event("CREATE_IN_PROGRESS", "First"));
  dialog_->showEvent(event("CREATE_IN_PROGRESS", "Second"));
  out_.str("");
  dialog_->showEvent(event("CREATE_FAILED", "First", "a reason that is longer than the line"));
  EXPECT_EQ(out_.str(),
            "\x1b[2A\r\x1b[2K"
            "CREATE_FAILED       AWS::SQS::Queue              First  a r"
            "\x1b[2B\r");
}

TEST_F(Shown, ALineAboveOtherOutputStaysAsItIs) {
  DialogSettings settings;
  settings.width = 80;
  settings.height = 24;
  dialog(settings).showEvent(event("DELETE_FAILED", "First"));
  dialog_->say("First cannot be removed");
  out_.str("");
  dialog_->showEvent(event("DELETE_COMPLETE", "First"));
  EXPECT_EQ(out_.str(), "DELETE_COMPLETE     AWS::SQS::Queue              First\n");
}

TEST_F(Shown, APlanSaysWhatGoesForGood) {
  deploy::RemovalPlan plan;
  plan.stack = "users-dev";
  plan.removed = {"Users (AWS::Lambda::Function, users-1)"};
  plan.lost_tables = {{.name = "dev-orders", .items = 1234}};
  plan.lost_archives = {"LogArchive (archive-1)"};
  plan.tables = {{.name = "dev-core", .items = 1}};
  plan.log_groups = {"/aws/lambda/users-1"};
  plan.bucket = "artifacts";
  plan.uploads = 3;
  dialog({}).showPlan(plan);
  EXPECT_EQ(out_.str(),
            "Goes with the stack users-dev:\n"
            "  - Users (AWS::Lambda::Function, users-1)\n"
            "Goes with its data:\n"
            "  - the table dev-orders with about 1,234 items\n"
            "  - the archive LogArchive (archive-1) with its events\n"
            "Stays:\n"
            "    the table dev-core with about 1 items\n"
            "Goes, too:\n"
            "  - the log group /aws/lambda/users-1\n"
            "  - 3 uploaded files in the bucket artifacts\n");
}

TEST_F(Shown, MoreResourcesThanTheTerminalHasLinesAreLinesEach) {
  DialogSettings settings;
  settings.width = 80;
  settings.height = 3;
  dialog(settings);
  for (const char* id : {"First", "Second", "Third"}) dialog_->showEvent(event("CREATE_IN_PROGRESS", id));
  out_.str("");
  dialog_->showEvent(event("CREATE_COMPLETE", "First"));
  EXPECT_EQ(out_.str(), "CREATE_COMPLETE     AWS::SQS::Queue              First\n");
}

TEST_F(Shown, AsJsonEachThingIsAnObjectOfALine) {
  DialogSettings settings;
  settings.as_json = true;
  dialog(settings).showChanges("users-dev", {change("Add", "First", "")});
  dialog_->showEvent(event("CREATE_COMPLETE", "First"));
  dialog_->showResult({"users-dev", "arn", "eu-north-1", {{"Url", "x"}}, {{"Users", "users-dev-Users-1"}}});
  dialog_->say("a note");
  EXPECT_EQ(out_.str(),
            R"({"type":"change","action":"Add","logicalId":"First","physicalId":"","resourceType":"AWS::SQS::Queue",)"
            R"("replacement":"","properties":[{"path":"/Properties/DelaySeconds","before":"1","after":"2"}]})"
            "\n"
            R"({"type":"event","time":"2026-01-01T00:00:00Z","status":"CREATE_COMPLETE","logicalId":"First",)"
            R"("physicalId":"First","resourceType":"AWS::SQS::Queue","reason":""})"
            "\n"
            R"({"type":"result","stack":"users-dev","stackId":"arn","region":"eu-north-1","outputs":{"Url":"x"},)"
            R"("functions":{"Users":"users-dev-Users-1"}})"
            "\n");
  EXPECT_EQ(notes_.str(), "a note\n");
}

}  // namespace
}  // namespace ddblog::cli
