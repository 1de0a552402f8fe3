// The lines that the functions of the running offline cloud have printed (GET /_local/logs).
//
// Errors: as LocalCloud. Thread safety: none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/cloud/local_cloud.h"
#include "deploy/aws/function_logs.h"

namespace ddblog::cli {

class CloudLogs {
 public:
  // `functions`: their names; empty: all, also those that come later. `text`: only lines that contain it; empty: all.
  CloudLogs(const LocalCloud& cloud, std::vector<std::string> functions, std::string text, Timestamp since)
      : cloud_(cloud), functions_(std::move(functions)), text_(std::move(text)), since_(since) {}

  // The names of the cloud's functions.
  static std::vector<std::string> functionsOf(const LocalCloud& cloud);

  // The lines since the last call, in their order; the first call returns those since `since`. Empty:
  // there are none yet.
  std::vector<deploy::LogLine> next();
  // How many lines the cloud no longer had when next() asked for them.
  std::uint64_t lost() const { return lost_; }

 private:
  bool isWanted(const std::string& function) const;
  bool addPage(std::vector<deploy::LogLine>& lines);

  const LocalCloud& cloud_;
  const std::vector<std::string> functions_;
  const std::string text_;
  const Timestamp since_;
  std::string after_;  // empty: before the first call
  std::uint64_t lost_ = 0;
};

}  // namespace ddblog::cli
