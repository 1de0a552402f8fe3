// Lines of functions: of which groups, in which order, each once.
#include "deploy/aws/function_logs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/aws/scripted_server.h"

namespace ddblog::deploy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Logs : public testing::Test {
 protected:
  aws::Session& at(const std::string& url) {
    session_ = std::make_unique<aws::Session>(
        aws::ClientOptions{.endpoint_url = url, .region = "eu-north-1", .profile = {}, .attempts = 1}, clock_, ids_,
        [](const std::string&) { return std::nullopt; });
    return *session_;
  }

  static std::string event(const std::string& id, int time, const std::string& text, const std::string& stream = "s") {
    return R"({"eventId":")" + id + R"(","timestamp":)" + std::to_string(time) + R"(,"message":")" + text +
           R"(\n","logStreamName":")" + stream + "\"}";
  }

  static std::vector<std::string> shown(const std::vector<LogLine>& lines) {
    std::vector<std::string> texts;
    for (const LogLine& line : lines) {
      texts.push_back(std::to_string(line.time.time_since_epoch().count()) + " " + line.function + ": " + line.text);
    }
    return texts;
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<aws::Session> session_;
};

TEST_F(Logs, OfSeveralGroupsAreInTheOrderOfTheirTimes) {
  aws::ScriptedServer server({{200, R"({"LoggingConfig":{"LogGroup":"own"}})"},
                              {200, "{}"},
                              {200, R"({"events":[)" + event("1", 100, "first") + R"(],"nextToken":"more"})"},
                              {200, R"({"events":[)" + event("2", 300, "third") + "]}"},
                              {200, R"({"events":[)" + event("3", 200, "second") + "]}"}});
  FunctionLogs logs(at(server.url()), {{"Users", "users-1"}, {"Trigger", "trigger-1"}}, {"say \"so\""});
  // "/aws/lambda/trigger-1" comes before "own".
  EXPECT_THAT(shown(logs.next(Timestamp(Duration(50)))),
              ElementsAre("100 Trigger: first", "200 Users: second", "300 Trigger: third"));
  EXPECT_THAT(server.requests()[0], HasSubstr("GET /2015-03-31/functions/users-1/configuration "));
  EXPECT_THAT(server.requests()[2], HasSubstr("X-Amz-Target: Logs_20140328.FilterLogEvents\r\n"));
  EXPECT_THAT(server.requests()[2], testing::EndsWith(R"({"logGroupName":"/aws/lambda/trigger-1","startTime":50,)"
                                                      R"("filterPattern":"\"say \\\"so\\\"\""})"));
  EXPECT_THAT(server.requests()[3], HasSubstr(R"("nextToken":"more")"));
  EXPECT_THAT(server.requests()[4], HasSubstr(R"("logGroupName":"own")"));
}

TEST_F(Logs, AreReturnedOnce) {
  const std::string first = event("1", 100, "first"), second = event("2", 100, "second"), late = event("0", 90, "late");
  aws::ScriptedServer server({{200, "{}"},
                              {200, R"({"events":[)" + first + "]}"},
                              {200, R"({"events":[)" + late + "," + first + "," + second + "]}"},
                              {200, R"({"events":[)" + second + "]}"}});
  FunctionLogs logs(at(server.url()), {{"Users", "users-1"}}, {});
  EXPECT_THAT(shown(logs.next(Timestamp(Duration(50)))), ElementsAre("100 Users: first"));
  EXPECT_THAT(shown(logs.next(Timestamp(Duration(60)))), ElementsAre("90 Users: late", "100 Users: second"));
  EXPECT_THAT(shown(logs.next(Timestamp(Duration(100)))), ElementsAre());
}

TEST_F(Logs, OfAGroupThatFunctionsShareAreToldApartByTheirStreams) {
  const std::string group = R"({"LoggingConfig":{"LogGroup":"all"}})";
  aws::ScriptedServer server({{200, group},
                              {200, group},
                              {200, R"({"events":[)" + event("1", 1, "a", "2026/01/01/orders-1[$LATEST]x") + "," +
                                        event("2", 2, "b", "2026/01/01/users-1[$LATEST]x") + "]}"}});
  FunctionLogs logs(at(server.url()), {{"Users", "users-1"}, {"Orders", "orders-1"}}, {});
  EXPECT_THAT(shown(logs.next(Timestamp())), ElementsAre("1 Orders: a", "2 Users: b"));
}

TEST_F(Logs, AreNoneBeforeTheGroupIsThere) {
  aws::ScriptedServer server({{200, "{}"}, {400, R"({"__type":"ResourceNotFoundException"})"}});
  FunctionLogs logs(at(server.url()), {{"Users", "users-1"}}, {});
  EXPECT_TRUE(logs.next(Timestamp()).empty());
}

}  // namespace
}  // namespace ddblog::deploy
