#include "services/sqs/queues/attributes.h"

#include <gtest/gtest.h>

#include <string>

#include "base/api_error.h"

namespace ddblog::sqs {
namespace {

// The error's type; empty: they are valid.
std::string checked(const Texts& attributes, bool is_fifo = false) {
  try {
    checkAttributes(attributes, is_fifo, true);
    return {};
  } catch (const ApiError& error) {
    return error.type();
  }
}

TEST(Attributes, NumbersHaveRanges) {
  for (const char* valid : {"0", "900"}) EXPECT_EQ(checked({{"DelaySeconds", valid}}), "") << valid;
  for (const char* invalid : {"-1", "901", "", "1s", " 1", "1.0"}) {
    EXPECT_EQ(checked({{"DelaySeconds", invalid}}), "InvalidAttributeValue") << invalid;
  }
}

TEST(Attributes, PoliciesAreNotLong) {
  const std::string begin = R"({"Statement":[{"Sid":")";
  const std::string end = R"(","Effect":"Allow","Principal":"*","Action":"*"}]})";
  const std::string longest = begin + std::string(8192 - begin.size() - end.size(), 'x') + end;
  EXPECT_EQ(checked({{"Policy", longest}}), "");
  EXPECT_EQ(checked({{"Policy", longest + " "}}), "InvalidAttributeValue");
}

TEST(Attributes, RedrivePoliciesAreWhole) {
  EXPECT_EQ(checked({{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:q","maxReceiveCount":"1000"})"}}), "");
  for (const char* invalid :
       {"{", "[]", R"({"maxReceiveCount":1})", R"({"deadLetterTargetArn":"arn:q"})",
        R"({"deadLetterTargetArn":"arn:q","maxReceiveCount":0})",
        R"({"deadLetterTargetArn":"arn:q","maxReceiveCount":1.5})", R"({"deadLetterTargetArn":1,"maxReceiveCount":1})",
        R"({"deadLetterTargetArn":"arn:q","maxReceiveCount":1,"x":1})"}) {
    EXPECT_EQ(checked({{"RedrivePolicy", invalid}}), "InvalidParameterValueException") << invalid;
  }
}

TEST(Attributes, RedriveAllowPoliciesAreWhole) {
  EXPECT_EQ(checked({{"RedriveAllowPolicy", R"({"redrivePermission":"byQueue","sourceQueueArns":["arn:q"]})"}}), "");
  EXPECT_EQ(checked({{"RedriveAllowPolicy", R"({"redrivePermission":"allowAll"})"}}), "");
  for (const char* invalid : {"", R"({"redrivePermission":"maybe"})", R"({"redrivePermission":"byQueue"})",
                              R"({"redrivePermission":"byQueue","sourceQueueArns":[]})",
                              R"({"redrivePermission":"denyAll","sourceQueueArns":["arn:q"]})"}) {
    const std::string expected = *invalid ? "InvalidParameterValueException" : "";  // an empty text removes it
    EXPECT_EQ(checked({{"RedriveAllowPolicy", invalid}}), expected) << invalid;
  }
}

TEST(Attributes, OfFifoQueuesAreOnlyForThem) {
  for (const char* name : {"ContentBasedDeduplication", "FifoQueue"}) {
    EXPECT_EQ(checked({{name, "true"}}, true), "") << name;
    EXPECT_EQ(checked({{name, "true"}}, false), "InvalidAttributeName") << name;
  }
  EXPECT_EQ(checked({{"DeduplicationScope", "messageGroup"}}, true), "");
  EXPECT_EQ(checked({{"DeduplicationScope", "message"}}, true), "InvalidAttributeValue");
  Queue queue;
  queue.name = "q.fifo";
  EXPECT_THROW(setAttributes(queue, {{"FifoThroughputLimit", "perMessageGroupId"}}), ApiError);
  setAttributes(queue, {{"FifoThroughputLimit", "perMessageGroupId"}, {"DeduplicationScope", "messageGroup"}});
  EXPECT_TRUE(queue.deduplicatesByGroup());
}

}  // namespace
}  // namespace ddblog::sqs
