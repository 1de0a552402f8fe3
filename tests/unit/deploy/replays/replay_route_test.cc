// The temporary rule and queue: what they match, who may send, and what is left of killed replays.
#include "deploy/replays/replay_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "deploy/replays/aws_replay.h"
#include "deploy/replays/limits.h"
#include "deploy/replays/process_identity.h"
#include "deploy/replays/queue_policy.h"
#include "deploy/replays/replay_queue.h"
#include "deploy/replays/source_archive.h"
#include "unit/aws/scripted_server.h"

namespace ddblog::replays {
namespace {

using testing::HasSubstr;

constexpr const char* kQueue = "arn:aws:sqs:eu-north-1:111122223333:dynamodb-log-replay-7";
constexpr const char* kRule = "arn:aws:events:eu-north-1:111122223333:rule/bus/dynamodb-log-replay-7";

const Check kGoOn = [] {};

std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '"' ? "\\\"" : std::string(1, c);
  return "\"" + out + "\"";
}

class Routing : public testing::Test {
 protected:
  aws::Session& at(const std::string& url, int attempts = 1) {
    session_ = std::make_unique<aws::Session>(
        aws::ClientOptions{.endpoint_url = url, .region = "eu-north-1", .profile = {}, .attempts = attempts}, clock_,
        ids_, [](const std::string&) { return std::nullopt; },
        [this](Duration delay) {
          waited_ += delay;
          clock_.move(delay);
        });
    return *session_;
  }

  // What AWS answers until the policy is looked at.
  std::vector<aws::ScriptedServer::Scripted> answersWith(const std::vector<std::string>& policies) {
    std::vector<aws::ScriptedServer::Scripted> answers = {
        {200, R"({"QueueUrl":"http://q/dynamodb-log-replay-7"})"},
        {200, R"({"Attributes":{"QueueArn":")" + std::string(kQueue) + "\"}}"},
        {200, R"({"RuleArn":")" + std::string(kRule) + "\"}"},
        {200, ""}};
    for (const std::string& policy : policies) {
      answers.push_back({200, policy.empty() ? "{}" : R"({"Attributes":{"Policy":)" + quoted(policy) + "}}"});
    }
    return answers;
  }

  const RouteRequest request_{.id = "7", .stage = "dev", .bus = "bus", .logs = {"users"}, .types = {}};
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  Duration waited_{0};
  std::unique_ptr<aws::Session> session_;
};

TEST(RoutePattern, TakesNoLiveEvent) {
  EXPECT_EQ(patternOf({.id = "7", .stage = "dev", .bus = "bus"}),
            R"({"source":["dynamodb-log"],"detail-type":["stream changes"],"replay-name":["dynamodb-log-replay-7"]})");
}

TEST(RoutePattern, ChoosesLogsAndTypes) {
  EXPECT_THAT(patternOf({.id = "7", .stage = "dev", .bus = "bus", .logs = {"users", "orders"}, .types = {"signup"}}),
              testing::EndsWith(R"("detail":{"log":["users","orders"],"type":["signup"]}})"));
}

TEST_F(Routing, IsAQueueThatTheRuleMaySendTo) {
  auto answers = answersWith({"", policyFor(kQueue, kRule)});
  answers.push_back({200, R"({"FailedEntryCount":0,"FailedEntries":[]})"});
  aws::ScriptedServer server(std::move(answers));
  Routes routes(at(server.url()));
  Route route;
  routes.create(request_, route, kGoOn);
  EXPECT_EQ(route.name, "dynamodb-log-replay-7");
  EXPECT_EQ(routes.ruleArn(), kRule);
  EXPECT_EQ(waited_, Duration(1000));  // the policy was not there at once
  const auto requests = server.requests();
  EXPECT_THAT(requests[0], HasSubstr(R"("dynamodb-log:replay-stage":"dev")"));
  EXPECT_THAT(requests[0], HasSubstr("X-Amz-Target: AmazonSQS.CreateQueue"));
  EXPECT_THAT(requests[3], HasSubstr("AmazonSQS.SetQueueAttributes"));
  EXPECT_THAT(requests[6], HasSubstr("AWSEvents.PutTargets"));
}

