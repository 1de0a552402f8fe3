// States that the tests of this room save, load and compare.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/gzip.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/eventbridge/archive/archive.h"
#include "services/eventbridge/bus/key_spaces.h"
#include "snapshots/state_reader.h"
#include "store/key_space.h"
#include "store/store.h"

namespace ddblog::snapshots {

inline std::unique_ptr<Store> openStore(const std::filesystem::path& directory) {
  StoreOptions options;
  options.directory = directory;
  return Store::open(options);
}

inline std::map<std::string, std::string> contentOf(const Store& store) {
  std::map<std::string, std::string> content;
  const auto snapshot = store.snapshot();
  for (auto cursor = snapshot->cursor({}, {}); cursor->valid(); cursor->next()) {
    content.emplace(cursor->key(), cursor->value());
  }
  return content;
}

inline std::vector<eventbridge::ArchivedEvent> eventsOf(const std::filesystem::path& file) {
  const eventbridge::ArchiveFile archive(file);
  std::vector<eventbridge::ArchivedEvent> events;
  for (std::int64_t after = 0; after < archive.lastRow();) {
    for (auto& event : archive.rows(after, archive.lastRow())) events.push_back(std::move(event));
  }
  return events;
}

// A state of some MB: entries of every size, with all bytes in keys and values.
inline void fill(Store& store, int seed) {
  store.writeAndWait([&](Transaction& transaction) {
    for (int i = 0; i < 300; ++i) {
      const std::string key =
          KeyBuilder(dynamodb::key_spaces::kItems).number(i).text("seed" + std::to_string(seed)).str();
      std::string value(static_cast<std::size_t>(i) * 37 % 20'000, static_cast<char>(i));
      value += std::to_string(seed);
      transaction.put(key, value);
    }
    transaction.put(KeyBuilder(eventbridge::key_spaces::kRules).text(std::string("a\0b", 3)).str(),
                    std::string(2'000'000, 'r'));
    transaction.put(KeyBuilder(eventbridge::key_spaces::kTargets).str(), "");
  });
}

inline void addEvents(eventbridge::ArchiveFile& file, int from, int to) {
  std::vector<eventbridge::ArchivedEvent> events;
  for (int i = from; i < to; ++i) {
    events.push_back({"2026-01-01T00:00:00.000Z", "users", "signup", "{\"n\":" + std::to_string(i) + "}",
                      i % 5 == 0 ? "" : "id" + std::to_string(i)});
  }
  file.add(events);
}

inline std::uint64_t save(const StateReader& state, const std::filesystem::path& file) {
  SnapshotWriter writer(file, state.info());
  std::string from;
  do {
    const StatePart part = state.part(from);
    writer.add(part.kind, gzip(part.content));
    from = part.next;
  } while (!from.empty());
  writer.finish();
  return writer.bytes();
}

}  // namespace ddblog::snapshots
