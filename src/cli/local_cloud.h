// A running offline cloud by its own routes (/_local/…), and the state of it that is held while it
// is read.
//
// Requests are signed and tried again as those to the services are. Errors: NotReachable,
// ServiceError, ConfigurationError (also when the endpoint is AWS's own: it has no such routes).
// Thread safety: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/client.h"
#include "cli/connection.h"
#include "snapshots/saved_state.h"

namespace ddblog::cli {

class LocalCloud {
 public:
  // `instead`: what to use with AWS, for the refusal. `attempts`: of a request.
  LocalCloud(const ConnectionFlags& flags, const std::string& instead, int attempts = limits::kClientAttempts);

  std::string url() const { return client_->endpoint().url(); }
  bool isOnThisMachine() const { return client_->endpoint().isLoopback(); }

  aws::HttpAnswer send(const std::string& method, const std::string& path,
                       const std::vector<std::pair<std::string, std::string>>& query = {},
                       std::string_view body = {}) const;
  // What tells this run of the cloud from the next one; std::nullopt: nothing answers. Throws
  // std::runtime_error when what answers is something else, or of a version that does not say.
  std::optional<std::string> runId() const;

 private:
  AdjustableClock clock_;
  Ids ids_;
  std::unique_ptr<aws::Session> session_;
  std::unique_ptr<aws::Client> client_;
};

// The cloud's state as of the construction; let go of by the destructor.
class RemoteState {
 public:
  explicit RemoteState(const LocalCloud& cloud);
  ~RemoteState();
  RemoteState(const RemoteState&) = delete;

  const snapshots::SnapshotInfo& info() const { return info_; }
  // nullptr: there is no such table. A table's ARN is taken wherever its name is.
  const snapshots::SavedTable* findTable(const std::string& name_or_arn) const;

  // A part's content is gzip, as it goes into the file.
  snapshots::StatePart part(const std::string& from) const;
  snapshots::TablePart tablePart(const snapshots::SavedTable& table, const std::string& from) const;

 private:
  aws::HttpAnswer read(const std::string& path, const std::string& from) const;

  const LocalCloud& cloud_;
  std::string path_;
  snapshots::SnapshotInfo info_;
  std::vector<snapshots::SavedTable> tables_;
};

}  // namespace ddblog::cli
