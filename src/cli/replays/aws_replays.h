// `dynamodb-log replay` with AWS at one end or at both.
//
// Errors: those of aws::Client, translated to the library's (ddblog/errors.h); std::invalid_argument;
// std::runtime_error. Thread safety: functions without state, called on the main thread.
#pragma once

#include "cli/replays/replay_flags.h"

namespace ddblog::cli {

// --source aws: events of an archive in AWS come into the offline cloud. Through a temporary rule and queue
// (deploy/replays/replay_route.h), which go at the end, at Ctrl-C, and with the next replay if this one is killed.
// What the archive's replay lacks is read from the log table. Returns kDiffers if versions are in neither.
int replayFromAwsArchive(const ReplayFlags& flags);

// --source table: events of the log table in AWS come into the offline cloud.
int replayFromAwsTable(const ReplayFlags& flags);

// --target aws-bus: events of an archive in AWS are replayed there, to the rules of --rule.
int replayInAws(const ReplayFlags& flags);

}  // namespace ddblog::cli
