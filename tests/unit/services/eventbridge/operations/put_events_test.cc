// Events put on buses: which targets get them, what of them, and what is refused.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "base/limits.h"
#include "unit/services/eventbridge/event_cloud.h"

namespace ddblog::eventbridge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The names of the functions that got messages: each rule's target is named after it.
std::vector<std::string> rules(const std::vector<rpc::Message>& messages) {
  std::vector<std::string> names;
  for (const rpc::Message& message : messages) {
    names.push_back(message.recipient_arn.substr(message.recipient_arn.rfind(':') + 1));
  }
  return names;
}

TEST(PutEvents, DeliversToTheTargetsOfTheRulesThatMatch) {
  EventCloud cloud;
  cloud.route("shop", "orders", R"({"detail":{"kind":["order"]}})");
  cloud.route("shop", "big", R"({"detail":{"total":[{"numeric":[">",100]}]}})");
  cloud.route("default", "all", R"({"source":["test"]})");
  cloud.put("shop", R"({"kind":"order","total":100.01})");
  EXPECT_THAT(rules(cloud.deliveries().take()), ElementsAre("big", "orders"));
  cloud.put("shop", R"({"kind":"order","total":100})");
  EXPECT_THAT(rules(cloud.deliveries().take()), ElementsAre("orders"));
  cloud.put("shop", R"({"kind":"offer"})");
  EXPECT_THAT(cloud.deliveries().take(), IsEmpty());
  cloud.put("arn:aws:events:us-east-1:000000000000:event-bus/default", "{}");
  EXPECT_THAT(rules(cloud.deliveries().take()), ElementsAre("all"));
}

TEST(PutEvents, TheEventHasTheBytesOfItsDetail) {
  EventCloud cloud;
  cloud.route("shop", "r", R"({"source":["test"]})");
  const std::string id =
      cloud.put("shop", R"({ "n": 1.500, "long": 0.1234567890123456789, "e": "\u00e9", "n2": 1E+2 })");
  const std::vector<rpc::Message> deliveries = cloud.deliveries().take();
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_EQ(deliveries[0].body.text(),
            R"({"version":"0","id":")" + id +
                R"(","detail-type":"t","source":"test","account":"000000000000","time":"2026-01-01T00:00:00Z",)"
                R"("region":"us-east-1","resources":[],)"
                R"("detail":{ "n": 1.500, "long": 0.1234567890123456789, "e": "\u00e9", "n2": 1E+2 }})");
  EXPECT_EQ(deliveries[0].recipient_arn, "arn:aws:lambda:us-east-1:000000000000:function:r");
}

TEST(PutEvents, TimeAndResourcesAreTheCallers) {
  EventCloud cloud;
  cloud.route("shop", "r", R"({"resources":["arn:b"]})");
  cloud.ask("PutEvents", R"({"Entries":[{"Time":1700000000.5,"Source":"s","DetailType":"t","Detail":"{}",
      "Resources":["arn:a","arn:b"],"EventBusName":"shop"}]})");
  const std::vector<rpc::Message> deliveries = cloud.deliveries().take();
  ASSERT_EQ(deliveries.size(), 1u);
  const json::value event = parseJson(deliveries[0].body.text());
  EXPECT_EQ(event.at("time").as_string(), "2023-11-14T22:13:20Z");
  EXPECT_EQ(json::serialize(event.at("resources")), R"(["arn:a","arn:b"])");
}

