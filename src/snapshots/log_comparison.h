// Compares the event log's tables with the archive, for `dynamodb-log verify`: which events does one
// of them have that the other lacks, and which does the archive tell otherwise than the log?
//
// An event on its way (in the change records of a table's stream, or in the archive's queue) counts
// as waiting, not as missing. Events are told apart by stream and version (pk, sk). An event that was
// deleted and appended again is archived twice: one of the two must be the log's.
//
// Memory: about 120 bytes per event. Errors: StoreFailed, ArchiveFailed. Thread safety: a stateless
// function; nobody may write meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "services/eventbridge/archive/archive_file.h"
#include "store/store.h"

namespace ddblog::snapshots {

struct LogFormat {
  std::string_view table_end;    // log tables end in it
  std::string_view source;       // of the log's events on the bus
  std::string_view detail_type;  // the same
  // The detail that the bus carries of a stored event (DynamoDB's JSON). Throws if the item is no event.
  std::function<std::string(const json::object& item)> detail_of;
};

struct LogComparison {
  struct Events {
    std::uint64_t count = 0;
    std::vector<std::string> examples;  // "users#42#stream 7"; at most three
  };
  std::uint64_t in_log = 0;
  std::uint64_t in_archive = 0;
  std::uint64_t waiting = 0;
  Events missing_from_archive;
  Events missing_from_log;
  Events told_otherwise;  // archived events: damaged, or other than the log's
};

LogComparison compareLog(const Snapshot& state, const eventbridge::ArchiveFile& archive, const LogFormat& format);

}  // namespace ddblog::snapshots
