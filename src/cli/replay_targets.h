// Where `dynamodb-log replay` sends archived events: to the bus, or into the log table.
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
  std::uint64_t already_there = 0;  // table: the version is there, nothing was written
  std::uint64_t not_whole = 0;      // table: no event of the log, or its payload was too large for the bus (partial)
};

class ReplayTarget {
 public:
  virtual ~ReplayTarget() = default;
  virtual void send(const std::vector<eventbridge::ArchivedEvent>& events, ReplayCounts& counts) = 0;
};

// Posts the events as they are to the offline cloud's `POST /_local/replay`, which puts them on the
// bus with `replay-name`, without archiving them again; signed, for a cloud that asks for access
// keys. Each batch is posted once: what is posted again would be on the bus twice. Throws
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

// Puts each event into the log table if there is none of its stream and version, several at a time.
class TableReplay : public ReplayTarget {
 public:
  TableReplay(std::shared_ptr<Transport> transport, std::string table)
      : transport_(std::move(transport)), table_(std::move(table)) {}
  void send(const std::vector<eventbridge::ArchivedEvent>& events, ReplayCounts& counts) override;

 private:
  enum class Put { kWritten, kAlreadyThere, kNotWhole };
  Put put(const eventbridge::ArchivedEvent& archived) const;

  std::shared_ptr<Transport> transport_;
  const std::string table_;
};

// The log's item that an archived event stands for, as DynamoDB's JSON; empty if it stands for
// none.
std::string itemFromArchived(const eventbridge::ArchivedEvent& archived);

}  // namespace ddblog::cli
