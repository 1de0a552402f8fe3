// The archives that CreateArchive creates: what each keeps. The events themselves are in the archive
// file (archive_file.h), each once, however many archives keep it.
//
//   0x37 name  -> {"id": …, "bus": …, "pattern": …, "retention": days, "created": ms, …}
//   0x38       -> a random number that changes with every change of an archive
//
// An archive keeps the events of its bus that match its pattern when they are put. Its id is random
// and never used again, so an archive made anew under an old name is empty.
//
// Every event is matched with the archives of its bus, so the compiled patterns are cached, by the
// stamp (0x38).
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/thread_annotations.h"
#include "event_patterns/pattern.h"
#include "services/eventbridge/bus/catalog.h"
#include "services/eventbridge/bus/event.h"
#include "store/store.h"

namespace ddblog::eventbridge {

struct ArchiveDescription {
  std::string name;
  std::int64_t id = 0;
  std::string bus;
  std::string description;
  std::string pattern;  // as put; empty: all events
  std::string kms_key;
  std::int64_t retention_days = 0;  // 0: for ever
  Timestamp created_at;

  // The oldest events that it still keeps; std::nullopt: it keeps all.
  std::optional<Timestamp> keepsFrom(Timestamp now) const {
    if (retention_days == 0) return std::nullopt;
    return now - std::chrono::days(retention_days);
  }
};

class ArchiveCatalog {
 public:
  explicit ArchiveCatalog(Ids& ids) : ids_(ids) {}

  std::optional<ArchiveDescription> find(const Reader& reader, std::string_view name) const;
  // Throws ResourceNotFoundException "Archive NAME does not exist."
  ArchiveDescription get(const Reader& reader, std::string_view name) const;
  using Accepts = std::function<bool(const ArchiveDescription&)>;
  Page<ArchiveDescription> list(const Reader& reader, const ListRequest& page, const Accepts& accepts) const;
  std::vector<ArchiveDescription> all(const Reader& reader) const;
  std::size_t count(const Reader& reader) const;
  void put(Transaction& transaction, const ArchiveDescription& archive) const;
  void erase(Transaction& transaction, std::string_view name) const;

  // The id for a new archive.
  std::int64_t newId() const;

  // The ids of the archives that keep an event that is put on `bus`.
  std::vector<std::int64_t> keepersOf(const Reader& reader, std::string_view bus, const Event& event) const;

 private:
  struct Keeper {
    std::int64_t id;
    std::optional<event_patterns::Pattern> pattern;  // std::nullopt: all events
  };
  using Keepers = std::map<std::string, std::vector<Keeper>, std::less<>>;  // by bus

  void renewStamp(Transaction& transaction) const;
  std::shared_ptr<const Keepers> keepers(const Reader& reader, const std::string& stamp) const;

  Ids& ids_;
  mutable Mutex mutex_;
  mutable std::string cached_stamp_ GUARDED_BY(mutex_);
  mutable std::shared_ptr<const Keepers> cached_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::eventbridge
