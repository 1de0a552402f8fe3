// Snapshots: a state written into a file and loaded elsewhere, whatever happens on the way.
#include <gmock/gmock.h>
#include <set>

#include <map>

#include "base/gzip.h"
#include "snapshots/data_directory.h"
#include "snapshots/fields.h"
#include "store/directory_lock.h"
#include "store/key_space.h"
#include "unit/snapshots/states.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::snapshots {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

void load(const fs::path& file, const fs::path& directory) {
  SnapshotReader reader(file);
  std::uint64_t bytes = 0;
  loadSnapshot(reader, directory, [&](std::uint64_t more) { bytes += more; });
  EXPECT_EQ(reader.bytes(), fs::file_size(file));
  EXPECT_LE(bytes, fs::file_size(file));
}

class SnapshotTest : public testing::Test {
 protected:
  // A data directory with a store and an archive, and a snapshot of it.
  void makeState(const std::string& name, int seed) {
    auto store = openStore(folder_.path() / name);
    fill(*store, seed);
    eventbridge::ArchiveFile archive(folder_.path() / name / kArchiveName);
    addEvents(archive, 0, 1200 + seed);
    save(StateReader::ofClosedStore(clock_, *store, &archive), file(name));
    content_[name] = contentOf(*store);
  }
  fs::path directory(const std::string& name) const { return folder_.path() / name; }
  fs::path file(const std::string& name) const { return folder_.path() / (name + ".snapshot"); }

  void expectState(const fs::path& place, const std::string& name) {
    EXPECT_TRUE(contentOf(*openStore(place)) == content_.at(name));
    const auto events = eventsOf(place / kArchiveName);
    const auto expected = eventsOf(directory(name) / kArchiveName);
    ASSERT_EQ(events.size(), expected.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
      EXPECT_EQ(events[i].event, expected[i].event);
      EXPECT_EQ(events[i].event_id, expected[i].event_id);
    }
    EXPECT_FALSE(fs::exists(place / kLoadingName));
    EXPECT_FALSE(fs::exists(place / kLoadedName));
  }
  std::string refusalOf(const std::string& bytes) {
    const fs::path damaged = folder_.write("damaged.snapshot", bytes);
    try {
      load(damaged, directory("target"));
    } catch (const SnapshotUnusable& e) {
      EXPECT_FALSE(fs::exists(directory("target") / kStoreName));
      EXPECT_FALSE(fs::exists(directory("target") / kLoadingName));
      return e.what();
    }
    return "not refused";
  }

  TemporaryDirectory folder_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  std::map<std::string, std::map<std::string, std::string>> content_;
};

TEST_F(SnapshotTest, HoldsWhatTheArchivesOfTheApiKeep) {
  {
    auto store = openStore(directory("kept"));
    fill(*store, 1);
    eventbridge::ArchiveFile archive(directory("kept") / kArchiveName);
    addEvents(archive, 0, 700);
    std::vector<eventbridge::ArchivedEvent> kept;
    for (int i = 0; i < 1300; ++i) {
      const std::string time = "2026-01-01T00:00:0" + std::to_string(i % 10) + ".000Z";
      kept.push_back({time, "", "", "{\"kept\":" + std::to_string(i) + "}", "kept" + std::to_string(i)});
      kept.back().keepers = {7};
      if (i % 2) kept.back().keepers.push_back(9);
      kept.back().is_only_kept = i % 3 != 0;
    }
    archive.add(kept);
    save(StateReader::ofClosedStore(clock_, *store, &archive), file("kept"));
    content_["kept"] = contentOf(*store);
  }
  load(file("kept"), directory("target"));
  expectState(directory("target"), "kept");
  const eventbridge::ArchiveFile before(directory("kept") / kArchiveName);
  const eventbridge::ArchiveFile after(directory("target") / kArchiveName);
  for (const std::int64_t id : {7, 9}) {
    const auto expected = before.keptPage({id, {}, {}}, std::nullopt, 2000).events;
    const auto found = after.keptPage({id, {}, {}}, std::nullopt, 2000).events;
    EXPECT_EQ(expected.size(), id == 7 ? 1300u : 650u);
    ASSERT_EQ(found.size(), expected.size());
    std::set<std::string> expected_texts, found_texts;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].created_at, expected[i].created_at);
      expected_texts.insert(expected[i].event);
      found_texts.insert(found[i].event);
    }
    EXPECT_EQ(found_texts, expected_texts);
    EXPECT_EQ(after.keptSize({id, {}, {}}).bytes, before.keptSize({id, {}, {}}).bytes);
  }
}

