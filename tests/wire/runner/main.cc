// wire_tests [--endpoint-url URL] [GoogleTest's options]: each tests/wire/**/*.wire as a GoogleTest test, named
// <service>_<operation>.<file>. wire_file.h says how the files are written.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "aws/limits.h"
#include "services/lambda/host/reaper.h"
#include "wire/runner/cloud.h"
#include "wire/runner/matcher.h"
#include "wire/runner/wire_file.h"

namespace ddblog::wire {
namespace {

namespace fs = std::filesystem;

std::string endpoint_url;  // empty: our own services

class WireTest : public testing::Test {
 public:
  explicit WireTest(fs::path file) : file_(std::move(file)) {}

  void TestBody() override {
    const std::vector<Step> steps = readWireFile(file_);
    cloud_ = endpoint_url.empty() ? makeOwnCloud() : connectTo(endpoint_url, limits::kClientAttempts);
    for (const Step& step : steps) {
      if (endpoint_url.empty()) break;
      if (step.kind == Step::Kind::kMoveClock) GTEST_SKIP() << "moves the clock";
      if (step.call.service == "LambdaProvisioning") GTEST_SKIP() << "needs functions of its own";
    }
    removeTables(steps);
    for (const Step& step : steps) {
      SCOPED_TRACE(file_.string() + ":" + std::to_string(step.line));
      run(step);
      if (HasFatalFailure()) break;
    }
    removeTables(steps);
  }

 private:
  void run(const Step& step) {
    if (step.kind == Step::Kind::kMoveClock) {
      cloud_->moveClock(std::chrono::seconds(step.seconds));
      return;
    }
    Call call = step.call;
    call.path = substitute(call.path, saved_);
    call.body = substitute(call.body, saved_);
    const Reply reply = cloud_->call(call);
    const std::string all =
        std::to_string(reply.status) + " " + reply.error_type + " " + reply.message + "\n" + reply.body;
    ASSERT_EQ(reply.status, step.status) << all;
    ASSERT_EQ(reply.error_type, step.error_type) << all;
    if (!step.expected.empty()) compare(step, reply, all);
    for (const auto& [name, value] : step.expected_headers) {
      const auto found = reply.headers.find(name);
      const json::value actual = found == reply.headers.end() ? json::value() : json::value(found->second);
      const std::string wrong = mismatch(json::value(value), actual, saved_);
      ASSERT_TRUE(wrong.empty()) << name << ": " << wrong;
    }
    if (reply.status == 200) awaitTable(step);
  }

  void compare(const Step& step, const Reply& reply, const std::string& all) {
    const json::value expected = parseJson(substitute(step.expected, saved_));
    json::value actual;
    if (step.error_type.empty()) {
      actual = reply.body.empty() ? json::value() : parseJson(reply.body);
    } else if (expected.is_string()) {
      actual = json::value(reply.message);
    } else {
      actual = parseJson(reply.body);
      actual.as_object()["message"] = reply.message;
      if (!expected.as_object().contains("Message")) actual.as_object().erase("Message");
    }
    const std::string wrong = mismatch(expected, actual, saved_);
    ASSERT_TRUE(wrong.empty()) << wrong << "\nin " << all;
  }

  void awaitTable(const Step& step) {
    if (step.call.operation == "CreateTable" || step.call.operation == "UpdateTable") cloud_->awaitTable(tableOf(step));
  }

  void removeTables(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (step.call.operation == "CreateTable" && step.status == 200) cloud_->removeTable(tableOf(step));
    }
  }

  static std::string tableOf(const Step& step) {
    return std::string(parseJson(step.call.body).at("TableName").as_string());
  }

  const fs::path file_;
  std::unique_ptr<Cloud> cloud_;
  Saved saved_;
};

std::string testName(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char letter) { return !std::isalnum(letter); }, '_');
  return text;
}

void registerFiles(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    const bool common = entry.path().parent_path().filename() == "common";
    if (entry.path().extension() == ".wire" && !common) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const std::string suite = testName(fs::relative(file.parent_path(), directory).string());
    testing::RegisterTest(suite.c_str(), testName(file.stem().string()).c_str(), nullptr, nullptr, file.c_str(), 1,
                          [file]() -> testing::Test* { return new WireTest(file); });
  }
}

}  // namespace
}  // namespace ddblog::wire

int main(int argument_count, char** arguments) {
  if (ddblog::lambda::isReaper(argument_count, arguments)) ddblog::lambda::runReaper(arguments);
  testing::InitGoogleTest(&argument_count, arguments);
  for (int i = 1; i < argument_count; ++i) {
    if (std::strcmp(arguments[i], "--endpoint-url") == 0 && i + 1 < argument_count) {
      ddblog::wire::endpoint_url = arguments[++i];
    } else {
      std::cerr << "usage: wire_tests [--endpoint-url URL] [GoogleTest's options]\n";
      return 2;
    }
  }
  ddblog::wire::registerFiles(DDBLOG_WIRE_DIRECTORY);
  return RUN_ALL_TESTS();
}
