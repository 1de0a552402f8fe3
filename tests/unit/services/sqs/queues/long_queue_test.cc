// What a receive costs does not depend on how long the queue is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/services/sqs/queue_cloud.h"

namespace ddblog::sqs {
namespace {

using std::chrono::seconds;

// Counts how often the transaction's cursors are moved, and how many values are read.
class CountingTransaction : public Transaction {
 public:
  explicit CountingTransaction(Transaction& counted) : counted_(counted) {}

  int steps() const { return steps_; }
  int writes() const { return writes_; }

  std::optional<std::string> get(std::string_view key) const override {
    ++steps_;
    return counted_.get(key);
  }
  std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end, Direction direction) const override {
    ++steps_;
    return std::make_unique<CountingCursor>(counted_.cursor(begin, end, direction), steps_);
  }
  void put(std::string key, std::string value) override {
    ++writes_;
    counted_.put(std::move(key), std::move(value));
  }
  void erase(std::string key) override {
    ++writes_;
    counted_.erase(std::move(key));
  }
  void notifyAfterCommit(CommitNotifier& notifier) override { counted_.notifyAfterCommit(notifier); }
  void afterCommit(std::function<void()> action) override { counted_.afterCommit(std::move(action)); }
  void attempt(const std::function<void()>& part) override { counted_.attempt(part); }
  std::uint64_t batch() const override { return counted_.batch(); }
  bool isFirst() const override { return counted_.isFirst(); }

 private:
  class CountingCursor : public Cursor {
   public:
    CountingCursor(std::unique_ptr<Cursor> counted, int& steps) : counted_(std::move(counted)), steps_(steps) {}
    bool valid() const override { return counted_->valid(); }
    std::string_view key() const override { return counted_->key(); }
    std::string_view value() const override { return counted_->value(); }
    void next() override {
      ++steps_;
      counted_->next();
    }

   private:
    std::unique_ptr<Cursor> counted_;
    int& steps_;
  };

  Transaction& counted_;
  mutable int steps_ = 0;
  int writes_ = 0;
};

// How many steps a receive of ten messages takes; `found`: how many it returned.
int stepsOfReceive(QueueCloud& cloud, const std::string& name, std::size_t& found) {
  Context& context = cloud.service().context();
  int steps = 0;
  cloud.store().writeAndWait([&](Transaction& transaction) {
    CountingTransaction counting(transaction);
    const Queue queue = context.catalog.get(transaction, name);
    found = context.messages.receive(counting, queue, {.most = 10, .visibility = seconds(3600)}).size();
    steps = counting.steps();
  });
  return steps;
}

void sendMany(QueueCloud& cloud, const std::string& name, int count, bool one_group) {
  Context& context = cloud.service().context();
  cloud.store().writeAndWait([&](Transaction& transaction) {
    const Queue queue = context.catalog.get(transaction, name);
    for (int i = 0; i < count; ++i) {
      Message message;
      message.body = std::to_string(i);
      message.deduplication_id = std::to_string(i);
      message.group_id = one_group ? "g" : "g" + std::to_string(i);
      context.messages.send(transaction, queue, message);
    }
  });
}

TEST(LongQueue, AReceiveTakesAsManySteps) {
  for (const char* name : {"q", "q.fifo"}) {
    QueueCloud cloud;
    cloud.create(name);
    std::size_t found = 0;
    sendMany(cloud, name, 20, false);
    const int of_a_short_one = stepsOfReceive(cloud, name, found);
    EXPECT_EQ(found, 10u);
    QueueCloud another;
    another.create(name);
    sendMany(another, name, 3000, false);
    for (int times = 0; times < 200; ++times) {
      EXPECT_LE(stepsOfReceive(another, name, found), of_a_short_one + 2) << name << " " << times;
      EXPECT_EQ(found, 10u);
    }
  }
}

TEST(LongQueue, AReceiveInVainWritesNothing) {
  QueueCloud cloud;
  Context& context = cloud.service().context();
  cloud.create("q.fifo");
  sendMany(cloud, "q.fifo", 20, true);
  cloud.receive("q.fifo", 1);
  cloud.store().writeAndWait([&](Transaction& transaction) {
    CountingTransaction counting(transaction);
    const Queue queue = context.catalog.get(transaction, "q.fifo");
    EXPECT_EQ(context.messages.receive(counting, queue, {.most = 10}).size(), 0u);
    EXPECT_EQ(counting.writes(), 0);
  });
}

TEST(LongQueue, ALongGroupThatIsClosedCostsNothing) {
  QueueCloud cloud;
  cloud.create("q.fifo");
  sendMany(cloud, "q.fifo", 3000, true);
  std::size_t found = 0;
  stepsOfReceive(cloud, "q.fifo", found);
  EXPECT_EQ(found, 10u);
  EXPECT_LE(stepsOfReceive(cloud, "q.fifo", found), 10);
  EXPECT_EQ(found, 0u);
}

}  // namespace
}  // namespace ddblog::sqs