TEST_F(SnapshotTest, IsLoadedIntoANewDirectory) {
  makeState("one", 1);
  load(file("one"), directory("target"));
  expectState(directory("target"), "one");
  const SnapshotReader reader(file("one"));
  EXPECT_EQ(reader.info().events, 1201u);
  EXPECT_EQ(reader.info().saved_at, "2026-01-01T00:00:00.000Z");
  EXPECT_FALSE(fs::exists(file("one").string() + ".partial"));
}

TEST(SnapshotInfo, WhatIsShownOfAForeignFileIsATime) {
  const auto infoOf = [](const std::string& saved_at) {
    return SnapshotInfo::fromJson(R"({"savedAt":")" + saved_at + R"(","tables":1,"items":2,"events":3})");
  };
  EXPECT_EQ(infoOf("2026-01-01T00:00:00.000Z").items, 2u);
  EXPECT_THROW(infoOf(R"(\u001b[2J)"), std::invalid_argument);
}

TEST_F(SnapshotTest, ReplacesAStateWhole) {
  makeState("one", 1);
  makeState("two", 2);
  load(file("one"), directory("target"));
  load(file("two"), directory("target"));
  expectState(directory("target"), "two");
}

TEST_F(SnapshotTest, OfAnEmptyStoreIsOne) {
  {
    auto store = openStore(directory("empty"));
    save(StateReader::ofClosedStore(clock_, *store, nullptr), file("empty"));
    content_["empty"] = contentOf(*store);
  }
  load(file("empty"), directory("target"));
  EXPECT_EQ(contentOf(*openStore(directory("target"))), content_["empty"]);
  EXPECT_TRUE(eventsOf(directory("target") / kArchiveName).empty());
}

TEST_F(SnapshotTest, ShowsTheMomentOfItsMakingWhateverIsWrittenLater) {
  StoreOptions in_memory;
  in_memory.in_memory = true;
  const auto store = Store::open(in_memory);
  fill(*store, 1);
  const auto before = contentOf(*store);
  eventbridge::ArchiveFile archive{fs::path()};
  addEvents(archive, 0, 700);
  const StateReader state = StateReader::ofClosedStore(clock_, *store, &archive);
  fill(*store, 2);
  addEvents(archive, 700, 900);
  save(state, file("then"));
  load(file("then"), directory("target"));
  EXPECT_TRUE(contentOf(*openStore(directory("target"))) == before);
  EXPECT_EQ(eventsOf(directory("target") / kArchiveName).size(), 700u);
}

TEST_F(SnapshotTest, IsRefusedWhereverAByteIsMissingOrChanged) {
  makeState("one", 1);
  const std::string whole = folder_.read("one.snapshot");
  for (std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{24}, std::size_t{40}, whole.size() / 2,
                           whole.size() - 37, whole.size() - 1}) {
    EXPECT_THAT(refusalOf(whole.substr(0, size)), testing::AnyOf(HasSubstr("cut off"), HasSubstr("is not a snapshot")))
        << size;
  }
  for (std::size_t place : {std::size_t{26}, std::size_t{30}, std::size_t{70}, whole.size() / 3, whole.size() - 5}) {
    std::string changed = whole;
    changed[place] = static_cast<char>(changed[place] ^ 0x10);
    EXPECT_THAT(refusalOf(changed), HasSubstr("is damaged")) << place;
  }
  EXPECT_THAT(refusalOf(whole + "x"), HasSubstr("something follows its end"));
}

TEST_F(SnapshotTest, IsRefusedWhenABlockIsLeftOutOrTwice) {
  makeState("one", 1);
  const std::string whole = folder_.read("one.snapshot");
  std::vector<std::size_t> begins = {24};  // after the first line
  ASSERT_EQ(whole[23], '\n');
  while (begins.back() < whole.size()) {
    begins.push_back(begins.back() + 37 + readLength(std::string_view(whole).substr(begins.back() + 1)));
  }
  ASSERT_GT(begins.size(), 5u);
  EXPECT_THAT(refusalOf(whole.substr(0, begins[2]) + whole.substr(begins[3])), HasSubstr("checksum"));
  EXPECT_THAT(refusalOf(whole.substr(0, begins[3]) + whole.substr(begins[2])), HasSubstr("checksum"));
}

TEST_F(SnapshotTest, IsRefusedWhenItIsForeignOrOfAnotherVersion) {
  EXPECT_THAT(refusalOf("PK\x03\x04 a zip"), HasSubstr("is not a snapshot of dynamodb-log"));
  EXPECT_THAT(refusalOf("dynamodb-log snapshot 9\nrest"), HasSubstr("has format 9"));
  EXPECT_THROW(SnapshotReader(folder_.path() / "none"), SnapshotUnusable);
  EXPECT_THROW(SnapshotReader{folder_.path()}, SnapshotUnusable);
}

