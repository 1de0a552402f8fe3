// How an exception ends the program: one line for a person, and an exit status.
//
// Thread safety: free functions without state.
#pragma once

#include <exception>
#include <string>

namespace ddblog::cli {

struct Ending {
  int status;        // exit_status.h
  std::string line;  // what was wrong and what to do about it
};

Ending endingOf(std::exception_ptr thrown);

// The text without line breaks.
std::string oneLine(std::string text);

}  // namespace ddblog::cli
