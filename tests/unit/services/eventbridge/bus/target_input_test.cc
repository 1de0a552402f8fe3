// What a target gets of an event. The transformer's answers are AWS's.
#include "services/eventbridge/bus/target_input.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>

#include "base/api_error.h"

namespace ddblog::eventbridge {
namespace {

const Timestamp kNow = fromIso8601("2026-11-22T09:00:00.123Z");

Event event(std::string detail = R"({"command": "update", "n": 1.50, "list": ["a", {"b": "c"}], "q": "say \"hi\""})") {
  return makeEvent({"id-1", "shop", "order", std::move(detail), {"arn:1"}, kNow}, "us-east-1", "000000000000");
}

std::string made(const char* target, const Event& of = event()) {
  const TargetInput input(parseJson(target).as_object());
  return input.make(of, "arn:rule/r", "r", kNow);
}

std::string refusal(const char* target) {
  try {
    TargetInput{parseJson(target).as_object()};
  } catch (const ApiError& error) {
    EXPECT_EQ(error.type(), "ValidationException");
    return error.message();
  }
  return "it was taken";
}

TEST(TargetInput, IsTheWholeEventUnlessSaidOtherwise) {
  EXPECT_EQ(made(R"({"Id": "t"})"),
            R"({"version":"0","id":"id-1","detail-type":"order","source":"shop","account":"000000000000",)"
            R"("time":"2026-11-22T09:00:00Z","region":"us-east-1","resources":["arn:1"],)"
            R"("detail":{"command": "update", "n": 1.50, "list": ["a", {"b": "c"}], "q": "say \"hi\""}})");
}

TEST(TargetInput, CanBeAConstant) { EXPECT_EQ(made(R"({"Id": "t", "Input": "{ \"n\": 1.0 }"})"), R"({ "n": 1.0 })"); }

TEST(TargetInput, CanBeAPartOfTheEventByteByByte) {
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$.detail.n"})"), "1.50");
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$.detail.command"})"), "\"update\"");
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$['detail']['list'][1]"})"), R"({"b": "c"})");
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$.detail-type"})"), "\"order\"");
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$"})"), event().text);
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$.detail.missing"})"), "null");
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$.detail.list[*]"})"), R"(["a",{"b": "c"}])");
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$.detail.list[*].b"})"), R"(["c"])");
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$.detail.*"})"), R"(["update",1.50,["a", {"b": "c"}],"say \"hi\""])");
  EXPECT_EQ(made(R"({"Id": "t", "InputPath": "$.detail.n[*]"})"), "null");
}

// CPU time, so that a busy machine does not matter.
std::chrono::nanoseconds timeOfThread() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST(TargetInput, LooksForEachPartOnce) {
  std::string text;
  for (int i = 0; i < 2'700; ++i) text += "<d>";
  const TargetInput input(json::object{
      {"Id", "t"},
      {"InputTransformer",
       json::object{{"InputTemplate", '"' + text + '"'}, {"InputPathsMap", json::object{{"d", "$.detail.missing"}}}}}});
  std::string detail = "{\"0\":0";
  for (int i = 1; i < 28'000; ++i) detail += ",\"" + std::to_string(i) + "\":1";
  const Event large = event(detail + "}");
  const auto before = timeOfThread();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(input.make(large, "arn:rule/r", "r", kNow), "\"\"");
  EXPECT_LT(timeOfThread() - before, std::chrono::seconds(1));  // looked for each time: 25 s
}

TEST(TargetInput, HasALimit) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "<aws.events.event.json>";
  const TargetInput input(json::object{{"Id", "t"}, {"InputTransformer", json::object{{"InputTemplate", text}}}});
  EXPECT_EQ(input.make(event(), "arn:rule/r", "r", kNow).size(), 300 * event().text.size());
  const Event large = event(R"({"x":")" + std::string(900'000, 'x') + "\"}");
  EXPECT_THROW(input.make(large, "arn:rule/r", "r", kNow), TargetInputTooLarge);
}

