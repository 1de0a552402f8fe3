// A batch's writes over the committed state, and its savepoints.
#include "store/overlay.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace ddblog {
namespace {

// Nothing but "committed", which has a value.
class Committed : public Reader {
 public:
  std::optional<std::string> get(std::string_view key) const override {
    return key == "committed" ? std::optional<std::string>("0") : std::nullopt;
  }
  std::unique_ptr<Cursor> cursor(std::string_view, std::string_view, Direction) const override { return nullptr; }
};

TEST(Overlay, ARollbackGoesBackToTheLastSavepointAndNoFurther) {
  const Committed committed;
  Overlay overlay(committed);
  overlay.put("kept", "1");
  overlay.commitSavepoint();
  overlay.put("kept", "2");
  overlay.put("kept", "3");
  overlay.erase("committed");
  overlay.put("new", "1");
  overlay.erase("new");
  overlay.rollback();
  EXPECT_EQ(overlay.writes(), (Overlay::Writes{{"kept", "1"}}));
  EXPECT_EQ(overlay.get("committed"), "0");
  EXPECT_EQ(overlay.getHot("committed"), "0");
}

TEST(Overlay, KeepsTheActionsOfWhatIsNotUndone) {
  const Committed committed;
  Overlay overlay(committed);
  std::string done;
  const auto add = [&](const char* name) { overlay.afterCommit([&done, name] { done += name; }); };
  add("a");
  overlay.commitSavepoint();
  add("rolled back");
  overlay.rollback();
  add("b");
  EXPECT_THROW(overlay.attempt([&] {
    add("undone");
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  overlay.attempt([&] { add("c"); });
  overlay.commitSavepoint();
  for (const auto& action : overlay.actions()) action();
  EXPECT_EQ(done, "abc");
  overlay.clear();
  EXPECT_TRUE(overlay.actions().empty());
}

TEST(Overlay, ACauseEndsWithItsCommand) {
  const Committed committed;
  Overlay overlay(committed);
  overlay.setCause("somebody");
  EXPECT_EQ(overlay.cause(), "somebody");
  overlay.commitSavepoint();
  EXPECT_EQ(overlay.cause(), "");
  overlay.setCause("somebody");
  overlay.rollback();
  EXPECT_EQ(overlay.cause(), "");
}

TEST(Overlay, UndoesOnlyThePartThatThrows) {
  const Committed committed;
  Overlay overlay(committed);
  CommitNotifier before, inside;
  overlay.put("a", "1");
  overlay.notifyAfterCommit(before);
  EXPECT_THROW(overlay.attempt([&] {
    overlay.put("a", "2");
    overlay.erase("committed");
    overlay.notifyAfterCommit(before);
    overlay.notifyAfterCommit(inside);
    overlay.attempt([&] { overlay.put("b", "1"); });
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(overlay.writes(), (Overlay::Writes{{"a", "1"}}));
  EXPECT_EQ(overlay.notifiers(), (std::set<CommitNotifier*>{&before}));
  overlay.attempt([&] { overlay.put("b", "2"); });
  EXPECT_EQ(overlay.get("b"), "2");
  overlay.rollback();
  EXPECT_TRUE(overlay.writes().empty());
}

TEST(Overlay, KnowsWhetherEarlierCommandsHaveWritten) {
  const Committed committed;
  Overlay overlay(committed);
  EXPECT_TRUE(overlay.isFirst());
  overlay.put("refused", "1");
  overlay.rollback();
  EXPECT_TRUE(overlay.isFirst());
  overlay.put("kept", "1");
  EXPECT_TRUE(overlay.isFirst()) << "the command's own writes do not count";
  overlay.commitSavepoint();
  EXPECT_FALSE(overlay.isFirst());
  overlay.clear();
  EXPECT_TRUE(overlay.isFirst());
}

// Against a map that is copied at each savepoint.
TEST(Overlay, AgreesWithCopiesOfAMap) {
  const Committed committed;
  Overlay overlay(committed);
  Overlay::Writes now, savepoint;
  std::mt19937 random(20260101);
  for (int step = 0; step < 20'000; ++step) {
    const std::string key(1, static_cast<char>('a' + random() % 10));
    switch (random() % 8) {
      case 0:
        overlay.commitSavepoint();
        savepoint = now;
        break;
      case 1:
        overlay.rollback();
        now = savepoint;
        break;
      case 2:
        overlay.erase(key);
        now[key] = std::nullopt;
        break;
      default:
        overlay.put(key, std::to_string(step));
        now[key] = std::to_string(step);
    }
    ASSERT_EQ(overlay.writes(), now);
  }
}

TEST(Overlay, NotifiersOfARolledBackCommandAreForgotten) {
  const Committed committed;
  Overlay overlay(committed);
  CommitNotifier first, second;
  overlay.notifyAfterCommit(first);
  overlay.commitSavepoint();
  overlay.notifyAfterCommit(first);
  overlay.notifyAfterCommit(second);
  overlay.rollback();
  EXPECT_EQ(overlay.notifiers(), std::set<CommitNotifier*>{&first});
}

TEST(OverlayDeathTest, ABatchMustNotEndBetweenSavepoints) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const Committed committed;
  Overlay overlay(committed);
  overlay.put("a", "1");
  EXPECT_DEATH(overlay.clear(), "a batch ends at a savepoint");
}

}  // namespace
}  // namespace ddblog
