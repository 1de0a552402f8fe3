// An identity is what was said, not when, and not under which id.
#include "rpc/fault_identity.h"

#include <gtest/gtest.h>

namespace ddblog::rpc {
namespace {

std::string event(const std::string& id, const std::string& detail) {
  return R"({"version":"0","id":")" + id + R"(","detail-type":"t","source":"s","time":")" + id + R"(","detail":)" +
         detail + "}";
}

TEST(FaultIdentity, OfAnEventIsWithoutItsIdAndTime) {
  EXPECT_EQ(faultIdentity(event("1", R"({"n":1})")), faultIdentity(event("2", R"({"n":1})")));
  EXPECT_NE(faultIdentity(event("1", R"({"n":1})")), faultIdentity(event("1", R"({"n":2})")));
}

TEST(FaultIdentity, OfABatchIsThatOfItsFirstRecord) {
  const auto batch = [](const std::string& sequence, const std::string& pk, const std::string& more) {
    return R"({"Records":[{"eventID":")" + sequence + R"(","eventName":"INSERT","dynamodb":{"SequenceNumber":")" +
           sequence + R"(","Keys":{"pk":{"S":")" + pk + R"("}}}})" + more + "]}";
  };
  EXPECT_EQ(faultIdentity(batch("1", "a", "")), faultIdentity(batch("2", "a", R"(,{"eventName":"REMOVE"})")));
  EXPECT_NE(faultIdentity(batch("1", "a", "")), faultIdentity(batch("1", "b", "")));
  const auto messages = [](const std::string& id, const std::string& body) {
    return R"({"Records":[{"messageId":")" + id + R"(","receiptHandle":")" + id + R"(","body":")" + body + "\"}]}";
  };
  EXPECT_EQ(faultIdentity(messages("1", "a")), faultIdentity(messages("2", "a")));
  EXPECT_NE(faultIdentity(messages("1", "a")), faultIdentity(messages("1", "b")));
}

TEST(FaultIdentity, OfAResultIsThatOfWhatItIsAbout) {
  const auto result = [](const std::string& id, const std::string& payload) {
    return R"({"version":"1.0","requestContext":{"requestId":")" + id + R"("},"requestPayload":)" + payload + "}";
  };
  EXPECT_EQ(faultIdentity(result("1", event("1", "{}"))), faultIdentity(result("2", event("2", "{}"))));
  EXPECT_NE(faultIdentity(result("1", event("1", "{}"))), faultIdentity(event("1", "{}")));
}

TEST(FaultIdentity, OfAnythingElseIsItsText) {
  EXPECT_EQ(faultIdentity("not JSON"), "not JSON");
  EXPECT_NE(faultIdentity("1"), faultIdentity("2"));
  EXPECT_NE(faultIdentity(R"({"Records":[]})"), faultIdentity(R"({"Records":1})"));
}

}  // namespace
}  // namespace ddblog::rpc
