// The options of `dynamodb-log replay`.
//
// Thread safety: a value type; functions without state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/connection.h"
#include "ddblog/names.h"
#include "services/eventbridge/archive/archive_file.h"

namespace ddblog::cli {

struct ReplayFlags {
  ConnectionFlags connection;  // source aws and table: the stage is AWS's, and the endpoint the offline cloud's
  std::string source = "archive";
  std::string from, to;
  std::vector<std::string> logs, types;
  std::string target;
  std::string directory;  // empty: not given
  std::string archive;    // of the API; empty: none
  std::vector<std::string> rules;
  bool detach = false;
  std::string bus{names::kBus};
  std::string source_bus{names::kBus};  // in AWS
  std::string local_stage = "local";    // of the offline cloud, if the events come from AWS
  std::string name;
  bool dry_run = false;
  std::int64_t rate = 0;  // events per second; 0: as fast as it goes
};

// The events that the options choose. Throws std::invalid_argument.
eventbridge::ArchiveQuery queryOf(const ReplayFlags& flags);

// --name, or a generated one.
std::string replayName(const ReplayFlags& flags);

}  // namespace ddblog::cli
