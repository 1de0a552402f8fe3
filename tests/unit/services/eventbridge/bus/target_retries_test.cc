// What becomes of events that a target does not take: retries by the clock, then the dead-letter
// queue.
#include <gmock/gmock.h>

#include <map>
#include <stdexcept>

#include "base/bytes.h"
#include "deliveries/deliveries.h"
#include "unit/services/eventbridge/event_cloud.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::eventbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr char kTarget[] = "arn:aws:sqs:us-east-1:000000000000:target.fifo";
constexpr char kDead[] = "arn:aws:sqs:us-east-1:000000000000:dead";

// Queues that take messages, or not.
class Queues : public rpc::Recipient {
 public:
  explicit Queues(Clock& clock) : clock_(clock) {}

  bool accepts(std::string_view arn) const override { return arn.starts_with("arn:aws:sqs:"); }
  std::optional<rpc::DeliveryFailure> deliver(Transaction&, const rpc::Message& message) override {
    std::lock_guard lock(mutex_);
    if (message.recipient_arn == kTarget) attempts_.push_back(clock_.runningTime());
    if (message.recipient_arn == kTarget && failure_ && failure_->code == "throws") {
      throw std::invalid_argument(failure_->message);
    }
    if (message.recipient_arn == kTarget && failure_) return failure_;
    if (message.recipient_arn == kDead && dead_failure_) return dead_failure_;
    taken_[message.recipient_arn].push_back(message);
    return std::nullopt;
  }
  void failWith(std::optional<rpc::DeliveryFailure> failure) {
    std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }
  void failDeadLettersWith(rpc::DeliveryFailure failure) {
    std::lock_guard lock(mutex_);
    dead_failure_ = std::move(failure);
  }
  std::vector<rpc::Message> taken(const char* arn) {
    std::lock_guard lock(mutex_);
    return taken_[arn];
  }
  std::vector<RunningTime> attempts() {
    std::lock_guard lock(mutex_);
    return attempts_;
  }

 private:
  Clock& clock_;
  std::mutex mutex_;
  std::optional<rpc::DeliveryFailure> failure_, dead_failure_;
  std::map<std::string, std::vector<rpc::Message>> taken_;
  std::vector<RunningTime> attempts_;
};

const rpc::DeliveryFailure kThrottled{"THROTTLING", "too fast", false};

void target(EventCloud& cloud, const std::string& policy) {
  cloud.ask("PutRule", R"({"Name":"r","EventPattern":"{\"source\":[\"test\"]}"})");
  cloud.ask("PutTargets", R"({"Rule":"r","Targets":[{"Id":"q","Arn":")" + std::string(kTarget) +
                              R"(","SqsParameters":{"MessageGroupId":"g"},"InputPath":"$.detail",)"
                              R"("DeadLetterConfig":{"Arn":")" +
                              kDead + "\"}" + policy + "}]}");
}

// Moves the clock to whatever is due next, until nothing is.
void passTime(EventCloud& cloud) {
  for (;;) {
    ASSERT_TRUE(cloud.settles());
    const RunningTime next = cloud.service().activity().next_due;
    if (next == RunningTime::max()) return;
    cloud.clock().move(next - cloud.clock().runningTime());
  }
}

std::size_t waiting(EventCloud& cloud) {
  std::size_t count = 0;
  const auto snapshot = cloud.store().snapshot();
  for (auto cursor = snapshot->cursor("\x33", "\x35"); cursor->valid(); cursor->next()) ++count;
  return count;
}

class TargetRetriesTest : public testing::Test {
 protected:
  TargetRetriesTest() : queues_(cloud_.clock()) {
    cloud_.addRecipient(queues_);
    cloud_.start();
  }
  ~TargetRetriesTest() override { cloud_.stop(); }

  EventCloud cloud_;
  Queues queues_;
};

