// Buses, rules, targets and tags: made, described, listed, taken away, refused.
#include <gmock/gmock.h>

#include "unit/services/eventbridge/event_cloud.h"

namespace ddblog::eventbridge {
namespace {

std::vector<std::string> names(const json::value& list, const char* field = "Name") {
  std::vector<std::string> names;
  for (const json::value& entry : list.as_array()) names.emplace_back(entry.at(field).as_string());
  return names;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(EventBuses, TheDefaultOneIsAlwaysThere) {
  EventCloud cloud;
  EXPECT_EQ(json::serialize(cloud.ask("DescribeEventBus", "{}")),
            R"({"Name":"default","Arn":"arn:aws:events:us-east-1:000000000000:event-bus/default",)"
            R"("CreationTime":1767225600,"LastModifiedTime":1767225600})");
  EXPECT_EQ(cloud.call("DeleteEventBus", R"({"Name":"default"})").message, "Cannot delete event bus default.");
}

TEST(EventBuses, AreMadeDescribedListedAndDeleted) {
  EventCloud cloud;
  const json::value made =
      cloud.ask("CreateEventBus", R"({"Name":"shop","Description":"d","LogConfig":{"Level":"INFO"}})");
  EXPECT_EQ(json::serialize(made),
            R"({"EventBusArn":"arn:aws:events:us-east-1:000000000000:event-bus/shop","Description":"d",)"
            R"("LogConfig":{"Level":"INFO"}})");
  EXPECT_EQ(cloud.call("CreateEventBus", R"({"Name":"shop"})").error, "ResourceAlreadyExistsException");
  EXPECT_EQ(cloud.call("CreateEventBus", R"({"Name":"shop"})").message, "Event bus shop already exists.");
  const json::value described =
      cloud.ask("DescribeEventBus", R"({"Name":"arn:aws:events:us-east-1:000000000000:event-bus/shop"})");
  EXPECT_EQ(described.at("Description").as_string(), "d");
  EXPECT_THAT(names(cloud.ask("ListEventBuses", "{}").at("EventBuses")), ElementsAre("default", "shop"));
  EXPECT_THAT(names(cloud.ask("ListEventBuses", R"({"NamePrefix":"sh"})").at("EventBuses")), ElementsAre("shop"));
  cloud.ask("DeleteEventBus", R"({"Name":"shop"})");
  cloud.ask("DeleteEventBus", R"({"Name":"shop"})");
  const Answered gone = cloud.call("DescribeEventBus", R"({"Name":"shop"})");
  EXPECT_EQ(gone.error, "ResourceNotFoundException");
  EXPECT_EQ(gone.message, "Event bus shop does not exist.");
}

TEST(EventBuses, RefuseWhatBreaksConstraints) {
  EventCloud cloud;
  EXPECT_EQ(cloud.call("CreateEventBus", "{}").message,
            "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null");
  EXPECT_NE(cloud.call("CreateEventBus", R"({"Name":"a b"})").message.find("regular expression pattern"),
            std::string::npos);
  EXPECT_EQ(cloud.call("CreateEventBus", R"({"Name":"a/b"})").error, "ValidationException");
  EXPECT_EQ(cloud.call("CreateEventBus", R"({"Name":"b","EventSourceName":"aws.partner/a/b"})").message,
            "Event source aws.partner/a/b does not exist.");
  cloud.route("shop", "r", R"({"source":["s"]})");
  EXPECT_EQ(cloud.call("DeleteEventBus", R"({"Name":"shop"})").error, "ValidationException");
}

TEST(Rules, AreMadeDescribedAndDeleted) {
  EventCloud cloud;
  const std::string pattern = R"({ "source" : ["s"] })";
  const json::object put{{"Name", "r"}, {"EventPattern", pattern}, {"Description", "d"}};
  EXPECT_EQ(json::serialize(cloud.ask("PutRule", json::serialize(put))),
            R"({"RuleArn":"arn:aws:events:us-east-1:000000000000:rule/r"})");
  EXPECT_EQ(
      json::serialize(cloud.ask("DescribeRule", R"({"Name":"r"})")),
      R"({"Name":"r","Arn":"arn:aws:events:us-east-1:000000000000:rule/r","EventPattern":"{ \"source\" : [\"s\"] }",)"
      R"("State":"ENABLED","Description":"d","EventBusName":"default","CreatedBy":"000000000000"})");
  cloud.ask("DisableRule", R"({"Name":"r"})");
  EXPECT_EQ(cloud.ask("DescribeRule", R"({"Name":"r"})").at("State").as_string(), "DISABLED");
  cloud.ask("DeleteRule", R"({"Name":"r"})");
  cloud.ask("DeleteRule", R"({"Name":"r"})");
  const Answered gone = cloud.call("DescribeRule", R"({"Name":"r"})");
  EXPECT_EQ(gone.error, "ResourceNotFoundException");
  EXPECT_EQ(gone.message, "Rule r does not exist on EventBus default.");
  EXPECT_EQ(cloud.call("EnableRule", R"({"Name":"r"})").message, "Rule r does not exist on EventBus default.");
}

TEST(Rules, AreListedPageByPage) {
  EventCloud cloud;
  for (const char* name : {"c", "a", "b2", "b1", "d"}) {
    cloud.ask("PutRule", std::string(R"({"Name":")") + name + R"(","EventPattern":"{\"source\":[\"s\"]}"})");
  }
  const json::value first = cloud.ask("ListRules", R"({"Limit":3})");
  EXPECT_THAT(names(first.at("Rules")), ElementsAre("a", "b1", "b2"));
  const std::string token(first.at("NextToken").as_string());
  const json::value second = cloud.ask("ListRules", R"({"Limit":3,"NextToken":")" + token + "\"}");
  EXPECT_THAT(names(second.at("Rules")), ElementsAre("c", "d"));
  EXPECT_FALSE(second.as_object().contains("NextToken"));
  EXPECT_THAT(names(cloud.ask("ListRules", R"({"NamePrefix":"b"})").at("Rules")), ElementsAre("b1", "b2"));
  EXPECT_EQ(cloud.call("ListRules", R"({"NextToken":"?"})").error, "ValidationException");
  EXPECT_EQ(cloud.call("ListRules", R"({"EventBusName":"none"})").message, "Event bus none does not exist.");
  EXPECT_EQ(cloud.call("ListRules", R"({"Limit":0})").error, "ValidationException");
}

TEST(Rules, AreNotListedFromATokenOfSomebodyElse) {
  EventCloud cloud;
  cloud.route("default", "r", R"({"source":["s"]})");
  for (const char* call :
       {"ListRules {", "ListEventBuses {", R"(ListTargetsByRule {"Rule":"r",)",
        R"(ListRuleNamesByTarget {"TargetArn":"arn:aws:lambda:us-east-1:000000000000:function:r",)"}) {
    const std::string text = call;
    const std::size_t name = text.find(' ');
    const Answered answered = cloud.call(text.substr(0, name), text.substr(name + 1) + R"("NextToken":"?"})");
    EXPECT_EQ(answered.error + ": " + answered.message, "ValidationException: Parameter NextToken is not valid.")
        << call;
  }
}

TEST(Rules, RefuseWhatCannotBe) {
  EventCloud cloud;
  EXPECT_EQ(cloud.call("PutRule", R"({"Name":"r"})").message,
            "Parameter(s) EventPattern or ScheduleExpression must be specified.");
  const auto schedule = [&](const std::string& more) {
    return cloud.call("PutRule", "{\"Name\":\"r\",\"ScheduleExpression\":\"rate(1 minute)\"" + more + "}").message;
  };
  EXPECT_EQ(schedule(R"(,"EventBusName":"b")"), "ScheduleExpression is supported only on the default event bus.");
  EXPECT_EQ(schedule(R"(,"ScheduleExpression":"rate")"), "Parameter ScheduleExpression is not valid.");
  EXPECT_EQ(cloud.call("PutRule", R"({"Name":"r","EventPattern":"{}"})").error, "InvalidEventPatternException");
  EXPECT_EQ(cloud.call("PutRule", R"({"Name":"r","EventPattern":"{\"a\":[1]}","EventBusName":"b"})").message,
            "Event bus b does not exist.");
  EXPECT_NE(cloud.call("PutRule", R"({"Name":"r","EventPattern":"{\"a\":[1]}","State":"ON"})")
                .message.find("enum value set: [ENABLED, DISABLED"),
            std::string::npos);
}

TEST(Targets, ArePutReplacedListedAndRemoved) {
  EventCloud cloud;
  cloud.route("shop", "r", R"({"source":["s"]})");
  const json::value put = cloud.ask("PutTargets", R"({"Rule":"r","EventBusName":"shop","Targets":[
      {"Id":"f","Arn":"arn:aws:lambda:new","SqsParameters":{"MessageGroupId":"m"},"Input":null},
      {"Id":"g","Arn":"arn:aws:lambda:g"}]})");
  EXPECT_EQ(json::serialize(put), R"({"FailedEntryCount":0,"FailedEntries":[]})");
  EXPECT_EQ(json::serialize(cloud.ask("ListTargetsByRule", R"({"Rule":"r","EventBusName":"shop"})")),
            R"({"Targets":[{"Id":"f","Arn":"arn:aws:lambda:new","SqsParameters":{"MessageGroupId":"m"}},)"
            R"({"Id":"g","Arn":"arn:aws:lambda:g"}]})");
  EXPECT_EQ(
      json::serialize(cloud.ask("ListRuleNamesByTarget", R"({"TargetArn":"arn:aws:lambda:g","EventBusName":"shop"})")),
      R"({"RuleNames":["r"]})");
  EXPECT_EQ(cloud.call("DeleteRule", R"({"Name":"r","EventBusName":"shop"})").message,
            "Rule can't be deleted since it has targets.");
  const json::value removed = cloud.ask("RemoveTargets", R"({"Rule":"r","EventBusName":"shop","Ids":["f","x"]})");
  EXPECT_EQ(removed.at("FailedEntryCount").as_int64(), 1);
  EXPECT_EQ(removed.at("FailedEntries").at(0).at("TargetId").as_string(), "x");
  EXPECT_THAT(names(cloud.ask("ListTargetsByRule", R"({"Rule":"r","EventBusName":"shop"})").at("Targets"), "Id"),
              ElementsAre("g"));
}

TEST(Targets, StayWhenTheirRuleIsPutAgain) {
  EventCloud cloud;
  cloud.route("shop", "r", R"({"source":["s"]})");
  cloud.ask("PutRule", R"({"Name":"r","EventBusName":"shop","EventPattern":"{\"source\":[\"o\"]}"})");
  EXPECT_THAT(names(cloud.ask("ListTargetsByRule", R"({"Rule":"r","EventBusName":"shop"})").at("Targets"), "Id"),
              ElementsAre("f"));
}

TEST(Targets, RefuseWhatCannotBe) {
  EventCloud cloud;
  cloud.route("shop", "r", R"({"source":["s"]})");
  const auto refusal = [&](const std::string& target) {
    return cloud.call("PutTargets", R"({"Rule":"r","EventBusName":"shop","Targets":[)" + target + "]}").message;
  };
  EXPECT_EQ(refusal(R"({"Id":"t","Arn":"none"})"),
            "Parameter none is not valid. Reason: Provided Arn is not in correct format.");
  EXPECT_NE(refusal(R"({"Id":"t","Arn":"arn:aws:sqs:q"})"), "");
  EXPECT_EQ(refusal(R"({"Id":"t","Arn":"arn:aws:lambda:x","Input":"{}","InputPath":"$"})"),
            "Only one of Input, InputPath, or InputTransformer must be provided for target t.");
  EXPECT_NE(refusal(R"({"Id":"t","Arn":"arn:aws:lambda:x","RetryPolicy":{"MaximumRetryAttempts":186}})").find("185"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"Id":"t","Arn":"arn:aws:lambda:x","RetryPolicy":{"MaximumEventAgeInSeconds":59}})").find("59"),
            std::string::npos);
  EXPECT_EQ(refusal(R"({"Id":"t","Arn":"arn:aws:lambda:x","DeadLetterConfig":{"Arn":"arn:aws:sqs:q.fifo"}})"),
            "Parameter arn:aws:sqs:q.fifo is not valid. Reason: A dead-letter queue must be a standard Amazon SQS "
            "queue.");
  EXPECT_NE(refusal(R"({"Id":"t","Arn":"arn:aws:lambda:x","InputTransformer":{}})").find("inputTemplate"),
            std::string::npos);
  EXPECT_EQ(cloud.call("PutTargets", R"({"Rule":"x","Targets":[{"Id":"t","Arn":"arn:aws:lambda:x"}]})").message,
            "Rule x does not exist on EventBus default.");
}

