// Where `dynamodb-log replay` sends archived events: to the bus or into the log table.
//
// Thread safety: none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "aws/client.h"
#include "base/clock.h"
#include "base/ids.h"
#include "ddblog/transport.h"
#include "services/eventbridge/archive/archive_file.h"

namespace ddblog::cli {

struct ReplayCounts {
  std::uint64_t sent = 0;
  std::uint64_t already_there = 0;  // table: the version exists, so nothing was written
  std::uint64_t incomplete = 0;     // table: not an event of the log, or partial (too large for the bus)
};

class ReplayTarget {
 public:
  virtual ~ReplayTarget() = default;
  virtual void send(const std::vector<eventbridge::ArchivedEvent>& events, ReplayCounts& counts) = 0;
};

// Posts the events unchanged to the offline cloud's `POST /_local/replay`, which puts them on the
// bus with `replay-name` and does not archive them again. Requests are signed, for a cloud with
// access keys. There are no retries: a batch that is posted twice is on the bus twice. Throws
// NotReachable, ServiceError and ConfigurationError.
class BusReplay : public ReplayTarget {
 public:
  // `options.endpoint_url`: EventBridge's. Throws ConfigurationError.
  BusReplay(const ConnectOptions& options, std::string bus, std::string replay_name);
  void send(const std::vector<eventbridge::ArchivedEvent>& events, ReplayCounts& counts) override;

 private:
  void post(const std::vector<const eventbridge::ArchivedEvent*>& events);

  const std::string bus_;
  const std::string replay_name_;
  AdjustableClock clock_;
  Ids ids_;
  std::unique_ptr<aws::Session> session_;
  std::unique_ptr<aws::Client> client_;
};

// An item of the log table, as DynamoDB's JSON; empty: the event is not complete.
struct LogItem {
  std::string pk;
  std::string item;
};

// Puts each event into the log table unless its version exists: those of a stream one after another, several streams
// at a time.
class TableReplay : public ReplayTarget {
 public:
  TableReplay(std::shared_ptr<Transport> transport, std::string table)
      : transport_(std::move(transport)), table_(std::move(table)) {}
  void send(const std::vector<eventbridge::ArchivedEvent>& events, ReplayCounts& counts) override;
  void put(const std::vector<LogItem>& items, ReplayCounts& counts) const;

 private:
  enum class Put { kWritten, kAlreadyThere, kIncomplete };
  Put putOne(const std::string& item) const;

  std::shared_ptr<Transport> transport_;
  const std::string table_;
};

// The log item of an archived event, as DynamoDB's JSON; empty if it is not a complete event of the
// log.
std::string itemFromArchived(const eventbridge::ArchivedEvent& archived);

}  // namespace ddblog::cli
