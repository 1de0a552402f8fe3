// The log table of a stage in AWS, from which events are replayed: whole, or what an archive's replay lacked.
//
// All reads are strongly consistent. Of an event without `createdAt` nobody knows whether it is in a range of times
// (--from, --to), unless it is between two that are.
// Errors: those of Transport. Thread safety: const methods may be called from several threads at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/replays/incoming_events.h"
#include "ddblog/transport.h"
#include "deploy/replays/stream_versions.h"
#include "services/eventbridge/archive/archive_file.h"

namespace ddblog::cli {

class SourceLog {
 public:
  // Looks at the table. Throws std::invalid_argument if there is none.
  //   `now`: what is later was not there when the replay began.
  SourceLog(std::shared_ptr<Transport> transport, const std::string& stage, eventbridge::ArchiveQuery query,
            Timestamp now);

  const std::string& table() const { return table_; }
  std::uint64_t items() const { return items_; }  // of the table; in AWS as DynamoDB counted them up to six hours ago

  struct Page {
    std::vector<IncomingEvent> events;  // that the options choose; those of a stream in order
    std::uint64_t read = 0;             // items
    std::uint64_t undated = 0;          // events that have no createdAt, so that nobody knows whether they are meant
    std::uint64_t foreign = 0;          // items that are no events
  };
  // Reads the whole table, several parts of it at a time. `take` is called for one page at a time; it returns false
  // to end.
  void scan(const std::function<bool(const Page&)>& take) const;

  // What is missing of a stream. With types, an absent version counts as neither: it may have been of another type.
  struct Missing {
    std::uint64_t lost = 0;     // versions that are neither in `arrived` nor in the table
    std::uint64_t unknown = 0;  // versions that may be in the range of times or not, and were left out
  };
  // Gives `take` the events of a stream that the options choose, and that are not in `arrived`, page by page and in
  // order. Versions and times grow together: what is between two versions of the range is in the range, whatever its
  // own time says.
  Missing readMissing(const std::string& pk, const replays::StreamVersions& arrived,
                      const std::function<void(const std::vector<IncomingEvent>&)>& take) const;

  std::optional<IncomingEvent> get(const std::string& pk, std::uint64_t version) const;

 private:
  bool isWanted(const IncomingEvent& event) const;
  Page pageOf(const json::object& response) const;
  std::uint64_t firstInTime(const std::string& pk, std::uint64_t before, std::uint64_t& unknown) const;
  std::uint64_t lastInTime(const std::string& pk, std::uint64_t after, std::uint64_t& unknown) const;
  void query(const std::string& pk, const replays::VersionRange& range, bool forward,
             const std::function<bool(const IncomingEvent&)>& visit) const;

  const std::shared_ptr<Transport> transport_;
  const std::string table_;
  const eventbridge::ArchiveQuery query_;
  EventOrigin origin_;
  std::uint64_t items_ = 0;
};

}  // namespace ddblog::cli
