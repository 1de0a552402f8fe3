// Reads the log table: one stream by Query, whole logs by Scan. Reads are strongly
// consistent unless a range says otherwise.
//
// Thread safety: stateless functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "clients/cpp/src/event_item.h"
#include "ddblog/event.h"
#include "ddblog/event_range.h"
#include "ddblog/schema.h"
#include "ddblog/transport.h"

namespace ddblog {

// Which versions of a stream, and in which order. `limit` 0: all of them.
struct VersionRange {
  std::uint64_t first = 1;
  std::uint64_t last = kLastVersion;
  std::uint64_t limit = 0;
  bool backwards = false;
  bool consistent = true;
};

// Passes the events of the stream `pk` to `visit`, from all pages, until it returns false. Throws
// InvalidEvent for an item that is not an event, after the events before it.
void queryStream(Transport& transport, const std::string& table, const std::string& pk, const VersionRange& range,
                 const Schema& schema, const std::function<bool(const Event&)>& visit);

// The same with the items as they are stored, whatever they are.
void queryStoredItems(Transport& transport, const std::string& table, const std::string& pk, const VersionRange& range,
                      const std::function<bool(const json::object&)>& visit);

// One page of at most `range.limit` events.
EventPage queryPage(Transport& transport, const std::string& table, const std::string& pk, const VersionRange& range,
                    const Schema& schema);

// The same page by page. Thread safety: one thread at a time.
class StreamPages {
 public:
  StreamPages(std::shared_ptr<Transport> transport, std::string table, std::string pk, const VersionRange& range,
              std::shared_ptr<const Schema> schema)
      : transport_(std::move(transport)),
        table_(std::move(table)),
        pk_(std::move(pk)),
        range_(range),
        schema_(std::move(schema)) {}

  // The next events; none at the end. Throws InvalidEvent.
  std::vector<Event> next();

 private:
  std::shared_ptr<Transport> transport_;
  std::string table_;
  std::string pk_;
  VersionRange range_;  // of the events that are left
  std::shared_ptr<const Schema> schema_;
  bool is_at_end_ = false;
};

// What an append has to know of an event.
struct EventHead {
  std::uint64_t version = 0;
  std::string type;
  std::string event_id;  // empty if the item has none
};
// The heads of the stream's events in `range`, in its order. Items whose sort key is no version are
// passed over.
std::vector<EventHead> queryHeads(Transport& transport, const std::string& table, const std::string& pk,
                                  const VersionRange& range);
// The stream's last `count` events, the latest first. Empty if the stream does not exist.
std::vector<EventHead> queryLatest(Transport& transport, const std::string& table, const std::string& pk,
                                   std::uint64_t count = 1);

// What a scan reads: one segment of so many.
struct ScanRange {
  std::string log = {};  // empty: all logs
  bool whole = true;     // false: an item has only pk, sk and type
  bool consistent = true;
  std::size_t segment = 0;
  std::size_t segments = 1;
};

// Passes the items of all streams to `visit`, each stream in order, until it returns false. Items
// that are not of a stream are skipped.
void scanStreams(Transport& transport, const std::string& table, const ScanRange& range,
                 const std::function<bool(const json::object&)>& visit);

}  // namespace ddblog
