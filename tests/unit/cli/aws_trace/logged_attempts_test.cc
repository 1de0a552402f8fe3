#include "cli/aws_trace/logged_attempts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "unit/aws/scripted_server.h"

namespace ddblog::cli {
namespace {

using testing::HasSubstr;

constexpr const char* kRequest = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

class LoggedAttempts : public testing::Test {
 protected:
  aws::Session& at(const std::string& url) {
    session_ = std::make_unique<aws::Session>(
        aws::ClientOptions{.endpoint_url = url, .region = "eu-north-1", .profile = {}, .attempts = 1}, clock_, ids_,
        [](const std::string&) { return std::nullopt; });
    return *session_;
  }

  // The lines of a log group, one a second, in an answer of FilterLogEvents.
  static std::string answer(const std::vector<std::string>& lines) {
    json::array events;
    for (const std::string& line : lines) {
      const auto second = static_cast<std::int64_t>(events.size() + 1);
      events.push_back(json::object{{"eventId", std::to_string(second)},
                                    {"timestamp", second * 1000},
                                    {"message", line + "\n"},
                                    {"logStreamName", "s"}});
    }
    return json::serialize(json::object{{"events", std::move(events)}});
  }

  static LogSearch search() {
    return {"Users", {"users#42#stream", "id-1"}, Timestamp(Duration(1'000)), Timestamp(Duration(9'000))};
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<aws::Session> session_;
};

TEST_F(LoggedAttempts, AreTheRequestsWhoseLinesNameTheEvent) {
  const std::string request(kRequest);
  const std::string line = "2026-11-28T09:00:00Z\t" + request + "\tERROR\tusers#42#stream: no such user";
  aws::ScriptedServer server(
      {{200, "{}"},
       {200, answer({line, "users#42#stream printed"})},
       {200, "{}"},
       {200, answer({"START RequestId: " + request + " Version: $LATEST", line, "END RequestId: " + request,
                     "REPORT RequestId: " + request +
                         "\tDuration: 12.34 ms\tBilled Duration: 13 ms\tStatus: error\t"
                         "Error Type: Runtime.ExitError"})}});
  const json::array nodes = attemptsInLogs(at(server.url()), search());
  ASSERT_EQ(nodes.size(), 2u);
  const json::object& attempt = nodes[0].as_object();
  EXPECT_EQ(attempt.at("kind"), "attempt");
  EXPECT_EQ(attempt.at("requestId").as_string(), request);
  EXPECT_EQ(attempt.at("durationMs"), 12);
  EXPECT_EQ(attempt.at("result"), "failure");
  EXPECT_EQ(attempt.at("error"), "Runtime.ExitError");
  ASSERT_EQ(attempt.at("log").as_array().size(), 1u) << "Lambda's own lines are left out";
  EXPECT_EQ(nodes[1].as_object().at("kind"), "lines");
  EXPECT_THAT(server.requests()[1], HasSubstr(R"("startTime":1000,"endTime":9000)"));
  EXPECT_THAT(server.requests()[1], HasSubstr(R"("filterPattern":"?\"users#42#stream\" ?\"id-1\"")"));
  EXPECT_THAT(server.requests()[3], HasSubstr(R"("filterPattern":"\")" + request + R"(\"")"));
}

TEST_F(LoggedAttempts, HaveAResultOnlyIfTheLogSaysSo) {
  const std::string request(kRequest);
  const std::string line = R"({"requestId":")" + request + R"(","message":"users#42#stream"})";
  aws::ScriptedServer server({{200, "{}"}, {200, answer({line})}, {200, "{}"}, {200, answer({line})}});
  EXPECT_EQ(attemptsInLogs(at(server.url()), search()).at(0).as_object().at("result"), "unknown");

  aws::ScriptedServer again(
      {{200, "{}"},
       {200, answer({line})},
       {200, "{}"},
       {200, answer({line, "REPORT RequestId: " + request + "\tDuration: 2.00 ms\tBilled Duration: 2 ms\t"})}});
  EXPECT_EQ(attemptsInLogs(at(again.url()), search()).at(0).as_object().at("result"), "success");
}

TEST_F(LoggedAttempts, AreNoneWithoutALogGroup) {
  aws::ScriptedServer server({{200, "{}"}, {400, R"({"__type":"ResourceNotFoundException"})"}});
  EXPECT_TRUE(attemptsInLogs(at(server.url()), search()).empty());
}

TEST(RequestOfLine, IsAFieldOfItsOwn) {
  const std::string request(kRequest);
  EXPECT_EQ(requestOfLine("2026-11-28T09:00:00Z\t" + request + "\tINFO\thello"), request);
  EXPECT_EQ(requestOfLine("[INFO]\t2026-11-28T09:00:00Z\t" + request + "\thello"), request);
  EXPECT_EQ(requestOfLine(R"({"AWSRequestId": ")" + request + "\"}"), request);
  EXPECT_EQ(requestOfLine("the event " + request), "") << "it may be any id";
  EXPECT_EQ(requestOfLine("{no JSON"), "");
  EXPECT_EQ(requestOfLine(R"({"requestId": "short"})"), "");
  EXPECT_EQ(requestOfLine(""), "");
}

}  // namespace
}  // namespace ddblog::cli