TEST_F(TargetRetriesTest, AMessageHasItsGroupAndItsSender) {
  target(cloud_, "");
  cloud_.put("default", R"({"n":1})");
  const auto taken = queues_.taken(kTarget);
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_EQ(taken[0].body.text(), R"({"n":1})");
  EXPECT_EQ(taken[0].group_id, "g");
  EXPECT_EQ(taken[0].sender_service, "events.amazonaws.com");
  EXPECT_EQ(taken[0].sender_arn, "arn:aws:events:us-east-1:000000000000:rule/r");
}

TEST_F(TargetRetriesTest, ArriveWhenTheTargetTakesThem) {
  target(cloud_, "");
  queues_.failWith(kThrottled);
  cloud_.put("default", R"({"n":1})");
  EXPECT_THAT(queues_.attempts(), SizeIs(1));
  ASSERT_TRUE(cloud_.settles());
  const RunningTime due = cloud_.service().activity().next_due;
  EXPECT_GE(due - cloud_.clock().runningTime(), Duration(500));
  EXPECT_LE(due - cloud_.clock().runningTime(), Duration(1000));
  queues_.failWith(std::nullopt);
  passTime(cloud_);
  const auto taken = queues_.taken(kTarget);
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_EQ(taken[0].body.text(), R"({"n":1})");
  EXPECT_EQ(taken[0].group_id, "g");
  EXPECT_THAT(queues_.taken(kDead), IsEmpty());
  EXPECT_EQ(waiting(cloud_), 0u);
}

TEST_F(TargetRetriesTest, EndInTheDeadLetterQueueAfterTheLastRetry) {
  target(cloud_, R"(,"RetryPolicy":{"MaximumRetryAttempts":3})");
  queues_.failWith(kThrottled);
  const std::string id = cloud_.put("default", R"({"n":1})");
  passTime(cloud_);
  const auto attempts = queues_.attempts();
  ASSERT_THAT(attempts, SizeIs(4));
  for (std::size_t i = 1; i < attempts.size(); ++i) {
    const Duration longest = Duration(1000) * (1 << (i - 1));
    EXPECT_GE(attempts[i] - attempts[i - 1], longest / 2);
    EXPECT_LE(attempts[i] - attempts[i - 1], longest);
  }
  const auto dead = queues_.taken(kDead);
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(parseJson(dead[0].body.text()).at("id").as_string(), id);  // the event, not the target's input
  EXPECT_EQ(dead[0].attributes,
            (std::map<std::string, std::string>{{"RULE_ARN", "arn:aws:events:us-east-1:000000000000:rule/r"},
                                                {"TARGET_ARN", kTarget},
                                                {"ERROR_CODE", "THROTTLING"},
                                                {"ERROR_MESSAGE", "too fast"},
                                                {"EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts"},
                                                {"RETRY_ATTEMPTS", "3"}}));
  EXPECT_EQ(waiting(cloud_), 0u);
}

TEST_F(TargetRetriesTest, ComeAfterAnErrorOfTheRecipientToo) {
  target(cloud_, R"(,"RetryPolicy":{"MaximumRetryAttempts":1})");
  queues_.failWith(rpc::DeliveryFailure{"throws", "broken"});
  cloud_.put("default", "{}");
  passTime(cloud_);
  EXPECT_THAT(queues_.attempts(), SizeIs(2));
  const auto dead = queues_.taken(kDead);
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].attributes.at("ERROR_CODE"), "INTERNAL_ERROR");
  EXPECT_EQ(dead[0].attributes.at("ERROR_MESSAGE"), "broken");
}

TEST_F(TargetRetriesTest, EndWhenTheEventIsTooOld) {
  target(cloud_, R"(,"RetryPolicy":{"MaximumEventAgeInSeconds":60})");
  queues_.failWith(kThrottled);
  cloud_.put("default", "{}");
  const RunningTime first = cloud_.clock().runningTime();
  passTime(cloud_);
  EXPECT_EQ(queues_.attempts().back(), first + std::chrono::seconds(60));
  const auto dead = queues_.taken(kDead);
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].attributes.at("EXHAUSTED_RETRY_CONDITION"), "MaximumEventAgeInSeconds");
}

