#include "cli/aws_trace/peeked_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "unit/aws/scripted_server.h"

namespace ddblog::cli {
namespace {

using testing::HasSubstr;

const std::string kEvent = R"({"detail":{"key":{"pk":"users#42#stream","sk":2}}})";
const std::string kRecord = R"({"requestContext":{"condition":"RetriesExhausted"},"requestPayload":)" + kEvent +
                            R"(,"responsePayload":{"errorType":"ValueError","errorMessage":"no"}})";
constexpr const char* kArn = "arn:aws:sqs:eu-north-1:111122223333:failed";

TEST(HoldsEvent, LooksAtTheEventAndAtRecordsOfInvocations) {
  const EventKey event{"users#42#stream", 2};
  EXPECT_TRUE(holdsEvent(kEvent, event));
  EXPECT_TRUE(holdsEvent(kRecord, event));
  EXPECT_FALSE(holdsEvent(kEvent, {"users#42#stream", 3}));
  EXPECT_FALSE(holdsEvent(kEvent, {"users#4#stream", 2}));
  for (const char* other : {"", "[]", "hello", R"({"detail":1})", R"({"requestPayload":"x"})"}) {
    EXPECT_FALSE(holdsEvent(other, event)) << other;
  }
}

class PeekTest : public testing::Test {
 protected:
  aws::Session& at(const std::string& url) {
    session_ = std::make_unique<aws::Session>(
        aws::ClientOptions{.endpoint_url = url, .region = "eu-north-1", .profile = {}, .attempts = 1}, clock_, ids_,
        [](const std::string&) { return std::nullopt; });
    return *session_;
  }
  static std::string message(const std::string& id, const std::string& body) {
    return json::serialize(json::object{{"MessageId", id}, {"Body", body}});
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<aws::Session> session_;
};

TEST_F(PeekTest, FindsTheEventAndRemovesNothing) {
  aws::ScriptedServer server(
      {{200, R"({"QueueUrl":"https://sqs/failed"})"},
       {200, "{}"},
       {200, R"({"Messages":[)" + message("m-1", "another") + "," + message("m-2", kRecord) + "]}"},
       {200, R"({"Messages":[)" + message("m-1", "another") + "]}"}});  // it has come again
  const Peeked peeked = peek(at(server.url()), kArn, {"users#42#stream", 2});
  ASSERT_EQ(peeked.messages.size(), 1u);
  EXPECT_EQ(peeked.messages[0].as_object().at("messageId"), "m-2");
  EXPECT_EQ(peeked.messages[0].as_object().at("what"), "RetriesExhausted: ValueError: no");
  EXPECT_EQ(peeked.looked_at, 2u);
  EXPECT_EQ(peeked.left_out, "");
  ASSERT_EQ(server.requests().size(), 4u);
  EXPECT_THAT(server.requests()[0], HasSubstr(R"({"QueueName":"failed","QueueOwnerAWSAccountId":"111122223333"})"));
  EXPECT_THAT(server.requests()[2], HasSubstr(R"("VisibilityTimeout":10)"));
  EXPECT_THAT(server.requests()[2], HasSubstr(R"("WaitTimeSeconds":1)"));
}

TEST_F(PeekTest, LeavesQueuesAloneThatAReceiveWouldChange) {
  aws::ScriptedServer server(
      {{200, R"({"QueueUrl":"https://sqs/failed"})"}, {200, R"({"Attributes":{"RedrivePolicy":"{}"}})"}});
  EXPECT_THAT(peek(at(server.url()), kArn, {"users#42#stream", 2}).left_out, HasSubstr("moves messages on"));
  EXPECT_THAT(peek(at(server.url()), std::string(kArn) + ".fifo", {}).left_out, HasSubstr("FIFO"));
  EXPECT_EQ(server.requests().size(), 2u);
}

}  // namespace
}  // namespace ddblog::cli
