// The archive: every event of an archived bus exactly once, also across a crash; and reading it
// again for a replay.
#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include "base/json_writer.h"
#include "services/eventbridge/archive/archive_reader.h"
#include "services/eventbridge/archive/key_spaces.h"
#include "store/key_space.h"
#include "unit/services/eventbridge/event_cloud.h"

namespace ddblog::eventbridge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string detail(const std::string& log, const std::string& type, int number) {
  return R"({"log":")" + log + R"(","type":")" + type + R"(","n":)" + std::to_string(number) + "}";
}

TEST(Archive, KeepsEveryEventOfItsBus) {
  EventCloud cloud;
  cloud.ask("CreateEventBus", R"({"Name":"dynamodb-log"})");
  const std::string id = cloud.put("dynamodb-log", detail("users", "signup", 1));
  cloud.clock().move(Duration(1500));
  cloud.put("dynamodb-log", "{}");
  cloud.put("default", detail("users", "signup", 2));
  cloud.put("none", detail("users", "signup", 3));
  const std::vector<ArchivedEvent> archived = cloud.archived();
  ASSERT_EQ(archived.size(), 2u);
  EXPECT_EQ(archived[0].created_at, "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(archived[0].log, "users");
  EXPECT_EQ(archived[0].type, "signup");
  EXPECT_EQ(archived[0].event_id, id);
  EXPECT_EQ(parseJson(archived[0].event).at("detail").at("n").as_int64(), 1);
  EXPECT_EQ(archived[1].created_at, "2026-01-01T00:00:01.500Z");
  EXPECT_EQ(archived[1].log, "");
}

TEST(Archive, KeepsUpWithManyEvents) {
  EventCloud cloud;
  cloud.ask("CreateEventBus", R"({"Name":"dynamodb-log"})");
  std::string entries;
  for (int i = 0; i < 10; ++i) {
    entries +=
        (i ? "," : "") + std::string(R"({"Source":"s","DetailType":"t","Detail":"{}","EventBusName":"dynamodb-log"})");
  }
  for (int i = 0; i < 300; ++i) cloud.ask("PutEvents", R"({"Entries":[)" + entries + "]}");
  const std::vector<ArchivedEvent> archived = cloud.archived();
  std::set<std::string> ids;
  for (const ArchivedEvent& event : archived) ids.insert(event.event_id);
  EXPECT_EQ(archived.size(), 3000u);
  EXPECT_EQ(ids.size(), 3000u);
}

// The trigger puts a batch again that it had put when it was killed before the stream's checkpoint
// was written.
TEST(Archive, KeepsAnEventOfTheLogOnceHoweverOftenItIsPut) {
  EventCloud cloud;
  cloud.ask("CreateEventBus", R"({"Name":"dynamodb-log"})");
  const auto put = [&](const std::string& detail_type, const std::string& detail) {
    std::string entry;
    JsonWriter json(entry);
    json.beginObject().key("Source").value("dynamodb-log").key("DetailType").value(detail_type);
    json.key("Detail").value(detail).key("EventBusName").value("dynamodb-log").endObject();
    const json::value answer = cloud.ask("PutEvents", "{\"Entries\":[" + entry + "]}");
    return std::string(answer.at("Entries").at(0).at("EventId").as_string());
  };
  const std::string first = put("stream changes", detail("users", "signup", 1));
  EXPECT_EQ(put("stream changes", detail("users", "signup", 1)), first);
  EXPECT_NE(put("stream changes", detail("users", "signup", 2)), first);
  EXPECT_NE(put("something else", detail("users", "signup", 1)), put("something else", detail("users", "signup", 1)));
  EXPECT_EQ(cloud.archived().size(), 4u);
}

// The trace header tells which change record an event is from.
TEST(Archive, AnEventAppendedAgainIsArchivedAgainAndARetriedOneIsNot) {
  EventCloud cloud;
  cloud.ask("CreateEventBus", R"({"Name":"dynamodb-log"})");
  const auto put = [&](const std::string& trace_header) {
    const json::object entry{{"Source", "dynamodb-log"},
                             {"DetailType", "stream changes"},
                             {"Detail", detail("users", "signup", 1)},
                             {"EventBusName", "dynamodb-log"},
                             {"TraceHeader", trace_header}};
    cloud.ask("PutEvents", json::serialize(json::object{{"Entries", json::array{entry}}}));
  };
  put("Root=1-1");
  put("Root=1-1");
  EXPECT_EQ(cloud.archived().size(), 1u);
  put("Root=1-2");
  EXPECT_EQ(cloud.archived().size(), 2u);
}

// What a process leaves behind that is killed after the file has a batch and before the queue lost
// it.
TEST(Archive, ACrashBetweenFileAndQueueLeavesNothingTwice) {
  TemporaryDirectory directory;
  std::vector<std::pair<std::string, std::string>> queue;
  {
    // The queue as it was before anything was archived: the archiver cannot write to a file that is
    // locked.
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open((directory.path() / "archive.sqlite").c_str(), &other), SQLITE_OK);
    EventCloud cloud(directory.path());
    cloud.ask("CreateEventBus", R"({"Name":"dynamodb-log"})");
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    for (int i = 0; i < 3; ++i) cloud.put("dynamodb-log", detail("users", "signup", i));
    const std::string begin = KeyBuilder(key_spaces::kArchiveQueue).str();
    const auto snapshot = cloud.store().snapshot();
    for (auto cursor = snapshot->cursor(begin, endOfPrefix(begin)); cursor->valid(); cursor->next()) {
      queue.emplace_back(cursor->key(), cursor->value());
    }
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    EXPECT_EQ(cloud.archived().size(), 3u);
  }
  ASSERT_EQ(queue.size(), 3u);
  {
    const auto store = Store::open({.directory = directory.path() / "store"});
    store->writeAndWait([&](Transaction& transaction) {
      for (const auto& [key, value] : queue) transaction.put(key, value);
    });
  }
  EventCloud again(directory.path());
  again.put("dynamodb-log", detail("users", "signup", 3));
  EXPECT_EQ(again.archived().size(), 4u);
}