TEST_F(TargetRetriesTest, AreAtMost185InADayByDefault) {
  target(cloud_, "");
  queues_.failWith(kThrottled);
  cloud_.put("default", "{}");
  const RunningTime first = cloud_.clock().runningTime();
  passTime(cloud_);
  EXPECT_GT(queues_.attempts().size(), 150u);
  EXPECT_LE(queues_.attempts().size(), 186u);
  EXPECT_LE(queues_.attempts().back(), first + std::chrono::hours(24));
  EXPECT_THAT(queues_.taken(kDead), SizeIs(1));
}

TEST_F(TargetRetriesTest, AreNotMadeAfterAPermanentError) {
  target(cloud_, "");
  queues_.failWith(rpc::DeliveryFailure{"NO_PERMISSIONS", "the queue's policy", true});
  cloud_.put("default", "{}");
  ASSERT_TRUE(cloud_.settles());
  EXPECT_THAT(queues_.attempts(), SizeIs(1));
  const auto dead = queues_.taken(kDead);
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].attributes.count("EXHAUSTED_RETRY_CONDITION"), 0u);
  EXPECT_EQ(dead[0].attributes.at("ERROR_CODE"), "NO_PERMISSIONS");
  EXPECT_THAT(cloud_.warnings(), ElementsAre(AllOf(HasSubstr("NO_PERMISSIONS: the queue's policy"),
                                                   HasSubstr("its dead-letter queue has it"))));
  EXPECT_EQ(waiting(cloud_), 0u);
}

TEST_F(TargetRetriesTest, OfABusThatIsNotThereGoToTheDeadLetterQueue) {
  cloud_.ask("PutRule", R"({"Name":"r","EventPattern":"{\"source\":[\"test\"]}"})");
  cloud_.ask("PutTargets", R"({"Rule":"r","Targets":[{"Id":"b","Arn":)"
                           R"("arn:aws:events:us-east-1:000000000000:event-bus/none","DeadLetterConfig":{"Arn":")" +
                               std::string(kDead) + "\"}}]}");
  cloud_.put("default", "{}");
  const auto dead = queues_.taken(kDead);
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].attributes.at("ERROR_CODE"), "NO_RESOURCE");
}

TEST_F(TargetRetriesTest, AreDroppedWithALineWithoutAQueue) {
  cloud_.ask("PutRule", R"({"Name":"r","EventPattern":"{\"source\":[\"test\"]}"})");
  cloud_.ask("PutTargets", R"({"Rule":"r","Targets":[{"Id":"q","Arn":")" + std::string(kTarget) +
                               R"(","SqsParameters":{},"RetryPolicy":{"MaximumRetryAttempts":0}}]})");
  queues_.failWith(kThrottled);
  cloud_.put("default", "{}");
  EXPECT_THAT(cloud_.warnings(),
              ElementsAre(HasSubstr("could not be delivered to " + std::string(kTarget) + ": THROTTLING: too fast")));
  EXPECT_EQ(waiting(cloud_), 0u);
}

TEST_F(TargetRetriesTest, ThatAreGivenUpAreRecordedWithEveryAttempt) {
  target(cloud_, R"(,"RetryPolicy":{"MaximumRetryAttempts":2})");
  queues_.failWith(kThrottled);
  const Timestamp first = cloud_.clock().now();
  const std::string id = cloud_.put("default", R"({"n":1})");
  passTime(cloud_);
  const auto failures = cloud_.failures();
  ASSERT_THAT(failures, SizeIs(1));
  const rpc::Failure& failure = failures[0];
  EXPECT_EQ(failure.kind, rpc::Failure::Kind::kDelivery);
  EXPECT_EQ(failure.source_arn, "arn:aws:events:us-east-1:000000000000:rule/r");
  EXPECT_EQ(failure.condition, "MaximumRetryAttempts");
  EXPECT_EQ(failure.request_id, id);
  EXPECT_EQ(failure.error, "THROTTLING: too fast");
  EXPECT_THAT(failure.destinations, ElementsAre(kDead));
  EXPECT_EQ(failure.attempts.count(), 3u);
  const auto attempts = queues_.attempts();
  ASSERT_THAT(failure.attempts.kept(), SizeIs(3));
  ASSERT_THAT(attempts, SizeIs(3));
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    EXPECT_EQ(failure.attempts.kept()[i].at, first + (attempts[i] - attempts[0])) << i;
    EXPECT_EQ(failure.attempts.kept()[i].error, "THROTTLING: too fast") << i;
  }
}

