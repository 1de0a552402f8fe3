// Puts the log's events that are in the archive and not in the log table back into it: the last step
// of `dynamodb-log offline --recover`.
//
// Errors: those of TableReplay; ArchiveFailed. Thread safety: a stateless function.
#pragma once

#include <string>

#include "offline/offline_cloud.h"

namespace ddblog::cli {

// `url`: of the running cloud with these options. Returns what it did, one line.
std::string putEventsBack(const offline::OfflineOptions& options, const std::string& url);

// Sets the environment's credentials to some that the cloud accepts. Call it before any thread starts.
void useCredentialsOf(const offline::OfflineOptions& options);

}  // namespace ddblog::cli