TEST(Archive, WhatWasQueuedWhenTheProcessEndedIsArchivedByTheNext) {
  TemporaryDirectory directory;
  {
    EventCloud cloud(directory.path());
    cloud.ask("CreateEventBus", R"({"Name":"dynamodb-log"})");
    cloud.put("dynamodb-log", detail("users", "signup", 1));
  }
  EventCloud again(directory.path());
  EXPECT_EQ(again.archived().size(), 1u);
  again.put("dynamodb-log", detail("users", "signup", 2));
  EXPECT_EQ(again.archived().size(), 2u);
}

TEST(ArchiveFile, AddsAnEventOnce) {
  ArchiveFile file({});
  const ArchivedEvent event{"2026-01-01T00:00:00.000Z", "l", "t", R"({"id":"a"})", "a"};
  file.add(std::vector{event, event});
  file.add(std::vector{event});
  EXPECT_EQ(file.count({}), 1u);
}

// Files cannot grow over some bytes while this lives: what is written fails, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit small = before_;
    small.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(ArchiveFile, WorksAgainWhenTheDiskDoes) {
  TemporaryDirectory directory;
  ArchiveFile file(directory.path() / "archive.sqlite");
  const auto event = [](const std::string& id) {
    std::string text = R"({"id":")" + id + R"("})";
    text.append(50'000, ' ');
    return ArchivedEvent{"2026-01-01T00:00:00.000Z", "l", "t", text, id};
  };
  std::set<std::string> added;
  for (int round = 0; round < 3; ++round) {
    {
      const FullDisk full(200'000 + round * 400'000);
      bool failed = false;
      for (int i = 0; i < 100 && !failed; ++i) {
        const std::string id = std::to_string(round) + "." + std::to_string(i);
        try {
          file.add(std::vector{event(id)});
          added.insert(id);
        } catch (const ArchiveFailed&) {
          failed = true;
        }
      }
      EXPECT_TRUE(failed);
    }
    file.add(std::vector{event("after" + std::to_string(round))});
    added.insert("after" + std::to_string(round));
  }
  EXPECT_EQ(file.check(), "");
  std::set<std::string> found;
  for (const ArchivedEvent& one : file.page({}, {}, 1000).events) EXPECT_TRUE(found.insert(one.event_id).second);
  for (const std::string& id : added) EXPECT_TRUE(found.contains(id)) << id;
  EXPECT_LE(found.size(), added.size() + 3);  // what failed may be there
}

TEST(Archive, NoticesWhenTheFileLostRows) {
  TemporaryDirectory directory;
  const auto open = [&] {
    EventCloud cloud(directory.path());
    cloud.ask("CreateEventBus", R"({"Name":"dynamodb-log"})");
    for (int i = 0; i < 3; ++i) cloud.put("dynamodb-log", detail("users", "signup", i));
    EXPECT_EQ(cloud.archived().size(), 3u);
  };
  open();
  { EXPECT_NO_THROW(EventCloud again(directory.path())); }
  std::filesystem::remove(directory.path() / "archive.sqlite");
  EXPECT_THROW(EventCloud again(directory.path()), ArchiveDamaged);
}

TEST(Archive, GoesOnForGoodWithoutLostRowsOnceItWasToldTo) {
  TemporaryDirectory directory;
  StoreOptions options;
  options.directory = directory.path();
  const auto store = Store::open(options);
  AdjustableClock clock;
  Ids ids(1);
  const ArchiveCatalog archives(ids);
  {
    ArchiveFile file(directory.path() / "archive.sqlite");
    Archive archive(*store, clock, archives, file, {{"bus"}, Duration(0)}, [](std::string_view) {});
    store->writeAndWait([&](Transaction& transaction) {
      Event event;
      event.id = "1";
      event.text = "{}";
      archive.onEvent(transaction, "bus", event);
    });
    ASSERT_TRUE(archive.drain());
  }
  ArchiveFile empty(directory.path() / "another.sqlite");
  std::vector<std::string> said;
  const auto warn = [&said](std::string_view line) { said.emplace_back(line); };
  EXPECT_THROW(Archive(*store, clock, archives, empty, {{"bus"}, Duration(0)}, warn), ArchiveDamaged);
  Archive(*store, clock, archives, empty, {{"bus"}, Duration(0), true}, warn);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_THAT(said[0], testing::HasSubstr("lacks 1 of 1 events"));
  EXPECT_NO_THROW(Archive(*store, clock, archives, empty, {{"bus"}, Duration(0)}, warn));
}

TEST(ArchiveFile, RefusesADamagedFile) {
  using Damage = std::function<void(const std::filesystem::path&)>;
  const std::vector<Damage> damages = {
      [](const auto& path) { std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2); },
      [](const auto& path) { std::filesystem::resize_file(path, std::filesystem::file_size(path) - 4096); },
      [](const auto& path) { std::ofstream(path, std::ios::binary | std::ios::in).write("no database at all", 18); },
      [](const auto& path) {
        std::ofstream(path, std::ios::binary | std::ios::in).seekp(4096).write(std::string(4096, 'x').data(), 4096);
      },
      [](const auto& path) {  // a page of rows in the middle
        const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(path) / 2 / 4096 * 4096);
        std::ofstream(path, std::ios::binary | std::ios::in).seekp(middle).write(std::string(4096, '\0').data(), 4096);
      },
  };
  for (const Damage& damage : damages) {
    TemporaryDirectory directory;
    const auto path = directory.path() / "archive.sqlite";
    {
      std::vector<ArchivedEvent> events;
      for (int i = 0; i < 500; ++i) {
        events.push_back({"2026-01-01T00:00:00.000Z", "l", "t", std::string(200, 'e'), std::to_string(i)});
      }
      ArchiveFile(path).add(events);
    }
    damage(path);
    EXPECT_THROW(ArchiveFile file(path), ArchiveDamaged);
  }
}

