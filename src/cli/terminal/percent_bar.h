// A progress bar whose total is not a number of things, on standard error if that is a terminal; otherwise nothing.
//
//   [##########----------]  50%  5,000 events, up to 2026-11-22T09:00:00Z
//
// Thread safety: none.
#pragma once

#include <ostream>
#include <string>

namespace ddblog::cli {

// "[####----]  50%"
std::string barOf(int percent);

class PercentBar {
 public:
  PercentBar();  // for standard error
  PercentBar(std::ostream& out, bool is_terminal) : out_(out), is_terminal_(is_terminal) {}
  ~PercentBar();  // keeps the bar and ends its line
  PercentBar(const PercentBar&) = delete;

  // `text`: printable (printable.h).
  void show(int percent, const std::string& text);

 private:
  std::ostream& out_;
  const bool is_terminal_;
  std::string drawn_;
};

}  // namespace ddblog::cli
