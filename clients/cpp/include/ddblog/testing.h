// GoogleTest: tests of an application on the offline cloud, which is started once for each class of
// tests and goes back to its start before each test.
//
//   class UsersTest : public ddblog::CloudTest<UsersTest> {
//    public:
//     static ddblog::LocalCloudOptions cloudOptions() { return {.template_file = "template.yaml"}; }
//   };
//
//   TEST_F(UsersTest, SignsUp) {
//     given("users", "42", {}).when({{"signup", R"({"name": "Ada"})"}}).thenReadModel(R"({"name": "Ada"})");
//   }
//
// No test sleeps: settle() returns when everything has followed from what was appended. A handler
// that failed fails the test, with its error, stack and log lines.
//
// CMake: find_package(ddblog CONFIG REQUIRED COMPONENTS testing), and link ddblog::testing.
// Thread safety: as GoogleTest's.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ddblog/local_cloud.h"

namespace ddblog {

// One test as a sentence. `when` runs at once; each `then` first waits until everything has followed.
// What does not hold is a non-fatal failure of the test.
class Scenario {
 public:
  Scenario(LocalCloud& cloud, std::string log, std::string id, const std::vector<NewEvent>& given)
      : cloud_(cloud), log_(std::move(log)), id_(std::move(id)) {
    if (given.empty()) return;
    cloud_.log().appendAll(log_, id_, given, Expected::none());
    cloud_.settle();
  }

  // Appends events to the stream, after those that it has.
  Scenario& when(const std::vector<NewEvent>& events) {
    return when([&] {
      EventLog& log = cloud_.log();
      log.appendAll(log_, id_, events, Expected::version(log.version(log_, id_)));
    });
  }
  // Runs code of your own.
  Scenario& when(const std::function<void()>& action) {
    action();
    is_settled_ = false;
    return *this;
  }

  // The read model `<log>#<id>`, or that of another key, has the members of this JSON object, and may
  // have others.
  Scenario& thenReadModel(std::string_view expected) { return thenReadModel(log_ + '#' + id_, expected); }
  Scenario& thenReadModel(const std::string& key, std::string_view expected) {
    settle();
    EXPECT_EQ(differences(cloud_.item(key), expected), "") << "in the read model " << key;
    return *this;
  }
  Scenario& thenNoReadModel(const std::string& key) {
    settle();
    EXPECT_FALSE(cloud_.item(key)) << "There is a read model " << key << ".";
    return *this;
  }
  // The stream has events of these types, and no others.
  Scenario& thenEvents(const std::vector<std::string>& types) {
    std::vector<std::string> found;
    for (const Event& event : cloud_.log().stream(log_, id_)) found.push_back(event.type);
    EXPECT_EQ(found, types) << "in the stream " << log_ << '#' << id_;
    return *this;
  }
  // A handler has failed with an error that contains this text.
  Scenario& thenFails(std::string_view error) {
    const Settled settled = cloud_.settle({.allow_failures = true});
    is_settled_ = true;
    std::string lines;
    for (const Failure& failure : settled.failures) lines += failure.error_line + "\n";
    EXPECT_NE(lines.find(error), std::string::npos)
        << "No handler failed with \"" << error << "\", but: " << (lines.empty() ? "none" : lines);
    return *this;
  }

 private:
  void settle() {
    if (!is_settled_) cloud_.settle();
    is_settled_ = true;
  }

  LocalCloud& cloud_;
  std::string log_, id_;
  bool is_settled_ = true;
};

// `Tests` is the class that inherits from it. Its cloudOptions() may be left out.
template <class Tests>
class CloudTest : public ::testing::Test {
 public:
  static LocalCloudOptions cloudOptions() { return {}; }
  static void SetUpTestSuite() { running_ = std::make_unique<LocalCloud>(Tests::cloudOptions()); }
  static void TearDownTestSuite() { running_.reset(); }

 protected:
  void SetUp() override {
    ASSERT_TRUE(running_) << "The offline cloud did not start.";
    running_->reset();
  }

  LocalCloud& cloud() { return *running_; }
  EventLog& log() { return running_->log(); }
  AppendResult append(std::string_view log_name, std::string_view id, const std::vector<NewEvent>& events,
                      Expected expected = Expected::any()) {
    return log().appendAll(log_name, id, events, expected);
  }
  Settled settle(const SettleOptions& options = {}) { return running_->settle(options); }
  // The stream has these events, and everything has followed from them.
  Scenario given(std::string log_name, std::string id, const std::vector<NewEvent>& events) {
    return Scenario(cloud(), std::move(log_name), std::move(id), events);
  }

 private:
  static inline std::unique_ptr<LocalCloud> running_;
};

}  // namespace ddblog
