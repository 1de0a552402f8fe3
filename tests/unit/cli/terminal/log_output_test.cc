// Lines of the log, for readers that read, stop reading or have gone.
#include "cli/terminal/log_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <thread>

namespace ddblog::cli {
namespace {

using std::chrono::milliseconds;

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0); }
  ~Pipe() {
    closeReader();
    closeWriter();
  }
  int writer() const { return ends_[1]; }
  void closeReader() { close(ends_[0]); }
  void closeWriter() { close(ends_[1]); }
  // Everything until all writers have closed it.
  std::string readAll() {
    closeWriter();
    std::string text;
    char buffer[4096];
    for (ssize_t count; (count = ::read(ends_[0], buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  static void close(int& descriptor) {
    if (descriptor >= 0) ::close(descriptor);
    descriptor = -1;
  }
  int ends_[2] = {-1, -1};
};

constexpr LogOutput::Limits kImpatient{256u << 10, milliseconds(0), milliseconds(0)};

TEST(LogOutput, WritesLinesInOrderWithTheTime) {
  Pipe pipe;
  {
    LogOutput output(pipe.writer());
    output.print("ready");
    output.log("users: one");
    output.log("users: \x1b[1mtwo");
  }
  const std::string text = pipe.readAll();
  const std::regex expected("ready\n\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d users: one\n[0-9:.]{12} users: \\\\x1b\\[1mtwo\n");
  EXPECT_TRUE(std::regex_match(text, expected)) << text;
}

TEST(LogOutput, ACarriageReturnAtTheEndOfALineStays) {
  Pipe pipe;
  {
    LogOutput output(pipe.writer());
    output.print("users: one\r");
    output.print("users: t\rwo");
  }
  EXPECT_EQ(pipe.readAll(), "users: one\r\nusers: t\\x0dwo\n");
}

TEST(LogOutput, APipeThatNobodyReadsStopsNobody) {
  Pipe pipe;
  {
    LogOutput output(pipe.writer(), kImpatient);
    for (int i = 0; i < 20'000; ++i) output.print("line " + std::to_string(i) + std::string(100, '.'));
  }  // and does not wait for a reader here
  // The thread that was left behind writes the rest once somebody reads.
  const std::string text = pipe.readAll();
  const std::regex report("… ([0-9,]+) lines dropped: nobody read the output\nline ");
  int dropped = 0;
  int reports = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), report), end; found != end; ++found, ++reports) {
    std::string number = (*found)[1];
    std::erase(number, ',');
    dropped += std::stoi(number);
  }
  EXPECT_GT(reports, 0);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n') - reports + dropped, 20'000);
  EXPECT_TRUE(text.ends_with("line 19999" + std::string(100, '.') + "\n"));
  EXPECT_LT(text.size(), 600u << 10);  // the buffer, the pipe and what was being written
}

TEST(LogOutput, WaitsAtTheEndForAReaderThatReads) {
  Pipe pipe;
  std::string text;
  std::thread reader;
  {
    LogOutput output(pipe.writer());
    for (int i = 0; i < 20'000; ++i) output.print(std::string(100, '.'));
    reader = std::thread([&] { text = pipe.readAll(); });
  }
  reader.join();
  EXPECT_EQ(text.size(), 20'000u * 101);
}

TEST(LogOutput, APipeWhoseReaderHasGoneEndsNothing) {
  const auto before = ::signal(SIGPIPE, SIG_DFL);
  Pipe pipe;
  pipe.closeReader();
  {
    LogOutput output(pipe.writer());
    for (int i = 0; i < 1000; ++i) output.print("into nothing");
  }
  ::signal(SIGPIPE, before);
}

TEST(LogOutput, AFullDiskDropsLines) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  Pipe pipe;
  const int descriptor = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  {
    LogOutput output(descriptor);
    for (int i = 0; i < 1000; ++i) output.print("nowhere to go");
  }
  ::close(descriptor);
}

}  // namespace
}  // namespace ddblog::cli