TEST_F(TargetRetriesTest, ARecordedFailureGoesToTheTargetOnceMore) {
  target(cloud_, R"(,"RetryPolicy":{"MaximumRetryAttempts":0})");
  queues_.failWith(kThrottled);
  cloud_.put("default", R"({"n":1})");
  queues_.failWith(std::nullopt);
  const auto failures = cloud_.failures();
  ASSERT_THAT(failures, SizeIs(1));
  cloud_.store().writeAndWait([&](Transaction& transaction) {
    EXPECT_FALSE(cloud_.recipients().deliver(transaction, failures[0].message).has_value());
  });
  const auto taken = queues_.taken(kTarget);
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_EQ(taken[0].body.text(), R"({"n":1})");  // the target's input, not the event
  EXPECT_EQ(taken[0].group_id, "g");
  EXPECT_EQ(taken[0].sender_service, "events.amazonaws.com");
  EXPECT_EQ(taken[0].sender_arn, "arn:aws:events:us-east-1:000000000000:rule/r");
  EXPECT_THAT(queues_.taken(kDead), SizeIs(1));
}

TEST_F(TargetRetriesTest, AFailureThatIsPermanentIsRecordedWithItsCode) {
  target(cloud_, "");
  queues_.failWith(rpc::DeliveryFailure{"NO_PERMISSIONS", "the queue's policy", true});
  queues_.failDeadLettersWith({"NO_PERMISSIONS", "nor this one's", true});
  cloud_.put("default", "{}");
  const auto failures = cloud_.failures();
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].condition, "NO_PERMISSIONS");
  EXPECT_EQ(failures[0].attempts.count(), 1u);
  EXPECT_THAT(failures[0].destinations, IsEmpty());  // it did not take the event
  EXPECT_THAT(cloud_.warnings(), ElementsAre(HasSubstr("nor to its dead-letter queue " + std::string(kDead))));
}

TEST_F(TargetRetriesTest, ThatEndByAgeAreRecordedSo) {
  target(cloud_, R"(,"RetryPolicy":{"MaximumEventAgeInSeconds":60})");
  queues_.failWith(kThrottled);
  cloud_.put("default", "{}");
  passTime(cloud_);
  const auto failures = cloud_.failures();
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].condition, "MaximumEventAgeInSeconds");
  EXPECT_EQ(failures[0].attempts.count(), queues_.attempts().size());
}

TEST_F(TargetRetriesTest, AnInputThatIsTooLargeIsRecordedWithTheEvent) {
  cloud_.ask("PutRule", R"({"Name":"r","EventPattern":"{\"source\":[\"test\"]}"})");
  std::string text;
  for (int i = 0; i < 300; ++i) text += "<d>";
  cloud_.ask("PutTargets", R"({"Rule":"r","Targets":[{"Id":"q","Arn":")" + std::string(kTarget) +
                               R"(","SqsParameters":{"MessageGroupId":"g"},"InputTransformer":)"
                               R"({"InputPathsMap":{"d":"$.detail"},"InputTemplate":")" +
                               text + "\"}}]}");
  const std::string id = cloud_.put("default", R"({"long":")" + std::string(20'000, 'x') + "\"}");
  const auto failures = cloud_.failures();
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].condition, "INVALID_PARAMETER");
  EXPECT_THAT(failures[0].message.body.text(), HasSubstr(id));
}

