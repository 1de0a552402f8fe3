// Schedules whose targets are operations of services.
#include "services/scheduler/schedules/universal_targets.h"

#include <gmock/gmock.h>

#include "rpc/operation.h"
#include "unit/services/scheduler/scheduler_cloud.h"

namespace ddblog::scheduler {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

struct Notes {
  Store& store;
};

// Stores a text, and fails afterwards if that is asked for.
class Note {
 public:
  Note(rpc::RequestReader& request, Notes&) {
    text_ = request.fields().string("Text", {.required = true}).value_or("");
    error_ = request.fields().string("Error").value_or("");
    answer_ = request.fields().string("Answer").value_or("{}");
    request.finish();
  }
  std::string run(Transaction& transaction) const {
    transaction.put("note", text_);
    if (!error_.empty()) throw ApiError(error_, "no");
    return answer_;
  }

 private:
  std::string text_, error_, answer_;
};

class UniversalTargetsOfSchedules : public testing::Test {
 protected:
  UniversalTargetsOfSchedules() {
    rpc::addWrite<Note>(api_, "PutNote", notes_);
    rpc::addWrite<Note>(api_, "GetNote", notes_);
    api_.add("WaitForNote", [](rpc::Request, rpc::Callback) {});
    registry_.add("notes", operations_);
  }
  static StoreOptions inMemory() {
    StoreOptions options;
    options.in_memory = true;
    return options;
  }
  static std::string arn(const std::string& action) { return "arn:aws:scheduler:::aws-sdk:notes:" + action; }
  std::optional<rpc::DeliveryFailure> deliver(const std::string& body) {
    std::optional<rpc::DeliveryFailure> failure;
    store_->writeAndWait([&](Transaction& transaction) {
      failure = targets_.deliver(transaction, {arn("putNote"), body});
    });
    return failure;
  }
  std::string note() { return store_->snapshot()->get("note").value_or(""); }

  std::unique_ptr<Store> store_ = Store::open(inMemory());
  Notes notes_{*store_};
  rpc::JsonApi api_{rpc::JsonProtocol(
      {.target_prefix = "Notes", .content_type = "application/x-amz-json-1.0", .signing_name = "notes"})};
  Ids ids_{1};
  rpc::TransactedJsonOperations operations_{api_, ids_};
  rpc::OperationRegistry registry_;
  std::vector<std::string> warnings_;
  UniversalTargets targets_{registry_, [this](std::string_view line) { warnings_.emplace_back(line); }};
};

TEST_F(UniversalTargetsOfSchedules, AreOperationsThatWrite) {
  EXPECT_TRUE(targets_.accepts(arn("putNote")));
  for (const char* action : {"PutNote", "getNote", "waitForNote", "putNotes", ""}) {
    EXPECT_FALSE(targets_.accepts(arn(action))) << action;
  }
  EXPECT_FALSE(targets_.accepts("arn:aws:scheduler:::aws-sdk:others:putNote"));
  EXPECT_FALSE(targets_.accepts("arn:aws:scheduler:::aws-sdk:notes"));
}

TEST_F(UniversalTargetsOfSchedules, ExecuteTheInput) {
  EXPECT_FALSE(deliver(R"({"Text":"one"})"));
  EXPECT_EQ(note(), "one");
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(UniversalTargetsOfSchedules, LeaveNothingBehindIfTheyFail) {
  deliver(R"({"Text":"one"})");
  const auto failure = deliver(R"({"Text":"two","Error":"ResourceNotFoundException"})");
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code, "ResourceNotFoundException");
  EXPECT_EQ(failure->message, "no");
  EXPECT_TRUE(failure->is_permanent);
  EXPECT_EQ(note(), "one");
}

TEST_F(UniversalTargetsOfSchedules, AreTriedAgainIfTheyAreThrottled) {
  EXPECT_FALSE(deliver(R"({"Text":"two","Error":"ThrottlingException"})")->is_permanent);
  EXPECT_TRUE(deliver("{}")->is_permanent);
  EXPECT_TRUE(deliver("no JSON")->is_permanent);
}

TEST_F(UniversalTargetsOfSchedules, SayWhatFailedInPart) {
  for (const char* answer : {R"({\"Failed\":[{}]})", R"({\"UnprocessedItems\":{\"t\":[]}})",
                             R"({\"FailedEntryCount\":1})", R"({\"Responses\":[{\"Error\":{\"Code\":\"c\"}}]})"}) {
    warnings_.clear();
    EXPECT_FALSE(deliver(std::string(R"({"Text":"one","Answer":")") + answer + R"("})"));
    EXPECT_EQ(warnings_.size(), 1u) << answer;
  }
  warnings_.clear();
  deliver(R"({"Text":"one","Answer":"{\"Failed\":[],\"UnprocessedItems\":{},\"FailedEntryCount\":0}"})");
  EXPECT_THAT(warnings_, IsEmpty());
}

// What each command sees before it begins is what the ones before it have committed.
class NotedCalls : public rpc::TransactedOperations {
 public:
  explicit NotedCalls(Store& store) : store_(store) {}
  bool has(std::string_view operation) const override { return operation == "Call"; }
  std::string call(Transaction& transaction, const std::string&, std::string) override {
    if (throttled > 0 && throttled-- > 0) throw ApiError("ThrottlingException", "too much at once");
    committed.push_back(store_.snapshot()->get("calls").value_or(""));
    transaction.put("calls", transaction.get("calls").value_or("") + "i");
    return {};
  }
  std::vector<std::string> committed;
  int throttled = 0;  // calls

 private:
  Store& store_;
};

class SchedulesWithUniversalTargets : public testing::Test {
 protected:
  SchedulesWithUniversalTargets() {
    cloud_.operations().add("calls", calls_);
    for (const char* name : {"a", "b", "c"}) {
      cloud_.schedule(name, "at(2026-01-01T00:10:00)",
                      {{"Target", SchedulerCloud::target({{"Arn", "arn:aws:scheduler:::aws-sdk:calls:call"}})}});
    }
    cloud_.start();
  }

  SchedulerCloud cloud_;
  NotedCalls calls_{cloud_.store()};
};

TEST_F(SchedulesWithUniversalTargets, HaveACommandEach) {
  cloud_.pass(minutes(10));
  EXPECT_THAT(calls_.committed, ElementsAre("", "i", "ii"));
}

TEST_F(SchedulesWithUniversalTargets, HaveACommandForEachRetry) {
  calls_.throttled = 3;
  cloud_.pass(minutes(10));
  EXPECT_THAT(calls_.committed, IsEmpty());
  cloud_.clock().move(seconds(1));  // all three are due
  EXPECT_TRUE(cloud_.settles());
  EXPECT_THAT(calls_.committed, ElementsAre("", "i", "ii"));
}

}  // namespace
}  // namespace ddblog::scheduler
