// The trigger: the function between the log table's stream and the bus. The same program runs as
// the offline cloud's built-in function and as a Lambda `bootstrap` in AWS.
//
// Environment: EVENT_BUS_NAME (default "dynamodb-log"), MAX_ENTRY_BYTES (default: see
// PublishOptions), and what every SDK reads (region, credentials, endpoints).
//
// Its event source mapping must enable ReportBatchItemFailures: a batch is retried from the first
// record that could not be published.
//
// Thread safety: triggerOptions reads the environment; the rest may be called from any thread.
#pragma once

#include <string>
#include <string_view>

#include "ddblog/publish.h"

namespace ddblog {

// Reads the options from the environment. Throws std::invalid_argument if MAX_ENTRY_BYTES is not a
// number from 1 KB to 1 MB.
PublishOptions triggerOptions();

// Publishes one batch of change records and returns the response for ReportBatchItemFailures.
// Throws std::invalid_argument if the event is not a batch.
std::string handleTriggerBatch(Publisher& publisher, std::string_view batch);

// Runs the trigger as a Lambda bootstrap until the Runtime API closes the connection. Returns the
// program's exit status.
int runTrigger();

}  // namespace ddblog
