// What functions in AWS have logged about one event (CloudWatch Logs): the attempts whose lines name it.
//
// Lines are found by a text that they contain. If one of them names its request, as the formats of Node.js, of Python's
// logging and of JSON do, all lines of that request are read, with its duration. A function that prints nothing about
// the event is not found.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
//
// Errors: those of aws::Client. Thread safety: none.
#pragma once

#include <string>
#include <vector>

#include "aws/client.h"
#include "base/clock.h"
#include "base/json.h"

namespace ddblog::cli {

struct LogSearch {
  std::string function;            // its name
  std::vector<std::string> texts;  // a line has one of them
  Timestamp from, to;
};

// As nodes of a trace (trace_tree.h), in the order of time: "attempt" for a request, "lines" for lines without one.
json::array attemptsInLogs(aws::Session& session, const LogSearch& search);

// The request that a line names; empty: none.
std::string requestOfLine(const std::string& line);

}  // namespace ddblog::cli
