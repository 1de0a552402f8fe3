// How far a replay is, and what is said of it.
#include "cli/replays/replay_percent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>

#include "cli/replays/incoming_report.h"
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

TEST(ReplayRange, ThatCannotHoldAnEventIsRefused) {
  const replays::SourceArchive archive{
      .name = "log", .arn = "a", .bus = "bus", .bus_arn = "b", .state = "ENABLED", .created = kNine};
  const auto refusal = [&](const eventbridge::ArchiveQuery& query, const replays::SourceArchive& source) {
    try {
      checkRange(query, source, kTen);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal({}, archive), "");
  EXPECT_EQ(refusal({.from = kNine, .to = kTen + std::chrono::hours(1)}, archive), "");
  EXPECT_EQ(refusal({.to = kNine}, archive), "");
  EXPECT_EQ(refusal({.from = kTen}, archive), "--from 2026-11-22T10:00:00Z is in the future");
  EXPECT_EQ(refusal({.to = kNine - std::chrono::seconds(2)}, archive),
            "The archive log holds nothing up to --to 2026-11-22T08:59:58Z: it was created at 2026-11-22T09:00:00Z");
  replays::SourceArchive failed = archive;
  failed.state = "CREATE_FAILED";
  EXPECT_EQ(refusal({}, failed), "The archive log is in the state CREATE_FAILED: nothing can be replayed from it");
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

TEST(PercentBar, KeepsToTheWidthOfTheTerminal) {
  std::ostringstream out;
  {
    PercentBar bar(out, true, 60);
    bar.show(50, "5 events, up to nine");
  }
  EXPECT_EQ(out.str(), "\r[" + std::string(20, '#') + std::string(20, '-') + "] 50%  5 events, u\n");
  EXPECT_EQ(out.str().size(), 61u);  // a last column that is written may begin a new line
}

TEST(PercentBar, IsSilentWhenThereIsNoTerminal) {
  std::ostringstream out;
  { PercentBar(out, false).show(1, "x"); }
  EXPECT_EQ(out.str(), "");
}

TEST(IncomingReport, SaysWhatCameFromTheTable) {
  EXPECT_EQ(reportText({.target = "table", .counts = {.sent = 9, .already_there = 1}, .from_table = 2, .streams = 3}),
            "9 events replayed to the table, 1 were already there\n"
            "2 events were read from the log table: the archive's replay lacked them, or had them in part\n"
            "All versions of 3 streams are there\n");
}

TEST(IncomingReport, SaysAllOnlyOfWhatIsKnown) {
  const std::string first = "9 events replayed to the bus\n";
  IncomingReport report{.target = "bus", .counts = {.sent = 9}, .streams = 3, .has_times = true};
  EXPECT_EQ(reportText(report), first + "All versions of 3 streams in the range of times are there\n");
  report.unknown = 2;
  EXPECT_EQ(reportText(report), first +
                                    "2 versions were left out: they have no createdAt or are gone, so nobody knows "
                                    "whether they are of that time\n");
  report.unknown = 0;
  report.has_types = true;
  EXPECT_THAT(reportText(report), testing::HasSubstr("of these types in 3 streams are there, as far as"));
  report.counts.incomplete = 1;
  EXPECT_THAT(reportText(report), testing::EndsWith("not complete)\n"));
}

TEST(IncomingReport, SaysWhatIsMissing) {
  IncomingReport report{.target = "bus", .counts = {.sent = 9}, .streams = 3, .lost = 1};
  EXPECT_EQ(reportText(report),
            "9 events replayed to the bus\n"
            "1 versions of 3 streams are neither in the archive nor in the log table\n");
  EXPECT_TRUE(report.isIncomplete());
  report.lost = 0;
  report.left_queued = 4;
  EXPECT_THAT(reportText(report), testing::EndsWith("About 4 messages were still in the queue, and did not come: run "
                                                    "the replay again\n"));
  EXPECT_TRUE(report.isIncomplete());
}

}  // namespace
}  // namespace ddblog::cli
