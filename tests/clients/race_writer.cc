// Writers of one stream, in threads, for a test in Python (tests/attack/libraries/race_test.py):
//
//   race_writer MODE NAME WRITERS EVENTS
//
// MODE any: each writer appends EVENTS events at any version. MODE exact: each appends at the version
// that it knows, until the stream has EVENTS events; an event that loses is given up. The line of each
// event that is appended is "VERSION EVENT_ID". A server that is away is waited for.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ddblog/event_log.h"

namespace ddblog {
namespace {

constexpr const char* kLog = "race";
constexpr const char* kStream = "1";
constexpr std::chrono::milliseconds kPause{10};

std::mutex output;

void report(const AppendResult& result) {
  const std::lock_guard lock(output);
  std::cout << result.version << ' ' << result.events.front().event_id << std::endl;
}

template <typename Call>
auto whenReachable(const Call& call) {
  for (;;) {
    try {
      return call();
    } catch (const NotReachable&) {
      std::this_thread::sleep_for(kPause);
    }
  }
}

AppendResult append(EventLog& log, const std::string& event_id, Expected expected) {
  return whenReachable([&] { return log.append(kLog, kStream, {"counted", "{}", {}, event_id}, expected); });
}

void appendAny(EventLog& log, const std::string& name, std::uint64_t events) {
  for (std::uint64_t number = 0; number < events;) {
    try {
      report(append(log, name + "/" + std::to_string(number), Expected::any()));
      ++number;
    } catch (const VersionConflict&) {  // it has lost many races: the same event again
    }
  }
}

void appendExactly(EventLog& log, const std::string& name, std::uint64_t events) {
  std::uint64_t version = whenReachable([&] { return log.version(kLog, kStream); });
  for (std::uint64_t attempt = 0; version < events; ++attempt) {
    try {
      const AppendResult result = append(log, name + "/" + std::to_string(attempt), Expected::version(version));
      report(result);
      version = result.version;
    } catch (const VersionConflict& conflict) {
      version = conflict.current();
    }
  }
}

}  // namespace
}  // namespace ddblog

int main(int, char** arguments) {
  const std::string mode = arguments[1], name = arguments[2];
  const int writers = std::stoi(arguments[3]);
  const std::uint64_t events = std::stoull(arguments[4]);
  ddblog::EventLog log(ddblog::connect(), ddblog::logTableName("local"));
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    const auto write = mode == "any" ? ddblog::appendAny : ddblog::appendExactly;
    threads.emplace_back([&log, write, events, own = name + "/" + std::to_string(writer)] { write(log, own, events); });
  }
  for (std::thread& thread : threads) thread.join();
}