TEST(PutEvents, EntriesThatFailLeaveTheOthersAlone) {
  EventCloud cloud;
  cloud.route("default", "r", R"({"source":["s"]})");
  const json::value answer = cloud.ask("PutEvents", R"({"Entries":[
      {"DetailType":"t","Detail":"{}"}, {"Source":"s","Detail":"{}"}, {"Source":"s","DetailType":"t"},
      {"Source":"s","DetailType":"t","Detail":"[]"}, {"Source":"s","DetailType":"t","Detail":"{"},
      {"Source":"s","DetailType":"t","Detail":"\"x\""}, {"Source":"s","DetailType":"t","Detail":"{} {}"},
      {"Source":"aws.ec2","DetailType":"t","Detail":"{}"}, {"Source":"s","DetailType":"t","Detail":"{}"}]})");
  EXPECT_EQ(answer.at("FailedEntryCount").as_int64(), 8);
  const json::array& entries = answer.at("Entries").as_array();
  EXPECT_EQ(json::serialize(entries[0]),
            R"({"ErrorCode":"InvalidArgument","ErrorMessage":"Parameter Source is not valid. Reason: Source is a )"
            R"(required argument."})");
  EXPECT_EQ(entries[1].at("ErrorMessage").as_string(),
            "Parameter DetailType is not valid. Reason: DetailType is a required argument.");
  EXPECT_EQ(entries[2].at("ErrorMessage").as_string(),
            "Parameter Detail is not valid. Reason: Detail is a required argument.");
  for (int i = 3; i < 7; ++i) {
    EXPECT_EQ(entries[i].at("ErrorCode").as_string(), "MalformedDetail");
    EXPECT_EQ(entries[i].at("ErrorMessage").as_string(), "Detail is malformed.");
  }
  EXPECT_EQ(entries[7].at("ErrorCode").as_string(), "NotAuthorizedForSourceException");
  EXPECT_TRUE(entries[8].as_object().contains("EventId"));
  EXPECT_EQ(cloud.deliveries().take().size(), 1u);
}

// `depth` objects, one in the other.
std::string nested(int depth) {
  std::string text = "1";
  for (int i = 0; i < depth; ++i) text = R"({"a":)" + text + '}';
  return text;
}

// The event is one level deeper than its detail.
TEST(PutEvents, ADetailThatIsTooDeepForAnEventFailsAlone) {
  EventCloud cloud;
  json::array entries;
  for (const int depth : {limits::kJsonDepth - 1, limits::kJsonDepth, limits::kJsonDepth + 1}) {
    entries.push_back({{"Source", "s"}, {"DetailType", "t"}, {"Detail", nested(depth)}});
  }
  const json::value answer = cloud.ask("PutEvents", json::serialize(json::object{{"Entries", entries}}));
  EXPECT_EQ(answer.at("FailedEntryCount").as_int64(), 2);
  EXPECT_TRUE(answer.at("Entries").at(0).as_object().contains("EventId"));
  for (const int i : {1, 2}) {
    EXPECT_EQ(answer.at("Entries").at(i).at("ErrorCode").as_string(), "MalformedDetail");
    EXPECT_EQ(answer.at("Entries").at(i).at("ErrorMessage").as_string(), "Detail is malformed.");
  }
}

TEST(PutEvents, AnEventForABusThatDoesNotExistIsGoneWithAWarning) {
  EventCloud cloud;
  const json::value answer =
      cloud.ask("PutEvents", R"({"Entries":[{"Source":"s","DetailType":"t","Detail":"{}","EventBusName":"none"}]})");
  EXPECT_EQ(answer.at("FailedEntryCount").as_int64(), 0);
  EXPECT_EQ(answer.at("Entries").at(0).at("EventId").as_string().size(), 36u);
  ASSERT_EQ(cloud.warnings().size(), 1u);
  EXPECT_NE(cloud.warnings()[0].find("the bus none, which does not exist"), std::string::npos);
}

