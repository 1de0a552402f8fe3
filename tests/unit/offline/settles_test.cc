// POST /_local/settle: answers when everything is done, or says what is not.
#include "offline/settles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <utility>

#include "base/api_error.h"
#include "base/json.h"
#include "rpc/call.h"
#include "unit/offline/timed_work.h"

namespace ddblog::offline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SettlesTest : public testing::Test {
 protected:
  SettlesTest() {
    settles_.addRoutes(api_);
    settles_.start();
  }

  std::future<rpc::Outcome> start(const std::string& body) {
    bool known = false;
    rpc::Request request;
    request.body = body;
    return rpc::startCall(api_.find("POST", "/_local/settle", known).route->handler, request);
  }
  json::object settle(const std::string& body) { return answerOf(start(body), 200); }
  json::object unsettled(const std::string& body) {
    auto waiting = start(body);
    real_time_.move(minutes(10));
    return answerOf(std::move(waiting), 409);
  }
  static json::object answerOf(std::future<rpc::Outcome> waiting, int status) {
    const rpc::Outcome outcome = waiting.get();
    EXPECT_EQ(outcome.response().status, status) << outcome.response().body;
    return parseJson(outcome.response().body).as_object();
  }
  std::string error(const std::string& body) {
    try {
      return std::to_string(start(body).get().response().status);
    } catch (const ApiError& error) {
      return error.type() + ": " + error.message();
    }
  }
  static std::string textOf(const json::object& answer, const char* name) {
    return std::string(answer.at(name).as_string());
  }
  void fail(const std::string& error, const std::string& log) {
    rpc::Failure failure;
    failure.source_arn = "arn:aws:lambda:us-east-1:000000000000:function:users";
    failure.condition = "RetriesExhausted";
    failure.error = error;
    failure.log = log;
    store_->writeAndWait([&](Transaction& transaction) { failures_.record(transaction, failure); });
  }
  static std::vector<std::string> errorsIn(const json::object& answer) {
    std::vector<std::string> errors;
    for (const json::value& failure : answer.at("failures").as_array()) {
      errors.emplace_back(failure.at("errorLine").as_string());
    }
    return errors;
  }

  AdjustableClock real_time_{AdjustableClock::Start::kFrozen};
  CloudClock clock_{real_time_, AdjustableClock::Start::kFrozen};
  std::unique_ptr<Store> store_ = Store::open({.directory = {}, .in_memory = true});
  DurableRunningTime running_time_{clock_.running(), *store_};
  FailureStore failures_{clock_};
  TimedWork work_{clock_};
  std::atomic<bool> event_is_there_ = false;
  std::atomic<bool> client_is_gone_ = false;
  std::atomic<bool> fails_ = false;
  std::function<void()> before_delays_;  // once
  std::function<void()> arriving_;       // once
  rpc::WorkCounts counts_;
  rpc::RestApi api_;
  Rest rest_{{clock_, real_time_, *store_,
              [this] {
                if (fails_) throw std::runtime_error("a mistake of ours");
                rpc::Activity activity = work_.look();
                if (!activity.busy_with.empty()) rest_.wake();  // it is done by the next look
                return activity;
              },
              [this] {
                if (before_delays_) std::exchange(before_delays_, nullptr)();
                return work_.delays();
              },
              [] {},
              [this] {
                if (arriving_) std::exchange(arriving_, nullptr)();
              }}};
  Settles settles_{{clock_, real_time_, *store_, running_time_, rest_, failures_, [this] { return counts_; },
                    [this](const Settles::Event& event) {
                      if (event.table != "local-dynamodb-logs") throw resourceNotFound("no table " + event.table);
                      return event_is_there_.load();
                    },
                    [this](const std::string&) { return !client_is_gone_; }, "local-dynamodb-logs"}};
};