std::vector<std::string> ids(const std::vector<ArchivedEvent>& events) {
  std::vector<std::string> ids;
  for (const ArchivedEvent& event : events) ids.push_back(event.event_id);
  return ids;
}

// Seven events, three of them at the same instant.
void fill(ArchiveFile& file) {
  const auto event = [](std::string id, std::string second, std::string log, std::string type) {
    return ArchivedEvent{"2026-01-01T00:00:0" + second + ".000Z", log, type, R"({"id":")" + id + "\"}", id};
  };
  file.add(std::vector{event("g", "9", "users", "signup"), event("a", "1", "users", "signup"),
                       event("b", "2", "users", "signup"), event("c", "2", "orders", "placed"),
                       event("d", "2", "users", "addLocation"), event("e", "3", "users", "signup"),
                       event("f", "4", "orders", "paid")});
}

std::vector<std::string> replayed(const ArchiveFile& file, const ArchiveQuery& query, std::size_t page_size) {
  ArchiveReader reader(file, query, page_size);
  std::vector<std::string> all;
  const std::uint64_t given = reader.run([&](std::vector<ArchivedEvent> events) {
    EXPECT_LE(events.size(), page_size);
    for (const ArchivedEvent& event : events) all.push_back(event.event_id);
    return true;
  });
  EXPECT_EQ(given, all.size());
  EXPECT_EQ(reader.total(), all.size());
  return all;
}

