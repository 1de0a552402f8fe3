// What destinations and dead-letter queues are told, whatever a function answers.
#include "services/lambda/invocations/outcome_reports.h"

#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

class OutcomeReportsTest : public testing::Test {
 protected:
  FunctionCloud cloud_;
};

// A queue takes no attribute that is empty, no control characters, and no part of a character.
TEST_F(OutcomeReportsTest, TellADeadLetterQueueOfAnyError) {
  Function function = cloud_.python("users", "def handler(event, context): raise Exception(event)\n");
  function.asynchronous.maximum_retry_attempts = 0;
  function.dead_letter_arn = "arn:aws:sqs:us-east-1:000000000000:dead";
  cloud_.addFunction(function);
  cloud_.service->start();
  std::string sharps = "x";
  for (int i = 0; i < 600; ++i) sharps += "\xc3\x9f";
  int sent = 0;
  for (const std::string& error : {std::string(), std::string("a\\u001b[31m\\ufffe\\uffff"), sharps}) {
    cloud_.enqueue("users", "\"" + error + "\"");
    ASSERT_TRUE(cloud_.log.has("message for " + function.dead_letter_arn, ++sent));
  }
  cloud_.stop();  // nothing is sent any more
  ASSERT_EQ(cloud_.messages.size(), 3u);
  EXPECT_FALSE(cloud_.messages[0].attributes.contains("ErrorMessage"));
  EXPECT_EQ(cloud_.messages[1].attributes.at("ErrorMessage"), "a [31m\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(cloud_.messages[2].attributes.at("ErrorMessage"), sharps.substr(0, 1023));
}

TEST_F(OutcomeReportsTest, TellADestinationOfAnyAnswer) {
  Function function = cloud_.python("users", "def handler(event, context): return b'\\xff\\xfe'\n");
  function.asynchronous.on_success = "arn:aws:sqs:us-east-1:000000000000:done";
  cloud_.addFunction(function);
  cloud_.service->start();
  cloud_.enqueue("users", "1");
  ASSERT_TRUE(cloud_.log.has("message for " + function.asynchronous.on_success));
  cloud_.stop();
  const std::string replaced = "\xef\xbf\xbd\xef\xbf\xbd";
  EXPECT_EQ(text(parseJson(cloud_.messages.at(0).body.text()), "responsePayload"), replaced);
}

}  // namespace
}  // namespace ddblog::lambda
