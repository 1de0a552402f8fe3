// A progress bar whose total is not a number of things, on standard error if that is a terminal; otherwise nothing.
//
//   [##########----------]  50%  5,000 events, up to 2026-11-22T09:00:00Z
//
// Thread safety: none.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

namespace ddblog::cli {

// "[####----]  50%"
std::string barOf(int percent);

class PercentBar {
 public:
  PercentBar();  // for standard error
  // `columns`: of the terminal, which the bar keeps to; 0: unknown.
  PercentBar(std::ostream& out, bool is_terminal, std::size_t columns = 0)
      : out_(out), is_terminal_(is_terminal), columns_(columns) {}
  ~PercentBar();  // keeps the bar and ends its line
  PercentBar(const PercentBar&) = delete;

  // `text`: ASCII.
  void show(int percent, const std::string& text);

 private:
  std::ostream& out_;
  const bool is_terminal_;
  const std::size_t columns_;
  std::string drawn_;
};

}  // namespace ddblog::cli