TEST(PutEvents, RefusesCallsThatCannotBe) {
  EventCloud cloud;
  EXPECT_EQ(
      cloud.call("PutEvents", "{}").message,
      "1 validation error detected: Value null at 'entries' failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(
      cloud.call("PutEvents", R"({"Entries":[]})").message,
      "1 validation error detected: Value '[]' at 'entries' failed to satisfy constraint: Member must have length "
      "greater than or equal to 1");
  EXPECT_EQ(cloud.call("PutEvents", "[").error, "SerializationException");
  EXPECT_EQ(cloud.call("PutEvents", R"({"Entries":[{"Time":"now"}]})").error, "SerializationException");
  EXPECT_EQ(cloud.call("PutEvents", R"({"Entries":[{"Time":1e300}]})").error, "SerializationException");
  EXPECT_EQ(cloud.call("PutEvents", R"({"Entries":[{"Source":1}]})").error, "SerializationException");
  std::string entries = R"({"Entries":[{})";
  for (int i = 0; i < 10; ++i) entries += ",{}";
  EXPECT_EQ(cloud.call("PutEvents", entries + "]}").error, "ValidationException");
  const Answered bad_bus = cloud.call("PutEvents", R"({"Entries":[{"EventBusName":"no bus"}]})");
  EXPECT_NE(bad_bus.message.find("at 'entries.1.member.eventBusName' failed to satisfy constraint"), std::string::npos);
}

TEST(PutEvents, MoreThanOneMegabyteInAllIsRefused) {
  EventCloud cloud;
  const auto call = [&](std::size_t detail_bytes) {
    const std::string detail = R"({"x":")" + std::string(detail_bytes - 8, 'x') + "\"}";
    const json::object entry{{"Source", "ss"}, {"DetailType", "tt"}, {"Detail", detail}, {"Time", 1}};
    return cloud.call("PutEvents", json::serialize(json::object{{"Entries", json::array{entry}}}));
  };
  EXPECT_EQ(call(limits::kPutEventsBytes - 18).error, "");
  const Answered refused = call(limits::kPutEventsBytes - 17);
  EXPECT_EQ(refused.error, "ValidationException");
  EXPECT_EQ(refused.message, "Total size of the entries in the request is over the limit.");
}

TEST(PutEvents, SeesEveryChangeOfRulesAndTargetsAtOnce) {
  EventCloud cloud;
  cloud.route("shop", "r", R"({"source":["test"]})");
  const auto delivered = [&] {
    cloud.put("shop", "{}");
    return cloud.deliveries().take().size();
  };
  EXPECT_EQ(delivered(), 1u);
  cloud.ask("DisableRule", R"({"Name":"r","EventBusName":"shop"})");
  EXPECT_EQ(delivered(), 0u);
  cloud.ask("EnableRule", R"({"Name":"r","EventBusName":"shop"})");
  EXPECT_EQ(delivered(), 1u);
  cloud.ask("PutRule", R"({"Name":"r","EventBusName":"shop","EventPattern":"{\"source\":[\"other\"]}"})");
  EXPECT_EQ(delivered(), 0u);
  cloud.ask("PutRule", R"({"Name":"r","EventBusName":"shop","EventPattern":"{\"source\":[\"test\"]}"})");
  cloud.ask("PutTargets", R"({"Rule":"r","EventBusName":"shop","Targets":[{"Id":"g","Arn":"arn:aws:lambda:x"}]})");
  EXPECT_EQ(delivered(), 2u);
  cloud.ask("RemoveTargets", R"({"Rule":"r","EventBusName":"shop","Ids":["f","g"]})");
  EXPECT_EQ(delivered(), 0u);
  cloud.ask("DeleteRule", R"({"Name":"r","EventBusName":"shop"})");
  cloud.ask("DeleteEventBus", R"({"Name":"shop"})");
  EXPECT_EQ(delivered(), 0u);
}

TEST(PutEvents, ARefusedChangeOfARuleIsNotSeen) {
  EventCloud cloud;
  cloud.route("shop", "r", R"({"source":["test"]})");
  std::string targets;
  for (int i = 0; i < 6; ++i) {
    targets += (i ? "," : "") + std::string(R"({"Id":"x)") + std::to_string(i) + R"(","Arn":"arn:aws:lambda:x"})";
  }
  EXPECT_EQ(cloud.call("PutTargets", R"({"Rule":"r","EventBusName":"shop","Targets":[)" + targets + "]}").error,
            "LimitExceededException");
  cloud.put("shop", "{}");
  EXPECT_EQ(cloud.deliveries().take().size(), 1u);
}

TEST(PutEvents, TargetsGetWhatTheirInputSays) {
  EventCloud cloud;
  cloud.route("shop", "r", R"({"source":["test"]})");
  cloud.ask("PutTargets", R"({"Rule":"r","EventBusName":"shop","Targets":[
      {"Id":"f","Arn":"arn:aws:lambda:x","InputPath":"$.detail","RoleArn":null},
      {"Id":"g","Arn":"arn:aws:lambda:x","Input":"[1]"}]})");
  cloud.put("shop", R"({"n":1.0})");
  const std::vector<rpc::Message> deliveries = cloud.deliveries().take();
  ASSERT_EQ(deliveries.size(), 2u);
  EXPECT_EQ(deliveries[0].body.text(), R"({"n":1.0})");
  EXPECT_EQ(deliveries[1].body.text(), "[1]");
}

