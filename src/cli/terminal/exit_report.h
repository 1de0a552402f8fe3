// What the program reports when an exception ends it: one line for the user, and an exit status.
//
// Thread safety: stateless functions.
#pragma once

#include <exception>
#include <string>

namespace ddblog::cli {

struct ExitReport {
  int status;        // exit_status.h
  std::string line;  // what is wrong and what to do about it
};

ExitReport exitReportOf(std::exception_ptr thrown);

// "dynamodb-log: …", as a terminal may show it, without a line break.
std::string errorLine(const ExitReport& report);

// The text with its line breaks replaced by spaces.
std::string oneLine(std::string text);

}  // namespace ddblog::cli