TEST_F(Routing, AWrongPolicyIsNamedAtOnce) {
  aws::ScriptedServer server(answersWith({policyFor(kQueue, "arn:aws:events:eu-north-1:111122223333:rule/other")}));
  Routes routes(at(server.url()));
  Route route;
  try {
    routes.create(request_, route, kGoOn);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("to the queue dynamodb-log-replay-7: its condition ArnEquals allows "
                                        "aws:SourceArn arn:aws:events:eu-north-1:111122223333:rule/other"));
  }
  EXPECT_EQ(waited_, Duration(0));
  EXPECT_EQ(route.queue_url, "http://q/dynamodb-log-replay-7");  // so that it can be removed
}

// Ctrl-C, which the user presses before a request.
Check pressedBefore(int request) {
  return [left = request]() mutable {
    if (--left == 0) throw std::runtime_error("Ctrl-C");
  };
}

TEST_F(Routing, IsNotWaitedForWhenTheUserPressesCtrlC) {
  aws::ScriptedServer server(answersWith({"", "", "", ""}));  // the policy does not come
  Routes routes(at(server.url()));
  Route route;
  EXPECT_THROW(routes.create(request_, route, pressedBefore(8)), std::runtime_error);
  EXPECT_EQ(server.requests().size(), 7u);
  EXPECT_EQ(waited_, Duration(3000));
  EXPECT_EQ(route.queue_url, "http://q/dynamodb-log-replay-7");  // so that it can be removed
}

TEST_F(Routing, CtrlCIsLookedAtBeforeEachRequestOfItsCreation) {
  for (std::size_t sent = 0; sent < 6; ++sent) {
    auto answers = answersWith({policyFor(kQueue, kRule)});
    answers.push_back({200, R"({"FailedEntryCount":0,"FailedEntries":[]})"});
    aws::ScriptedServer server(std::move(answers));
    Routes routes(at(server.url()));
    Route route;
    EXPECT_THROW(routes.create(request_, route, pressedBefore(static_cast<int>(sent) + 1)), std::runtime_error);
    EXPECT_EQ(server.requests().size(), sent);
  }
}

const aws::ScriptedServer::Scripted kNoQueueYet{400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist"})"};
const aws::ScriptedServer::Scripted kConflict{400, R"({"__type":"ConcurrentModificationException","message":"x"})"};
const aws::ScriptedServer::Scripted kTargetTaken{200, R"({"FailedEntryCount":0,"FailedEntries":[]})"};
const aws::ScriptedServer::Scripted kTargetConflict{
    200,
    R"({"FailedEntryCount":1,"FailedEntries":[{"TargetId":"queue","ErrorCode":"ConcurrentModificationException"}]})"};

TEST_F(Routing, WaitsUntilTheNewQueueIsKnownEverywhere) {
  auto answers = answersWith({policyFor(kQueue, kRule)});
  answers.insert(answers.begin() + 1, 2, kNoQueueYet);
  answers.push_back(kTargetTaken);
  aws::ScriptedServer server(std::move(answers));
  Route route;
  Routes(at(server.url())).create(request_, route, kGoOn);
  EXPECT_EQ(waited_, Duration(2000));
}

TEST_F(Routing, GoesOnWhenSomebodyElseChangesTheBus) {
  auto answers = answersWith({policyFor(kQueue, kRule)});
  answers.insert(answers.begin() + 2, kConflict);
  answers.insert(answers.end(), {kConflict, kTargetConflict, kTargetTaken});
  aws::ScriptedServer server(std::move(answers));
  Routes routes(at(server.url()));
  Route route;
  routes.create(request_, route, kGoOn);
  EXPECT_EQ(server.requests().size(), 9u);
}

TEST_F(Routing, GivesUpWhenTheBusIsAlwaysBeingChanged) {
  aws::ScriptedServer server(std::vector<aws::ScriptedServer::Scripted>(100, kConflict));
  EXPECT_THROW(Routes(at(server.url())).remove({.name = "n", .queue_url = "http://q/n", .bus = "bus"}),
               aws::ServiceError);
  EXPECT_LE(server.requests().size(), 40u);
}

