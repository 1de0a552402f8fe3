// The trigger: the function between the log table's stream and the bus. It runs as the offline cloud's built-in
// function and, the same program, as a Lambda `bootstrap` in AWS.
//
// Environment: EVENT_BUS_NAME (default "dynamodb-log"), MAX_ENTRY_BYTES (default: see PublishOptions), and what every
// SDK reads (region, credentials, endpoints).
//
// Its event source mapping has ReportBatchItemFailures on: what could not be published makes the batch go on from
// there.
#pragma once

#include <string>
#include <string_view>

#include "ddblog/publish.h"

namespace ddblog {

// The options that the environment asks for. Throws std::invalid_argument for a MAX_ENTRY_BYTES that is no number from
// 1 KB to 1 MB.
PublishOptions triggerOptions();

// One batch of change records; the answer of ReportBatchItemFailures. Throws std::invalid_argument for an event that is
// no batch.
std::string handleTriggerBatch(Publisher& publisher, std::string_view batch);

// Runs the trigger as a Lambda bootstrap until its Runtime API is gone. Returns the program's exit status.
int runTrigger();

}  // namespace ddblog
