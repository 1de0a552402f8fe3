// How far a replay is, and what is said of it.
#include "cli/replay_percent.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/incoming_report.h"
#include "cli/terminal/percent_bar.h"

namespace ddblog::cli {
namespace {

const Timestamp kNine = fromIso8601("2026-11-22T09:00:00Z"), kTen = fromIso8601("2026-11-22T10:00:00Z");

TEST(ReplayPercent, IsThatOfTheTimes) {
  const replays::TimeRange range{kNine, kTen};
  EXPECT_EQ(percentOf({"STARTING", "", {}}, range), 0);
  EXPECT_EQ(percentOf({"RUNNING", "", kNine + std::chrono::minutes(30)}, range), 50);
  EXPECT_EQ(percentOf({"RUNNING", "", kTen}, range), 99);
  EXPECT_EQ(percentOf({"COMPLETED", "", {}}, range), 100);
  EXPECT_EQ(percentOf({"RUNNING", "", kTen}, {kTen, kTen}), 0);
}

TEST(ReplayRange, IsTheArchivesUnlessTheUserSaysIt) {
  const replays::SourceArchive archive{
      .name = "log", .arn = "a", .bus = "bus", .bus_arn = "b", .state = "ENABLED", .created = kNine};
  EXPECT_EQ(rangeOf({}, archive, kTen).from, kNine);
  EXPECT_EQ(rangeOf({}, archive, kTen).to, kTen);
  EXPECT_EQ(rangeOf({.to = kTen + std::chrono::hours(1)}, archive, kTen).to, kTen);  // it has not happened yet
  EXPECT_EQ(rangeText(archive, {kNine, kTen}),
            "The events of 2026-11-22T09:00:00Z to 2026-11-22T10:00:00Z in the archive log of the bus bus");
}

TEST(ReplayRange, ThatEndsJustNowIsLateInTheArchive) {
  EXPECT_NE(lateNote({kNine, kTen}, kTen + std::chrono::minutes(9)), "");
  EXPECT_EQ(lateNote({kNine, kTen}, kTen + std::chrono::minutes(10)), "");
}

TEST(PercentBar, IsDrawnWhenItChanges) {
  std::ostringstream out;
  {
    PercentBar bar(out, true);
    bar.show(50, "5 events, up to nine");
    bar.show(50, "5 events, up to nine");
    bar.show(100, "9 events");
  }
  const std::string half = "\r[" + std::string(20, '#') + std::string(20, '-') + "] 50%  5 events, up to nine";
  EXPECT_EQ(out.str(), half + "\r[" + std::string(40, '#') + "] 100%  9 events\x1b[K\n");
}

TEST(PercentBar, IsSilentWhenThereIsNoTerminal) {
  std::ostringstream out;
  { PercentBar(out, false).show(1, "x"); }
  EXPECT_EQ(out.str(), "");
}

TEST(IncomingReport, SaysWhatCameFromTheTable) {
  EXPECT_EQ(reportText({.target = "table", .counts = {.sent = 9, .already_there = 1}, .from_table = 2, .streams = 3}),
            "9 events replayed to the table, 1 were already there\n"
            "2 of them were not in the archive's replay, and were read from the log table\n"
            "All versions of 3 streams are there\n");
  EXPECT_EQ(reportText({.target = "bus", .counts = {.sent = 9}, .streams = 3, .lost = 1}),
            "9 events replayed to the bus\n"
            "1 versions of 3 streams are neither in the archive nor in the log table\n");
}

}  // namespace
}  // namespace ddblog::cli
