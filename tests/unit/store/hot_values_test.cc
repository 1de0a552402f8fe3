#include "store/hot_values.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/store.h"

namespace ddblog {
namespace {

// A state of the store that has at most the key "table". It counts how often it is read.
class State : public Reader {
 public:
  explicit State(std::optional<std::string> table) : table_(std::move(table)) {}

  std::optional<std::string> get(std::string_view key) const override {
    ++reads_;
    return key == "table" ? table_ : std::nullopt;
  }
  std::unique_ptr<Cursor> cursor(std::string_view, std::string_view, Direction) const override { return nullptr; }

  int reads() const { return reads_; }

 private:
  const std::optional<std::string> table_;
  mutable int reads_ = 0;
};

struct HotValuesTest : testing::Test {
  HotValues values;
  const std::uint64_t before = values.clear();
  const State old_state{"old"};
};

TEST_F(HotValuesTest, AreReadOnce) {
  EXPECT_EQ(values.get("table", before, old_state), "old");
  EXPECT_EQ(values.get("table", before, old_state), "old");
  EXPECT_EQ(old_state.reads(), 1);
}

TEST_F(HotValuesTest, StayKnownAfterACommitOfOtherKeys) {
  values.get("table", before, old_state);
  const std::uint64_t after = values.commit({{"item", "1"}});
  const State state("old");
  EXPECT_EQ(values.get("table", after, state), "old");
  EXPECT_EQ(values.get("table", before, old_state), "old");
  EXPECT_EQ(state.reads() + old_state.reads(), 1);
}

TEST_F(HotValuesTest, ACommitShowsItsValueOnlyToReadersOfTheNewState) {
  values.get("table", before, old_state);
  const std::uint64_t after = values.commit({{"table", "new"}});
  EXPECT_EQ(values.get("table", before, old_state), "old");
  EXPECT_EQ(values.get("table", after, State("new")), "new");
}

TEST_F(HotValuesTest, AnErasedValueIsGoneInTheNewState) {
  values.get("table", before, old_state);
  const std::uint64_t after = values.commit({{"table", std::nullopt}});
  EXPECT_EQ(values.get("table", after, State(std::nullopt)), std::nullopt);
  EXPECT_EQ(values.get("table", before, old_state), "old");
  const std::uint64_t again = values.commit({{"table", "another"}});
  EXPECT_EQ(values.get("table", again, State("another")), "another");
  EXPECT_EQ(values.get("table", after, State(std::nullopt)), std::nullopt);
}

TEST_F(HotValuesTest, AReaderOfAnOlderStateLeavesNothingBehind) {
  const std::uint64_t after = values.commit({{"table", "new"}});  // not known yet, so not remembered
  EXPECT_EQ(values.get("table", before, old_state), "old");
  EXPECT_EQ(values.get("table", after, State("new")), "new");
}

TEST_F(HotValuesTest, AreForgottenWhenTheStateIsReadAnew) {
  values.get("table", before, old_state);
  const std::uint64_t after = values.clear();
  EXPECT_EQ(values.get("table", after, State("from the disk")), "from the disk");
}

TEST_F(HotValuesTest, LargeValuesAreReadEachTime) {
  const State state(std::string(20'000, 'x'));
  values.get("table", before, state);
  values.get("table", before, state);
  EXPECT_EQ(state.reads(), 2);
}

TEST(HotValues, ASnapshotHasThemAsTheyWere) {
  StoreOptions options;
  options.in_memory = true;
  const auto store = Store::open(options);
  const auto put = [&](const std::string& value) {
    store->writeAndWait([&](Transaction& transaction) { transaction.put("table", value); });
    return store->snapshot();
  };
  const auto first = put("first");
  EXPECT_EQ(first->getHot("table"), "first");
  const auto second = put("second");
  EXPECT_EQ(first->getHot("table"), "first");
  EXPECT_EQ(second->getHot("table"), "second");
  store->writeAndWait([&](Transaction& transaction) { transaction.erase("table"); });
  EXPECT_EQ(store->snapshot()->getHot("table"), std::nullopt);
  EXPECT_EQ(second->getHot("table"), "second");
  const auto third = put("third");
  EXPECT_EQ(second->getHot("table"), "second");
  EXPECT_EQ(third->getHot("table"), "third");
}

}  // namespace
}  // namespace ddblog
