// Splits a process's output into lines and keeps the tail of what it printed in an invocation: Invoke
// returns it (LogType=Tail: the last 4 KB), and failures are recorded with it. Until the first
// invocation the tail is that of the start.
//
// A line longer than kLongestLine is split between two characters. Thread safety: none; its owner's mutex guards it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace ddblog::lambda {

class LogLines {
 public:
  static constexpr std::size_t kLongestLine = 64u << 10;  // ours
  static constexpr std::size_t kTailBytes = 4096;         // Lambda's

  using Line = std::function<void(std::string_view)>;

  // Adds bytes as they were read; calls `line` for each line that is now complete.
  void add(std::string_view bytes, const Line& line);
  // Makes the unfinished line a line: at the end of the output and of each invocation.
  void finish(const Line& line);

  void beginTail();
  // Adds a line of our own ("START RequestId: …") to the tail only.
  void note(std::string_view text);
  std::string takeTail();

 private:
  void keepTail(std::string_view bytes);

  std::string begun_;  // the unfinished line
  bool tailing_ = true;
  std::string tail_;
};

}  // namespace ddblog::lambda