// Checksums that are right do not make a state.
TEST_F(SnapshotTest, IsRefusedWhenItsEntriesAreNoStore) {
  const auto of = [&](const std::string& content) {
    SnapshotWriter writer(file("made"), {"2026-01-01T00:00:00.000Z", 0, 0, 0});
    writer.add(BlockKind::kStore, gzip(content));
    writer.finish();
    return refusalOf(folder_.read("made.snapshot"));
  };
  const std::string format = KeyBuilder(KeySpace::kFormat).str();
  const std::string version(kStoreFormat);
  const auto entries = [](const std::vector<std::string>& fields) {
    std::string content;
    for (const std::string& field : fields) appendField(content, field);
    return content;
  };
  EXPECT_THAT(of(entries({"\x11key", "value"})), HasSubstr("format is missing"));
  EXPECT_THAT(of(entries({format, "77"})), HasSubstr("format is not " + version));
  EXPECT_THAT(of(entries({format, version, "\x11", "b", "\x10", "a"})), HasSubstr("not in order"));
  EXPECT_THAT(of(entries({format, version, "\x11"})), HasSubstr("a field is cut off"));
  EXPECT_THAT(of("\xff\xff\xff\x7f"), HasSubstr("a field is cut off"));
}

TEST_F(SnapshotTest, IsNotLoadedWhileTheDirectoryIsInUse) {
  makeState("one", 1);
  const DirectoryLock lock(directory("target"));
  EXPECT_THROW(load(file("one"), directory("target")), StoreInUse);
}

TEST_F(SnapshotTest, LeavesTheOldStateWhenItIsDamaged) {
  makeState("one", 1);
  makeState("two", 2);
  load(file("one"), directory("target"));
  folder_.write("two.snapshot", folder_.read("two.snapshot").substr(0, fs::file_size(file("two")) - 40));
  EXPECT_THROW(load(file("two"), directory("target")), SnapshotUnusable);
  expectState(directory("target"), "one");
}

// Every step of taking the places of the old files, as an interrupted load leaves it.
TEST_F(SnapshotTest, AnInterruptedLoadIsFinishedOrForgotten) {
  makeState("one", 1);
  makeState("two", 2);
  for (int step = 0; step < 5; ++step) {
    fs::remove_all(directory("target"));
    fs::remove_all(directory("other"));
    load(file("one"), directory("target"));
    load(file("two"), directory("other"));
    const fs::path place = directory("target") / (step == 0 ? kLoadingName : kLoadedName);
    fs::create_directory(place);
    fs::rename(directory("other") / kStoreName, place / kStoreName);
    fs::rename(directory("other") / kArchiveName, place / kArchiveName);
    if (step >= 2) fs::remove_all(directory("target") / kStoreName);
    if (step >= 3) fs::rename(place / kStoreName, directory("target") / kStoreName);
    if (step >= 4) {
      fs::remove(directory("target") / kArchiveName);
      fs::rename(place / kArchiveName, directory("target") / kArchiveName);
    }
    finishInterruptedLoad(directory("target"));
    expectState(directory("target"), step == 0 ? "one" : "two");
  }
}

TEST_F(SnapshotTest, WriterLeavesNothingWhenItIsNotFinished) {
  { SnapshotWriter writer(file("half"), {"", 0, 0, 0}); }
  EXPECT_FALSE(fs::exists(file("half")));
  EXPECT_FALSE(fs::exists(file("half").string() + ".partial"));
  EXPECT_THROW(SnapshotWriter(folder_.path() / "no" / "such", {}), std::runtime_error);
  EXPECT_THROW(SnapshotWriter("/dev/null", {}), std::runtime_error);
  EXPECT_THROW(SnapshotWriter(folder_.path(), {}), std::runtime_error);
}

TEST_F(SnapshotTest, WriterLeavesNothingWhenTheDiskIsFullFromTheStart) {
  fs::create_symlink("/dev/full", file("new").string() + ".partial");
  EXPECT_THROW(SnapshotWriter(file("new"), {}), std::runtime_error);
  EXPECT_FALSE(fs::is_symlink(file("new").string() + ".partial"));
}

TEST_F(SnapshotTest, RefusesPositionsThatAreNone) {
  const auto store = openStore(directory("one"));
  const StateReader state = StateReader::ofClosedStore(clock_, *store, nullptr);
  EXPECT_THROW(state.part("x"), std::exception);
  EXPECT_THROW(state.part(std::string("a") + std::string(8, '\0')), std::exception);
  EXPECT_THROW(state.tablePart("none", ""), std::exception);
}

}  // namespace
}  // namespace ddblog::snapshots