TEST_F(SettlesTest, AnswersWhenNothingIsLeftToDo) {
  work_.addDue(clock_.runningTime());
  counts_.events = 3;
  const json::object answer = settle("");
  EXPECT_TRUE(answer.at("settled").as_bool());
  EXPECT_EQ(answer.at("advanced").as_int64(), 0);
  EXPECT_EQ(answer.at("counts").at("events").as_int64(), 3);
  EXPECT_EQ(work_.done().size(), 1u);
  EXPECT_EQ(settle("{}").at("counts").at("events").as_int64(), 0);  // since the last settle
}

TEST_F(SettlesTest, MovesTheClockOverDelays) {
  const RunningTime start = clock_.runningTime();
  work_.addDue(start + seconds(1));
  work_.addDue(start + minutes(2));
  EXPECT_EQ(settle(R"({"advance":true})").at("advanced").as_int64(), 120'000);
  EXPECT_THAT(work_.done(), ElementsAre(start + seconds(1), start + minutes(2)));
}

TEST_F(SettlesTest, ADelayThatEndsDuringTheLookIsWorkThatIsDue) {
  work_.addDue(clock_.runningTime() + seconds(1));
  before_delays_ = [this] { clock_.move(seconds(1)); };
  EXPECT_EQ(settle("").at("advanced").as_int64(), 0);
  EXPECT_EQ(work_.done().size(), 1u);
}

TEST_F(SettlesTest, WhatHasArrivedIsHandledFirst) {
  arriving_ = [this] { work_.addDue(clock_.runningTime()); };
  settle("");
  EXPECT_EQ(work_.done().size(), 1u);
}

TEST_F(SettlesTest, WaitsForDelaysIfItMayNotMoveTheClock) {
  work_.addDue(clock_.runningTime() + seconds(1));
  const json::object answer = unsettled(R"({"timeout":2000})");
  EXPECT_EQ(textOf(answer, "Message"), "The cloud is not settled after 2000 ms: work waits (in 1000 ms)");
  auto later = start(R"({"timeout":600000})");
  clock_.move(seconds(1));
  rest_.wake();
  EXPECT_EQ(later.get().response().status, 200);
}

TEST_F(SettlesTest, DoesNotMoveTheClockToSchedules) {
  const RunningTime start = clock_.runningTime();
  work_.addScheduled(start + seconds(1));
  EXPECT_EQ(settle(R"({"advance":true})").at("advanced").as_int64(), 0);
  EXPECT_EQ(clock_.runningTime(), start);
}

TEST_F(SettlesTest, RunsWhatAScheduleStartsInsideADelay) {
  const RunningTime start = clock_.runningTime();
  work_.addDue(start + minutes(10));
  work_.addScheduled(start + minutes(1));
  work_.addScheduled(start + minutes(2));
  EXPECT_EQ(settle(R"({"advance":true})").at("advanced").as_int64(), 600'000);
  EXPECT_THAT(work_.done(), ElementsAre(start + minutes(1), start + minutes(2), start + minutes(10)));
}

TEST_F(SettlesTest, MovesTheClockNoFurtherThanItMay) {
  work_.addDue(clock_.runningTime() + hours(6));
  const json::object answer = unsettled(R"({"advance":3600000,"timeout":600000})");
  EXPECT_THAT(textOf(answer, "Message"),
              HasSubstr("The cloud is not settled, and the next delay is longer than its clock may still move, after "
                        "its clock moved by 0 of at most 3600000 ms: work waits"));
  EXPECT_FALSE(answer.at("settled").as_bool());
}

TEST_F(SettlesTest, SaysWhatIsNotAtRest) {
  work_.addDue(clock_.runningTime());
  work_.never_ends = true;
  const json::object answer = unsettled(R"({"timeout":1000})");
  EXPECT_EQ(textOf(answer, "Message"), "The cloud is not settled after 1000 ms: work");
  EXPECT_EQ(json::serialize(answer.at("waitsFor")), R"(["work"])");
}

TEST_F(SettlesTest, WaitsForAnEventThatIsNotAppendedYet) {
  const std::string until = R"({"timeout":1000,"until":{"stream":"users#42","version":3}})";
  EXPECT_EQ(textOf(unsettled(until), "Message"),
            "The cloud is not settled after 1000 ms: version 3 of the stream users#42 is not in the table "
            "local-dynamodb-logs");
  auto waiting = start(R"({"timeout":600000,"until":{"stream":"users#42","version":3}})");
  store_->writeAndWait([this](Transaction& transaction) {
    transaction.put("event", "");
    event_is_there_ = true;
  });
  EXPECT_EQ(waiting.get().response().status, 200);
  EXPECT_THAT(error(R"({"until":{"stream":"users#42","version":3,"table":"other"}})"), HasSubstr("no table other"));
}

TEST_F(SettlesTest, TellsOfTheFailuresSinceTheLastTime) {
  fail(R"({"errorType":"ValueError","errorMessage":"no name","stackTrace":["users.py:7"]})", "a line of the log\n");
  const json::object answer = settle("{}");
  EXPECT_THAT(errorsIn(answer), ElementsAre("ValueError: no name"));
  const json::object& failure = answer.at("failures").at(0).as_object();
  EXPECT_EQ(json::serialize(failure.at("error").at("stackTrace")), R"(["users.py:7"])");
  EXPECT_EQ(textOf(failure, "log"), "a line of the log\n");
  EXPECT_THAT(errorsIn(settle("{}")), IsEmpty());
  fail("second", "");
  EXPECT_THAT(errorsIn(settle(R"({"since":"0"})")), ElementsAre("ValueError: no name", "second"));
  EXPECT_THAT(errorsIn(settle(R"({"since":")" + textOf(answer, "lastFailure") + "\"}")), ElementsAre("second"));
}

TEST_F(SettlesTest, TellsOfFailuresWhenItIsNotSettledToo) {
  work_.addDue(clock_.runningTime());
  work_.never_ends = true;
  fail("broken", "");
  EXPECT_THAT(errorsIn(unsettled(R"({"timeout":0})")), ElementsAre("broken"));
}

TEST_F(SettlesTest, CountsWhatFollowsFromItsAnswerTheNextTime) {
  counts_.events = 1;
  bool known = false;
  std::promise<void> answered;
  api_.find("POST", "/_local/settle", known).route->handler({}, [&](rpc::Outcome outcome) {
    EXPECT_EQ(parseJson(outcome.response().body).at("counts").at("events").as_int64(), 1);
    counts_.events = 2;  // the client goes on at once
    answered.set_value();
  });
  answered.get_future().wait();
  EXPECT_EQ(settle("{}").at("counts").at("events").as_int64(), 1);
}

TEST_F(SettlesTest, SaysWhyItCannotLook) {
  fails_ = true;
  EXPECT_THROW(start("{}").get().response(), std::runtime_error);
  fails_ = false;
  EXPECT_TRUE(settle("{}").at("settled").as_bool());  // the next one is not concerned
}

TEST_F(SettlesTest, EndsWhenItsClientIsGone) {
  client_is_gone_ = true;
  auto abandoned = start(R"({"timeout":600000})");
  EXPECT_THROW(abandoned.get(), std::future_error);  // nobody answers
}

TEST_F(SettlesTest, EndsWithTheCloud) {
  work_.addDue(clock_.runningTime());
  work_.never_ends = true;
  auto waiting = start(R"({"timeout":600000})");
  settles_.end();
  try {
    waiting.get().response();
    ADD_FAILURE() << "it was answered";
  } catch (const ApiError& error) {
    EXPECT_EQ(error.type(), "CloudIsStopping");
  }
  EXPECT_THAT(error("{}"), HasSubstr("CloudIsStopping"));
}

TEST_F(SettlesTest, RefusesWhatMeansNothing) {
  for (const char* body :
       {R"({"timeout":-1})", R"({"timeout":600001})", R"({"advance":"far"})", R"({"advance":-1})", R"({"until":{}})",
        R"({"until":{"stream":"users#42","version":0}})", R"({"since":"first"})", R"({"since":1})"}) {
    EXPECT_THAT(error(body), HasSubstr("Exception: ")) << body;
  }
}

}  // namespace
}  // namespace ddblog::offline
