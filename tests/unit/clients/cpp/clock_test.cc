// What now() makes of the answers that it may get. With a cloud: tests/e2e/cpp_functions_test.py.
#include "ddblog/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "ddblog/errors.h"
#include "unit/aws/scripted_server.h"

namespace ddblog {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

class Clock : public testing::Test {
 protected:
  ~Clock() override { unsetenv("AWS_ENDPOINT_URL"); }

  static void askAt(const aws::ScriptedServer& server) { setenv("AWS_ENDPOINT_URL", server.url().c_str(), 1); }
};

TEST_F(Clock, IsTheClouds) {
  aws::ScriptedServer cloud({{200, R"({"now":"2031-01-01T00:00:00.000Z"})"}});
  askAt(cloud);
  EXPECT_EQ(now(), std::chrono::sys_days(std::chrono::year(2031) / 1 / 1));
  ASSERT_THAT(cloud.requests(), SizeIs(1));
  EXPECT_THAT(cloud.requests()[0], HasSubstr("GET /_local/clock HTTP/1.1\r\n"));
}

TEST_F(Clock, IsTheMachinesWhereAnotherServerAnswers) {
  aws::ScriptedServer other({{404, "<html>"}, {403, "<html>"}, {200, "<html>"}});
  askAt(other);
  for (int i = 0; i < 3; ++i) {
    const auto before = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    EXPECT_GE(now(), before);
  }
}

TEST_F(Clock, IsNoneIfTheCloudRefusesTheCredentials) {
  aws::ScriptedServer cloud({{403, R"({"message":"The security token included in the request is invalid."})",
                              "x-amzn-ErrorType: UnrecognizedClientException\r\n"}});
  askAt(cloud);
  try {
    now();
    FAIL() << "it has a time";
  } catch (const ServiceError& error) {
    EXPECT_EQ(error.type(), "UnrecognizedClientException");
    EXPECT_EQ(error.message(), "The security token included in the request is invalid.");
    EXPECT_EQ(error.status(), 403);
  }
}

}  // namespace
}  // namespace ddblog