TEST(PutEvents, TargetsShareWhatIsTheSame) {
  EventCloud cloud;
  for (const char* rule : {"a", "b"}) {
    cloud.route("shop", rule, R"({"source":["test"]})");
    cloud.ask("PutTargets", R"({"EventBusName":"shop","Rule":")" + std::string(rule) + R"(","Targets":[
        {"Id":"part","Arn":"arn:aws:lambda:part","InputPath":"$.detail"},
        {"Id":"rule","Arn":"arn:aws:lambda:rule","InputTransformer":{"InputTemplate":"<aws.events.rule-name>"}},
        {"Id":"text","Arn":"arn:aws:lambda:text","InputTransformer":{"InputTemplate":"<aws.events.event.json>"}}]})");
  }
  cloud.ask("PutTargets", R"({"EventBusName":"shop","Rule":"b","Targets":[
      {"Id":"once","Arn":"arn:aws:lambda:once","Input":"[1]"}]})");
  cloud.put("shop", R"({"n":1})");
  std::map<std::string, std::set<const std::string*>> texts;  // by recipient
  std::set<std::string> shared;
  for (const rpc::Message& delivery : cloud.deliveries().take()) {
    texts[delivery.recipient_arn].insert(&delivery.body.text());
    if (delivery.body.isOfSeveralMessages()) shared.insert(delivery.recipient_arn);
  }
  EXPECT_EQ(texts["arn:aws:lambda:part"].size(), 1u);
  EXPECT_EQ(texts["arn:aws:lambda:rule"].size(), 2u) << "the rule's name is in it";
  EXPECT_EQ(texts["arn:aws:lambda:text"].size(), 1u);
  EXPECT_THAT(shared, testing::IsSupersetOf({"arn:aws:lambda:part", "arn:aws:lambda:text"}));
  EXPECT_THAT(shared, testing::Not(testing::Contains("arn:aws:lambda:rule")));
  EXPECT_THAT(shared, testing::Not(testing::Contains("arn:aws:lambda:once")));
}

// A bus with a rule for all events, whose target is another bus.
void forward(EventCloud& cloud, const std::string& from, const std::string& to) {
  cloud.route(from, "forward", R"({"source":["test"]})");
  cloud.ask("RemoveTargets", R"({"Rule":"forward","EventBusName":")" + from + R"(","Ids":["f"]})");
  cloud.ask("PutTargets", R"({"Rule":"forward","EventBusName":")" + from +
                              R"(","Targets":[{"Id":"b","Arn":"arn:aws:events:us-east-1:000000000000:event-bus/)" + to +
                              R"("}]})");
}

TEST(PutEvents, ABusCanBeTheTargetOfAnothersRule) {
  EventCloud cloud;
  cloud.route("second", "seen", R"({"source":["test"]})");
  forward(cloud, "first", "second");
  const std::string id = cloud.put("first", R"({"n":1})");
  const std::vector<rpc::Message> deliveries = cloud.deliveries().take();
  EXPECT_THAT(rules(deliveries), ElementsAre("seen"));
  EXPECT_EQ(parseJson(deliveries.at(0).body.text()).at("id").as_string(), id);
}

