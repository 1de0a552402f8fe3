// Uploads a snapshot file to a running offline cloud, which then loads it
// (snapshots/snapshot_uploads.h).
//
//   RemoteRestore restore(cloud, "today.snapshot");
//   restore.send(0, bytes); …
//   while (!restore.finish(read)) …
//
// The destructor cancels an unfinished upload; nothing is changed then. Errors: NotReachable and
// ServiceError; std::runtime_error with the cloud's message if the snapshot cannot be loaded.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/cloud/local_cloud.h"

namespace ddblog::cli {

class RemoteRestore {
 public:
  static constexpr std::size_t kPieceBytes = 4u << 20;

  RemoteRestore(const LocalCloud& cloud, const std::string& name);
  ~RemoteRestore();
  RemoteRestore(const RemoteRestore&) = delete;

  void send(std::uint64_t offset, std::string_view piece) const;
  // Waits briefly. True once the snapshot is the cloud's state. `read`: how many bytes of the file
  // the cloud has read.
  bool finish(std::uint64_t& read);

 private:
  const LocalCloud& cloud_;
  std::string path_;
  bool is_loaded_ = false;
};

}  // namespace ddblog::cli