TEST(ArchiveReader, GivesEventsInOrderWhateverThePageSize) {
  ArchiveFile file({});
  fill(file);
  for (std::size_t page_size = 1; page_size <= 8; ++page_size) {
    EXPECT_THAT(replayed(file, {}, page_size), ElementsAre("a", "b", "c", "d", "e", "f", "g")) << page_size;
  }
}

TEST(ArchiveReader, GivesWhatWasAskedFor) {
  ArchiveFile file({});
  fill(file);
  ArchiveQuery range;
  range.from = fromIso8601("2026-01-01T00:00:02Z");
  range.to = fromIso8601("2026-01-01T00:00:03Z");
  EXPECT_THAT(replayed(file, range, 2), ElementsAre("b", "c", "d", "e"));
  EXPECT_THAT(replayed(file, {.logs = {"orders"}}, 1), ElementsAre("c", "f"));
  EXPECT_THAT(replayed(file, {.types = {"signup", "paid"}}, 2), ElementsAre("a", "b", "e", "f", "g"));
  range.logs = {"users"};
  range.types = {"signup"};
  EXPECT_THAT(replayed(file, range, 3), ElementsAre("b", "e"));
  EXPECT_THAT(replayed(file, {.logs = {"' OR 1 --"}}, 3), IsEmpty());
}

int steps = 0;  // of SQLite's machine, in hundreds

// Makes SQLite count its steps on each connection that is opened from here on.
int countSteps(sqlite3* database, const char**, const sqlite3_api_routines*) {
  sqlite3_progress_handler(
      database, 100, [](void*) { return ++steps, 0; }, nullptr);
  return SQLITE_OK;
}