TEST(PutEvents, AForwardedEventIsNotForwardedAgain) {
  EventCloud cloud;
  cloud.route("third", "seen", R"({"source":["test"]})");
  cloud.ask("CreateEventBus", R"({"Name":"second"})");
  forward(cloud, "first", "second");
  forward(cloud, "second", "third");
  forward(cloud, "second", "first");
  cloud.put("first", "{}");
  EXPECT_THAT(cloud.deliveries().take(), IsEmpty());
  cloud.put("second", "{}");
  EXPECT_THAT(cloud.deliveries().take(), IsEmpty());
  EXPECT_THAT(cloud.warnings(), IsEmpty());
}

// As Lambda does with the records of ended invocations.
TEST(PutEvents, AMessageWithAnEnvelopeBecomesAnEvent) {
  EventCloud cloud;
  cloud.route("results", "failures", R"({"source":["lambda"],"detail-type":["R - Failure"]})");
  const std::string bus = "arn:aws:events:us-east-1:000000000000:event-bus/results";
  cloud.store().writeAndWait([&](Transaction& transaction) {
    const rpc::Message message{bus, R"({"n":1})", rpc::EventEnvelope{"lambda", "R - Failure", {bus, "arn:f"}}};
    EXPECT_FALSE(cloud.recipients().deliver(transaction, message));
  });
  const std::vector<rpc::Message> deliveries = cloud.deliveries().take();
  ASSERT_EQ(deliveries.size(), 1u);
  const json::value event = parseJson(deliveries[0].body.text());
  EXPECT_EQ(event.at("detail"), parseJson(R"({"n":1})"));
  EXPECT_EQ(event.at("resources"), (json::array{bus, "arn:f"}));
  EXPECT_EQ(event.at("source").as_string(), "lambda");
}

// The sender's transaction goes on.
TEST(PutEvents, AMessageThatCannotBeAnEventIsNotTaken) {
  EventCloud cloud;
  cloud.route("results", "all", R"({"source":[{"prefix":""}]})");
  const std::string bus = "arn:aws:events:us-east-1:000000000000:event-bus/results";
  const std::string too_deep = nested(limits::kJsonDepth);
  std::vector<rpc::Message> messages = {{bus, "no JSON"}, {bus, "{}"}};
  for (const std::string& body : {std::string("no JSON"), std::string(), too_deep}) {
    messages.push_back({bus, body, rpc::EventEnvelope{"lambda", "R - Failure", {bus, "arn:f"}}});
  }
  for (const rpc::Message& message : messages) {
    cloud.store().writeAndWait([&](Transaction& transaction) {
      const auto failure = cloud.recipients().deliver(transaction, message);
      ASSERT_TRUE(failure);
      EXPECT_EQ(failure->code, "INVALID_JSON");
      EXPECT_THAT(failure->message, testing::HasSubstr("the bus results got what is not an event"));
    });
  }
  EXPECT_THAT(cloud.deliveries().take(), IsEmpty());
}

TEST(PutEvents, AwsSourcesComeByARouteOfOurs) {
  EventCloud cloud;
  cloud.route("default", "s3", R"({"source":["aws.s3"]})");
  const std::string request = R"({"Entries":[{"Source":"aws.s3","DetailType":"Object Created","Detail":"{}"}]})";
  EXPECT_EQ(cloud.ask("PutEvents", request).at("Entries").at(0).at("ErrorCode").as_string(),
            "NotAuthorizedForSourceException");
  const Answered answered = cloud.post("/_local/events", request);
  EXPECT_EQ(answered.json().at("FailedEntryCount").as_int64(), 0) << answered.message;
  EXPECT_EQ(cloud.deliveries().take().size(), 1u);
}

TEST(PutEvents, BusesOfOtherAccountsAreNoRecipients) {
  EventCloud cloud;
  EXPECT_FALSE(cloud.recipients().find("arn:aws:events:us-east-1:111111111111:event-bus/b"));
  EXPECT_FALSE(cloud.recipients().find("arn:aws:events:us-east-1:000000000000:rule/b"));
}

}  // namespace
}  // namespace ddblog::eventbridge
