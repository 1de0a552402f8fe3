// A progress bar on standard error, if that is a terminal; otherwise nothing.
//
//   [##########----------]  50%  5000 of 10000 events
//
// Thread safety: none.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace ddblog::cli {

class Progress {
 public:
  // For standard error. `unit`: "events".
  Progress(std::uint64_t total, std::string unit);
  Progress(std::uint64_t total, std::string unit, std::ostream& out, bool is_terminal);
  ~Progress();  // keeps the bar and ends its line
  Progress(const Progress&) = delete;

  void advance(std::uint64_t count);

 private:
  void draw();

  std::ostream& out_;
  const bool shown_;
  const std::uint64_t total_;
  const std::string unit_;
  std::uint64_t done_ = 0;
  int drawn_percent_ = -1;
};

}  // namespace ddblog::cli