TEST(ArchiveFile, ReadsEachPageAtTheSameCost) {
  const auto entry = reinterpret_cast<void (*)()>(countSteps);
  sqlite3_auto_extension(entry);
  ArchiveFile file({});
  sqlite3_cancel_auto_extension(entry);
  std::vector<ArchivedEvent> events;
  const Timestamp begin = fromIso8601("2026-01-01T00:00:00Z");
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = "e" + std::to_string(i);
    events.push_back({toIso8601(begin + Duration(i), true), "users", "t", R"({"id":")" + id + "\"}", id, {7}});
  }
  file.add(events);
  const auto costOf = [](const auto& read) {
    steps = 0;
    EXPECT_EQ(read().events.size(), 100u);
    return steps;
  };
  // What an archive of the API keeps and what the file holds, at the beginning and near the end of the range.
  for (const bool is_kept : {false, true}) {
    const auto costAt = [&](int i) {
      return costOf([&] {
        const ArchivePosition after{events[static_cast<std::size_t>(i)].created_at, i + 1};
        const KeptQuery kept{7, begin, begin + Duration(20'000)};
        const ArchiveQuery all{.from = begin, .to = begin + Duration(20'000)};
        return is_kept ? file.keptPage(kept, after, 100) : file.page(all, after, 100);
      });
    };
    const int first = costAt(0);
    EXPECT_LT(costAt(9'000), 2 * first + 2) << is_kept;
  }
}

TEST(ArchiveReader, EndsWhenItIsTold) {
  ArchiveFile file({});
  fill(file);
  ArchiveReader reader(file, {}, 2);
  EXPECT_EQ(reader.run([](const std::vector<ArchivedEvent>&) { return false; }), 2u);
  EXPECT_THAT(ids(reader.next()), ElementsAre("c", "d"));
}

TEST(ArchiveFile, OfFourColumnsCanBeReadAndContinued) {
  TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "old.sqlite";
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &old), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(old,
                         "CREATE TABLE events (createdAt, log, type, event);"
                         "INSERT INTO events VALUES ('2026-01-01T00:00:02.000Z', 'users', 'signup', '{\"id\":\"b\"}');"
                         "INSERT INTO events VALUES ('2026-01-01T00:00:01.000Z', 'users', 'signup', '{\"id\":\"a\"}');"
                         "INSERT INTO events VALUES ('2026-01-01T00:00:02.000Z', 'users', 'signup', '{\"id\":\"b\"}');"
                         "INSERT INTO events VALUES (1767225600500, 'users', 'signup', '{\"id\":\"c\"}');",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(old);
  EXPECT_EQ(ArchiveFile(path, ArchiveFile::Access::kReadOnly).count({.logs = {"users"}}), 4u);
  ArchiveFile continued(path);
  continued.add(std::vector{ArchivedEvent{"2026-01-01T00:00:02.000Z", "users", "signup", R"({"id":"b"})", "b"},
                            ArchivedEvent{"2026-01-01T00:00:03.000Z", "users", "signup", R"({"id":"d"})", "d"}});
  EXPECT_EQ(continued.count({}), 5u);
}

TEST(ArchiveFile, CanBeReadWhileItIsWritten) {
  TemporaryDirectory directory;
  ArchiveFile file(directory.path() / "archive.sqlite");
  fill(file);
  const ArchiveFile reader(directory.path() / "archive.sqlite", ArchiveFile::Access::kReadOnly);
  EXPECT_EQ(reader.count({}), 7u);
  file.add(std::vector{ArchivedEvent{"2026-01-01T00:00:03.000Z", "users", "signup", R"({"id":"z"})", "z"}});
  EXPECT_EQ(reader.count({}), 8u);
}

TEST(ArchiveFile, ThatIsNoneIsRefused) {
  TemporaryDirectory directory;
  EXPECT_THROW(ArchiveFile(directory.path() / "none.sqlite", ArchiveFile::Access::kReadOnly), ArchiveFailed);
  EXPECT_THROW(ArchiveFile(directory.path()), ArchiveFailed);
  const std::filesystem::path text = directory.path() / "text";
  std::FILE* out = std::fopen(text.c_str(), "w");
  std::fputs(std::string(5000, 'x').c_str(), out);
  std::fclose(out);
  EXPECT_THROW(ArchiveFile{text}, ArchiveFailed);
}

TEST(LocalReplay, PutsEventsAgainAsTheyWereAndArchivesNone) {
  EventCloud cloud;
  cloud.route("dynamodb-log", "all", R"({"detail":{"log":["users"]}})");
  cloud.route("dynamodb-log", "replayed", R"({"replay-name":[{"exists":true}]})");
  const std::string id = cloud.put("dynamodb-log", R"({"log":"users","n":1.50})");
  const std::string original = cloud.deliveries().take().at(0).body.text();
  const std::string archived = cloud.archived().at(0).event;
  EXPECT_EQ(archived, original);
  cloud.clock().move(Duration(60'000));
  const Answered answered =
      cloud.replay(R"({"replay-name":"again","event-bus-name":"dynamodb-log","events":[)" + archived + "]}");
  EXPECT_EQ(answered.body, R"({"events":1,"deliveries":2})") << answered.message;
  const std::vector<rpc::Message> deliveries = cloud.deliveries().take();
  ASSERT_EQ(deliveries.size(), 2u);
  EXPECT_EQ(deliveries[0].body.text(), original.substr(0, original.size() - 1) + R"(,"replay-name":"again"})");
  EXPECT_EQ(parseJson(deliveries[0].body.text()).at("id").as_string(), id);
  EXPECT_EQ(cloud.archived().size(), 1u);
}

TEST(LocalReplay, RefusesWhatItCannotRead) {
  EventCloud cloud;
  EXPECT_EQ(cloud.replay("").error, "ValidationException");
  EXPECT_EQ(cloud.replay("[]").error, "ValidationException");
  EXPECT_EQ(cloud.replay("{}").error, "ValidationException");
  EXPECT_EQ(cloud.replay(R"({"replay-name":"r","event-bus-name":"default","events":{}})").error, "ValidationException");
  EXPECT_EQ(cloud.replay(R"({"replay-name":"r","event-bus-name":"default","events":[1]})").error,
            "ValidationException");
  EXPECT_EQ(cloud.replay(R"({"replay-name":"r","event-bus-name":"default","events":[{}]})").error,
            "ValidationException");
  EXPECT_EQ(cloud.replay(R"({"replay-name":"r","event-bus-name":"default","events":[{"id":"1","time":"x"}]})").error,
            "ValidationException");
  EXPECT_EQ(cloud.replay(R"({"replay-name":"r","event-bus-name":"none","events":[]})").message,
            "Event bus none does not exist.");
}

}  // namespace
}  // namespace ddblog::eventbridge