TEST(TargetInput, CanBeATextMadeFromParts) {
  EXPECT_EQ(made(R"({"Id": "t", "InputTransformer": {"InputPathsMap": {"c": "$.detail.command", "t": "$.detail-type"},
                     "InputTemplate": "\"Event of <t> type, detail <c>\""}})"),
            "\"Event of order type, detail update\"");
  EXPECT_EQ(made(R"({"Id": "t", "InputTransformer": {"InputPathsMap": {"c": "$.detail.none"},
                     "InputTemplate": "\"detail <c>\""}})"),
            "\"detail \"");
  EXPECT_EQ(made(R"({"Id": "t", "InputTransformer": {"InputPathsMap": {"c": "$.detail.q"},
                     "InputTemplate": "\"<c>\""}})"),
            R"("say \"hi\"")");
}

TEST(TargetInput, CanBeJsonMadeFromParts) {
  EXPECT_EQ(made(R"({"Id": "t", "InputTransformer": {"InputPathsMap": {"c": "$.detail.command", "n": "$.detail.n",
                     "l": "$.detail.list", "x": "$.detail.none"},
                     "InputTemplate": "{\"c\": <c>, \"n\": <n>, \"l\": <l>, \"x\": <x>, \"in\": \"list <l>\"}"}})"),
            R"({"c": "update", "n": 1.50, "l": ["a", {"b": "c"}], "x": "", "in": "list [a, {b: c}]"})");
}

TEST(TargetInput, KnowsTheVariablesThatAwsDefines) {
  EXPECT_EQ(made(R"({"Id": "t", "InputTransformer": {"InputTemplate":
                     "\"<aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>\""}})"),
            "\"arn:rule/r r 2026-11-22T09:00:00.123Z\"");
  EXPECT_EQ(made(R"({"Id": "t", "InputTransformer": {"InputTemplate":
                     "{\"r\": <aws.events.rule-name>, \"e\": <aws.events.event.json>}"}})"),
            R"({"r": "r", "e": )" + event().text + "}");
  EXPECT_EQ(made(R"({"Id": "t", "InputTransformer": {"InputTemplate": "{\"e\": <aws.events.event>}"}})"),
            R"({"e": {"version":"0","id":"id-1","detailType":"order","source":"shop","account":"000000000000",)"
            R"("time":"2026-11-22T09:00:00Z","region":"us-east-1","resources":["arn:1"]}})");
}

TEST(TargetInput, RefusesWhatCannotBe) {
  EXPECT_EQ(refusal(R"({"Id": "t", "Input": "{}", "InputPath": "$"})"),
            "Only one of Input, InputPath, or InputTransformer must be provided for target t.");
  EXPECT_EQ(refusal(R"({"Id": "t", "Input": "{"})").substr(0, 38), "JSON syntax error in input for target ");
  EXPECT_EQ(refusal(R"({"Id": "t", "InputPath": "detail"})"), "Invalid InputPath for target t.");
  for (const char* path : {"$detail", "$.", "$..a", "$.a[", "$.a[x]", "$['a", "$.a[1", "$["}) {
    EXPECT_THROW(JsonPath{path}, std::invalid_argument) << path;
  }
  EXPECT_EQ(refusal(R"({"Id": "t", "InputTransformer": {"InputPathsMap": {"a": "$.a"}, "InputTemplate": "\"<b>\""}})"),
            "InputTemplate for target t contains invalid placeholder b.");
  EXPECT_EQ(refusal(R"({"Id": "t", "InputTransformer": {"InputPathsMap": {"a": "x"}, "InputTemplate": "\"<a>\""}})"),
            "InputPathsMap for target t contains invalid JSON path for key a.");
}

TEST(ReplayName, IsAddedAtTheTopLevel) {
  const Event replayed = readEvent(withReplayName(event().text, "again \"1\""));
  EXPECT_TRUE(replayed.replayed);
  EXPECT_FALSE(event().replayed);
  EXPECT_TRUE(replayed.text.ends_with(R"("q": "say \"hi\""},"replay-name":"again \"1\""})"));
  EXPECT_EQ(replayed.id, "id-1");
}

TEST(EventText, KnowsItsLogAndType) {
  EXPECT_EQ(event(R"({"log": "users", "type": "signup"})").log, "users");
  EXPECT_EQ(event(R"({"log": "users", "type": "signup"})").type, "signup");
  EXPECT_EQ(event(R"({"log": 7})").log, "");
  EXPECT_EQ(event(R"({})").type, "");
}

}  // namespace
}  // namespace ddblog::eventbridge