TEST(Targets, AreAtMostFiveARule) {
  EventCloud cloud;
  cloud.route("shop", "r", R"({"source":["s"]})");
  const auto put = [&](int number) {
    return cloud.call("PutTargets", R"({"Rule":"r","EventBusName":"shop","Targets":[{"Id":"t)" +
                                        std::to_string(number) + R"(","Arn":"arn:aws:lambda:x"}]})");
  };
  for (int i = 0; i < 4; ++i) EXPECT_EQ(put(i).error, "");
  EXPECT_EQ(put(3).error, "");
  const Answered refused = put(4);
  EXPECT_EQ(refused.error, "LimitExceededException");
  EXPECT_EQ(refused.message, "The requested resource exceeds the maximum number allowed.");
}

TEST(Tags, BelongToBusesAndRules) {
  EventCloud cloud;
  cloud.ask("CreateEventBus", R"({"Name":"shop","Tags":[{"Key":"a","Value":"1"}]})");
  cloud.ask("PutRule", R"({"Name":"r","EventBusName":"shop","EventPattern":"{\"source\":[\"o\"]}"})");
  const std::string bus = R"({"ResourceARN":"arn:aws:events:us-east-1:000000000000:event-bus/shop")";
  const std::string rule = R"({"ResourceARN":"arn:aws:events:us-east-1:000000000000:rule/shop/r")";
  cloud.ask("TagResource", rule + R"(,"Tags":[{"Key":"b","Value":"2"},{"Key":"c","Value":""}]})");
  cloud.ask("UntagResource", rule + R"(,"TagKeys":["b"]})");
  EXPECT_EQ(json::serialize(cloud.ask("ListTagsForResource", bus + "}")), R"({"Tags":[{"Key":"a","Value":"1"}]})");
  EXPECT_EQ(json::serialize(cloud.ask("ListTagsForResource", rule + "}")), R"({"Tags":[{"Key":"c","Value":""}]})");
  EXPECT_EQ(cloud.call("ListTagsForResource", R"({"ResourceARN":"x"})").error, "ValidationException");
  EXPECT_EQ(
      cloud.call("ListTagsForResource", R"({"ResourceARN":"arn:aws:events:us-east-1:000000000000:rule/none"})").message,
      "Rule none does not exist on EventBus default.");
}

TEST(TestEventPattern, SaysWhetherAPatternMatches) {
  EventCloud cloud;
  const std::string event =
      R"({"id":"1","source":"s","detail-type":"t","account":"1","region":"r","time":"2022-07-13T13:48:01Z"})";
  const auto test = [&](const std::string& pattern, const std::string& of) {
    return cloud.call("TestEventPattern", json::serialize(json::object{{"EventPattern", pattern}, {"Event", of}}));
  };
  EXPECT_EQ(test(R"({"source":["s"]})", event).body, R"({"Result":true})");
  EXPECT_EQ(test(R"({"source":["x"]})", event).body, R"({"Result":false})");
  EXPECT_EQ(test(R"({"source":["x"]})", "plain").message, "Parameter Event is not valid.");
  EXPECT_EQ(test(R"({"source":["x"]})", R"({"id":"1"})").message, "Parameter Event is not valid.");
  EXPECT_EQ(test("{}", event).error, "InvalidEventPatternException");
}

}  // namespace
}  // namespace ddblog::eventbridge
