// Compares the event log's tables with the archive, for `dynamodb-log verify`: which events does one
// of them have that the other lacks?
//
// An event on its way (in the change records of a table's stream, or in the archive's queue) counts
// as waiting, not as missing. Events are told apart by stream and version (pk, sk).
//
// Memory: about 100 bytes per event. Errors: StoreFailed, ArchiveFailed. Thread safety: a stateless
// function; nobody may write meanwhile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/eventbridge/archive/archive_file.h"
#include "store/store.h"

namespace ddblog::snapshots {

struct LogNames {
  std::string_view table_end;    // log tables end in it
  std::string_view source;       // of the log's events on the bus
  std::string_view detail_type;  // the same
};

struct LogComparison {
  struct Missing {
    std::uint64_t count = 0;
    std::vector<std::string> examples;  // "users#42#stream 7"; at most three
  };
  std::uint64_t in_log = 0;
  std::uint64_t in_archive = 0;
  std::uint64_t waiting = 0;
  Missing missing_from_archive;
  Missing missing_from_log;
};

LogComparison compareLog(const Snapshot& state, const eventbridge::ArchiveFile& archive, const LogNames& names);

}  // namespace ddblog::snapshots
