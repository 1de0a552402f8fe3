// What a process writes, cut into lines, and the tail of it that Invoke gives back (LogType=Tail:
// the last 4 KB).
//
// A line longer than kLongestLine is cut in pieces. Thread safety: none; its owner's mutex guards
// it.
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

  // Takes bytes as they were read; calls `line` for each line that is whole now.
  void add(std::string_view bytes, const Line& line);
  // Flushes the rest, when no more comes.
  void finish(const Line& line);

  void beginTail();
  // Adds a line of our own ("START RequestId: …") to the tail only.
  void note(std::string_view text);
  std::string takeTail();

 private:
  void keepTail(std::string_view bytes);

  std::string begun_;  // of a line
  bool tailing_ = false;
  std::string tail_;
};

}  // namespace ddblog::lambda