TEST_F(TargetRetriesTest, AnErrorsTextFitsIntoAMessageAttribute) {
  target(cloud_, R"(,"RetryPolicy":{"MaximumRetryAttempts":0})");
  queues_.failWith(rpc::DeliveryFailure{"throws", "bad\x01 \xff" + std::string(5'000, 'x')});
  cloud_.put("default", "{}");
  queues_.failWith(rpc::DeliveryFailure{"throws", ""});
  cloud_.put("default", "{}");
  const auto dead = queues_.taken(kDead);
  ASSERT_THAT(dead, SizeIs(2));
  EXPECT_THAT(dead[0].attributes.at("ERROR_MESSAGE"), StartsWith("bad  \xEF\xBF\xBDxxx"));
  EXPECT_THAT(dead[0].attributes.at("ERROR_MESSAGE"), SizeIs(1'024));
  EXPECT_EQ(dead[1].attributes.at("ERROR_MESSAGE"), "unknown");
}

// Sets what is stored about the deliveries that wait.
void setWaiting(EventCloud& cloud, std::uint64_t deliveries, std::uint64_t bytes) {
  std::string stored;
  appendNumber(stored, deliveries);
  appendNumber(stored, bytes);
  cloud.store().writeAndWait([&](Transaction& transaction) { transaction.put("\x33", stored); });
}

TEST_F(TargetRetriesTest, AreNotMadeWhileTooManyWait) {
  target(cloud_, "");
  queues_.failWith(kThrottled);
  cloud_.put("default", R"({"n":1})");
  EXPECT_EQ(waiting(cloud_), 3u);  // the delivery, when it is due, and the count
  setWaiting(cloud_, deliveries::kWaitingRetries, 1);
  cloud_.put("default", R"({"n":2})");
  setWaiting(cloud_, 1, deliveries::kWaitingRetryBytes);
  cloud_.put("default", R"({"n":3})");
  EXPECT_EQ(waiting(cloud_), 3u);
  EXPECT_THAT(queues_.taken(kDead), SizeIs(2));
  const auto failures = cloud_.failures();
  ASSERT_THAT(failures, SizeIs(2));
  EXPECT_EQ(failures[0].error,
            "THROTTLING: too fast; it is not tried again, because 100000 deliveries wait to be tried again");
  queues_.failWith(std::nullopt);
  passTime(cloud_);
  EXPECT_EQ(waiting(cloud_), 0u);
  EXPECT_THAT(queues_.taken(kTarget), SizeIs(1));
}

TEST(TargetRetries, GoOnAfterARestart) {
  TemporaryDirectory directory;
  {
    EventCloud cloud(directory.path());
    Queues queues(cloud.clock());
    cloud.addRecipient(queues);
    target(cloud, "");
    queues.failWith(kThrottled);
    cloud.put("default", R"({"n":1})");
    // Due in a running time that the next start does not reach: after a crash.
    cloud.store().writeAndWait([&](Transaction& transaction) {
      const auto snapshot = cloud.store().snapshot();
      const auto cursor = snapshot->cursor(cloud.context().deliveries.dueKey(RunningTime()), "\x35");
      cloud.context().deliveries.moveRetry(transaction, std::string(cursor->key()),
                                           cloud.clock().runningTime() + std::chrono::hours(5));
    });
  }
  EventCloud cloud(directory.path());
  Queues queues(cloud.clock());
  cloud.addRecipient(queues);
  cloud.start();
  EXPECT_TRUE(EventCloud::until([&] { return !queues.taken(kTarget).empty(); }));
  EXPECT_TRUE(EventCloud::until([&] { return waiting(cloud) == 0; }));
  cloud.stop();
}

TEST(LogGroups, AreWrittenToTheLog) {
  EventCloud cloud;
  cloud.ask("PutRule", R"({"Name":"r","EventPattern":"{\"source\":[\"test\"]}"})");
  cloud.ask("PutTargets", R"({"Rule":"r","Targets":[{"Id":"l","InputPath":"$.detail",)"
                          R"("Arn":"arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/all:*"}]})");
  cloud.put("default", R"({"n":1})");
  EXPECT_THAT(cloud.warnings(), ElementsAre(R"(/aws/events/all: {"n":1})"));
}

}  // namespace
}  // namespace ddblog::eventbridge
