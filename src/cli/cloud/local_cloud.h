// A client of the running offline cloud's own routes (/_local/…), and of a state of it that is
// leased for reading.
//
// Requests are signed and retried like those to the services. Errors: NotReachable, ServiceError,
// ConfigurationError (also if the endpoint is one of AWS's, which has no such routes).
// Thread safety: none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/client.h"
#include "aws/limits.h"
#include "cli/connection.h"
#include "snapshots/state_reader.h"

namespace ddblog::cli {

class LocalCloud {
 public:
  // `instead`: what to use in AWS, for the error message. `attempts`: per request. `timeout`: how long an
  // attempt waits for its answer.
  LocalCloud(const ConnectionFlags& flags, const std::string& instead, int attempts = limits::kClientAttempts,
             std::chrono::milliseconds timeout = limits::kClientTimeout);

  std::string url() const { return client_->endpoint().url(); }
  std::string region() const { return client_->endpoint().region; }
  bool isOnThisMachine() const { return client_->endpoint().isLoopback(); }

  aws::HttpResponse send(const std::string& method, const std::string& path,
                         const std::vector<std::pair<std::string, std::string>>& query = {},
                         std::string_view body = {}) const;
  // Identifies this run of the cloud; std::nullopt if nothing responds. Throws std::runtime_error
  // if something other than an offline cloud responds, or a version that has no run ids.
  std::optional<std::string> runId() const;
  // Whether an offline cloud that has run ids responds. Throws NotReachable if nothing does.
  bool isOfflineCloud() const { return health().has_value(); }

 private:
  // The run; std::nullopt: what responds is no offline cloud, or has no run ids.
  std::optional<std::string> health() const;

  AdjustableClock clock_;
  Ids ids_;
  std::unique_ptr<aws::Session> session_;
  std::unique_ptr<aws::Client> client_;
};

// The cloud's state at the time of construction. The destructor releases it.
class RemoteState {
 public:
  explicit RemoteState(const LocalCloud& cloud);
  ~RemoteState();
  RemoteState(const RemoteState&) = delete;

  const snapshots::SnapshotInfo& info() const { return info_; }
  // nullptr if there is no such table.
  const snapshots::TableInfo* findTable(const std::string& name_or_arn) const;

  // A part's content is compressed (gzip), as in the file.
  snapshots::StatePart part(const std::string& from) const;
  snapshots::TablePart tablePart(const snapshots::TableInfo& table, const std::string& from) const;

 private:
  aws::HttpResponse read(const std::string& path, const std::string& from) const;

  const LocalCloud& cloud_;
  std::string path_;
  snapshots::SnapshotInfo info_;
  std::vector<snapshots::TableInfo> tables_;
};

}  // namespace ddblog::cli