TEST_F(Routing, RemovesTheRuleWhenItsTargetIsGone) {
  const aws::ScriptedServer::Scripted done{200, "{}"};
  aws::ScriptedServer server({done, kTargetConflict, kTargetTaken, kConflict, done, done});
  Routes(at(server.url())).remove({.name = "n", .queue_url = "http://q/n", .bus = "bus"});
  EXPECT_THAT(server.requests().at(2), HasSubstr("AWSEvents.RemoveTargets"));
  EXPECT_THAT(server.requests().at(5), HasSubstr("AmazonSQS.DeleteQueue"));
}

TEST_F(Routing, WaitsForAWSToUseANewRoute) {
  int checked = 0;
  Routes(at("http://192.0.2.1:1")).waitUntilUsed([&] { ++checked; });
  EXPECT_EQ(waited_, limits::kReplayRouteWait);
  EXPECT_EQ(checked, 60);
  EXPECT_THROW(Routes(at("http://192.0.2.1:1")).waitUntilUsed([] { throw std::runtime_error("Ctrl-C"); }),
               std::runtime_error);
  waited_ = Duration(0);
  Routes(at("http://127.0.0.1:1")).waitUntilUsed([] {});
  EXPECT_EQ(waited_, Duration(0));
}

TEST_F(Routing, ARuleThatNeverGotItsTargetIsRemoved) {
  const aws::ScriptedServer::Scripted done{200, "{}"}, none{200, R"({"FailedEntryCount":1,"FailedEntries":[)"
                                                                 R"({"ErrorCode":"ResourceNotFoundException"}]})"};
  aws::ScriptedServer server({done, none, done, done});
  Routes(at(server.url())).remove({.name = "n", .queue_url = "http://q/n", .bus = "bus"});
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST_F(Routing, AnyOtherFailureOfATargetIsNamed) {
  aws::ScriptedServer server({{200, "{}"}, {200, R"({"FailedEntryCount":1,"FailedEntries":[{"ErrorCode":"Odd"}]})"}});
  EXPECT_THROW(Routes(at(server.url())).remove({.name = "n", .queue_url = "http://q/n", .bus = "bus"}),
               std::runtime_error);
}

TEST_F(Routing, TooManyRulesAreNamed) {
  aws::ScriptedServer server({{200, R"({"QueueUrl":"http://q/n"})"},
                              {200, R"({"Attributes":{"QueueArn":"arn"}})"},
                              {400, R"({"__type":"LimitExceededException","message":"x"})"}});
  Route route;
  try {
    Routes(at(server.url())).create(request_, route, kGoOn);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("300 rules"));
  }
}

TEST_F(Routing, AStartWhoseAnswerWasLostHasStarted) {
  const aws::ScriptedServer::Scripted exists{400, R"({"__type":"ResourceAlreadyExistsException","message":"x"})"};
  const SourceArchive archive{.name = "log", .arn = "a", .bus = "bus", .bus_arn = "b", .state = "ENABLED"};
  aws::ScriptedServer server({{0, ""}, exists, exists});
  const aws::Client events(at(server.url(), 3), aws::kEventBridge);
  const AwsReplay replay(events, "r");
  replay.start(archive, {Timestamp(), Timestamp()}, {"rule"});
  EXPECT_THROW(replay.start(archive, {Timestamp(), Timestamp()}, {"rule"}), aws::ServiceError);  // somebody else's
}

TEST_F(Routing, TooManyReplaysAreNamed) {
  const SourceArchive archive{.name = "log", .arn = "a", .bus = "bus", .bus_arn = "b", .state = "ENABLED"};
  aws::ScriptedServer server({{400, R"({"__type":"LimitExceededException","message":"x"})"}});
  const aws::Client events(at(server.url()), aws::kEventBridge);
  try {
    AwsReplay(events, "r").start(archive, {Timestamp(), Timestamp()}, {"rule"});
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("10 replays"));
  }
}

TEST_F(Routing, AMessageThatWasNotDeletedComesAgain) {
  aws::ScriptedServer server({{200, R"({"Successful":[],"Failed":[{"Id":"0","Code":"InternalError"}]})"}});
  ReplayQueue(at(server.url()), "http://q/n").remove({{.body = "b", .receipt = "r"}});
}

