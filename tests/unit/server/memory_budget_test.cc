#include "server/memory_budget.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace ddblog::server {
namespace {

class Budget : public testing::Test {
 protected:
  // Its share is kept in shares_[name].
  void take(std::size_t name, std::size_t bytes) {
    if (shares_.size() <= name) shares_.resize(name + 1);
    budget_.take(bytes, [this, name](MemoryBudget::Share share) {
      order_.push_back(name);
      shares_[name] = std::move(share);
    });
  }

  MemoryBudget budget_{100};
  std::vector<MemoryBudget::Share> shares_;
  std::vector<std::size_t> order_;
};

TEST_F(Budget, IsGivenAtOnceWhileThereIsRoom) {
  take(0, 60);
  take(1, 40);
  EXPECT_EQ(order_, (std::vector<std::size_t>{0, 1}));
  EXPECT_FALSE(budget_.isWanted());
}

TEST_F(Budget, IsGivenInTheOrderOfTheLine) {
  take(0, 60);
  take(1, 80);
  take(2, 10);  // there would be room, but another one is first
  EXPECT_TRUE(budget_.isWanted());
  EXPECT_EQ(order_, (std::vector<std::size_t>{0}));
  shares_[0].shrink(30);
  EXPECT_EQ(order_, (std::vector<std::size_t>{0}));
  shares_[0].release();
  EXPECT_EQ(order_, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_FALSE(budget_.isWanted());
}

TEST_F(Budget, IsNeverAskedForMoreThanThereIs) {
  take(0, 1000);
  EXPECT_EQ(shares_[0].bytes(), 100u);
}

TEST_F(Budget, CanBeOverdrawnAndIsWantedThen) {
  MemoryBudget::Share there = budget_.overdraw(150);
  EXPECT_TRUE(budget_.isWanted());
  EXPECT_FALSE(budget_.isExhausted());
  MemoryBudget::Share more = budget_.overdraw(50);
  EXPECT_TRUE(budget_.isExhausted());
  more.release();
  there.release();
  EXPECT_FALSE(budget_.isWanted());
  take(0, 100);
  EXPECT_EQ(order_, (std::vector<std::size_t>{0}));
}

TEST_F(Budget, ForgetsThoseWhoWait) {
  take(0, 100);
  const auto waits = std::make_shared<int>();
  budget_.take(1, [waits](MemoryBudget::Share) {});
  EXPECT_EQ(waits.use_count(), 2);
  budget_.dismissWaiting();
  EXPECT_EQ(waits.use_count(), 1);
  EXPECT_FALSE(budget_.isWanted());
}

}  // namespace
}  // namespace ddblog::server