TEST_F(Routing, WhatIsGoneNeedsNoRemoval) {
  const aws::ScriptedServer::Scripted absent{400, R"({"__type":"ResourceNotFoundException","message":"x"})"};
  aws::ScriptedServer server({{400, R"({"__type":"IllegalStatusException","message":"x"})"},
                              absent,
                              absent,
                              {400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"x"})"}});
  Routes(at(server.url())).remove({.name = "dynamodb-log-replay-7", .queue_url = "http://q/7", .bus = "bus"});
  EXPECT_THAT(server.requests().at(3), HasSubstr("AmazonSQS.DeleteQueue"));
}

TEST_F(Routing, RuleAndQueueGoAlthoughTheReplayCannotBeCancelled) {
  const aws::ScriptedServer::Scripted done{200, "{}"}, denied{400, R"({"__type":"AccessDeniedException"})"};
  aws::ScriptedServer server({denied, {200, R"({"State":"RUNNING"})"}, done, done, done});
  EXPECT_THROW(Routes(at(server.url())).remove({.name = "n", .queue_url = "http://q/n", .bus = "bus"}),
               aws::ServiceError);
  EXPECT_THAT(server.requests().at(4), HasSubstr("AmazonSQS.DeleteQueue"));
}

TEST_F(Routing, AReplayThatHasEndedNeedNotBeCancelled) {
  const aws::ScriptedServer::Scripted done{200, "{}"}, invalid{400, R"({"__type":"ValidationException"})"};
  aws::ScriptedServer server({invalid, {200, R"({"State":"COMPLETED"})"}, done, done, done});
  Routes(at(server.url())).remove({.name = "n", .queue_url = "http://q/n", .bus = "bus"});
  EXPECT_EQ(server.requests().size(), 5u);
}

TEST(AbandonedRoute, IsOneWhoseProcessHasEndedOrIsSilentForLong) {
  const Timestamp now(std::chrono::hours(1'000));
  const auto route = [&](const std::string& owner, std::chrono::minutes silent) {
    return Route{.name = "n", .queue_url = "u", .owner = owner, .alive = now - silent};
  };
  const std::string own = ownIdentity();
  EXPECT_FALSE(route(own, std::chrono::minutes(500)).isAbandoned(now));
  EXPECT_TRUE(route(own + "0", std::chrono::minutes(0)).isAbandoned(now));
  EXPECT_FALSE(route("boot/1/2/3", std::chrono::minutes(59)).isAbandoned(now));
  EXPECT_TRUE(route("boot/1/2/3", std::chrono::minutes(61)).isAbandoned(now));
}

TEST(ReplayedRange, IncludesBothEndsInWholeSeconds) {
  const Timestamp from(Duration(10'500)), to(Duration(20'500)), now(Duration(30'000));
  EXPECT_EQ(replayedRange({from, to}, now).from, Timestamp(Duration(10'000)));
  EXPECT_EQ(replayedRange({from, to}, now).to, Timestamp(Duration(21'000)));
  EXPECT_EQ(replayedRange({from, now}, now).to, now);
}

TEST_F(Routing, TheOnlyArchiveOfABusIsFound) {
  aws::ScriptedServer server(
      {{200, R"({"Arn":"arn:bus"})"},
       {200, R"({"Archives":[{"ArchiveName":"log"}]})"},
       {200, R"({"ArchiveArn":"arn:archive","EventSourceArn":"arn:aws:events:r:1:event-bus/bus","State":"ENABLED",)"
             R"("EventCount":12,"SizeBytes":3400,"CreationTime":1767225600.5})"}});
  const aws::Client events(at(server.url()), aws::kEventBridge);
  const SourceArchive archive = findArchive(events, "", "bus");
  EXPECT_EQ(archive.name, "log");
  EXPECT_EQ(archive.bus, "bus");
  EXPECT_EQ(archive.events, 12u);
  EXPECT_EQ(archive.created, Timestamp(Duration(1'767'225'600'500)));
}

TEST_F(Routing, OfSeveralArchivesOneHasToBeChosen) {
  aws::ScriptedServer server(
      {{200, R"({"Arn":"arn:bus"})"}, {200, R"({"Archives":[{"ArchiveName":"a"},{"ArchiveName":"b"}]})"}});
  const aws::Client events(at(server.url()), aws::kEventBridge);
  try {
    findArchive(events, "", "bus");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "The bus bus has 2 archives (a, b): choose one with --archive");
  }
}

}  // namespace
}  // namespace ddblog::replays
