// dynamodb-log tail: prints new events of the log, and what could not be handled, as they come.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aws/json_response.h"
#include "base/json_fields.h"
#include "base/thread_annotations.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/output/failure_text.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/screen.h"
#include "ddblog/errors.h"
#include "ddblog/event_log.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log tail                               events and failures, until Ctrl-C
  dynamodb-log tail --log users --type signup
  dynamodb-log tail --failures                    failures only
  dynamodb-log tail --stage dev -o jsonl | jq .payload

Follows the stream of the log table. In AWS it prints events only, because only the offline cloud keeps failures.)";

constexpr std::chrono::milliseconds kLook{250};  // between two looks for failures, and for Ctrl-C
constexpr const char* kFailuresOnAPage = "1000";

struct Flags {
  ConnectionFlags connection;
  std::vector<std::string> logs, types;
  bool only_failures = false;
  std::string output;  // empty: text on a terminal, jsonl elsewhere

  bool isLocal() const { return connection.stage == "local"; }
  bool wantsText() const { return output == "text" || (output.empty() && isTerminal(STDOUT_FILENO)); }
};

bool isChosen(const std::vector<std::string>& wanted, const std::string& one) {
  return wanted.empty() || std::ranges::find(wanted, one) != wanted.end();
}

// One line at a time, from two threads.
class Lines {
 public:
  void print(const std::string& line) {
    const MutexLock lock(mutex_);
    std::cout << line << std::endl;
    has_reader_ = std::cout.good();
  }
  bool hasReader() const {
    const MutexLock lock(mutex_);
    return has_reader_;
  }

 private:
  mutable Mutex mutex_;
  bool has_reader_ GUARDED_BY(mutex_) = true;
};

std::string textOfEvent(const Event& event) {
  return printable(event.created_at + "  " + event.log + "#" + event.id + "  " + std::to_string(event.version) + "  " +
                   event.type + "  " + event.payload);
}

// Follows the table's stream on a thread of its own.
class EventTail {
 public:
  EventTail(const Flags& flags, Lines& lines)
      : log_(connectAs(flags.connection), logTableName(flags.connection.stage)),
        thread_([this, &flags, &lines](const std::stop_token& stop) { run(flags, lines, stop); }) {}

  // Rethrows what has ended it.
  void check() const {
    const MutexLock lock(mutex_);
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void run(const Flags& flags, Lines& lines, const std::stop_token& stop) {
    const auto handle = [&](const Event& event) {
      if (!isChosen(flags.logs, event.log) || !isChosen(flags.types, event.type)) return;
      lines.print(flags.wantsText() ? textOfEvent(event) : printableJson(toJson(event)));
    };
    try {
      // A reset of the cloud replaces the table's stream: all of the new one is new.
      for (bool only_new = true; !stop.stop_requested(); only_new = false) follow({.only_new = only_new}, stop, handle);
    } catch (...) {
      const MutexLock lock(mutex_);
      error_ = std::current_exception();
    }
  }

  // Returns when the stream is gone, or when a stop is requested.
  void follow(const EventLog::SubscribeOptions& options, const std::stop_token& stop,
              const std::function<void(const Event&)>& handle) {
    try {
      log_.subscribe(options, stop, handle, [](const EventLog::Position&) {});
    } catch (const ServiceError& error) {
      const bool is_of_stream = error.message().find("Stream: ") != std::string::npos;
      if (error.type() != "ResourceNotFoundException" || !is_of_stream) throw;
      std::this_thread::sleep_for(kLook);
    }
  }

  EventLog log_;
  mutable Mutex mutex_;
  std::exception_ptr error_ GUARDED_BY(mutex_);
  std::jthread thread_;  // the last member: it uses the others
};

// Looks for failures that are newer than those of the look before.
class FailureTail {
 public:
  explicit FailureTail(const Flags& flags)
      : cloud_(flags.connection, "--stage NAME without --failures"), run_(cloud_.runId()) {
    const json::object newest = page("1", {});
    for (const json::value& failure : newest.at("failures").as_array()) last_ = idOf(failure.as_object());
  }

  // The oldest first.
  void next(const std::function<void(const json::object&)>& use) {
    // A reset replaces the failures, and so does a snapshot that is loaded: their ids begin again.
    if (const auto run = cloud_.runId(); run != run_) {
      run_ = run;
      last_ = 0;
    }
    const std::vector<json::object> failures = newer();
    std::for_each(failures.rbegin(), failures.rend(), use);
    if (!failures.empty()) last_ = idOf(failures.front());
  }

 private:
  static std::uint64_t idOf(const json::object& failure) {
    const std::string text = textOf(failure, "id");
    std::uint64_t id = 0;
    std::from_chars(text.data(), text.data() + text.size(), id);
    return id;
  }

  // The newest first. The cloud keeps 10,000 at most.
  std::vector<json::object> newer() const {
    std::vector<json::object> failures;
    std::string before;
    do {
      const json::object found = page(kFailuresOnAPage, before);
      for (const json::value& failure : found.at("failures").as_array()) {
        if (idOf(failure.as_object()) <= last_) return failures;
        failures.push_back(failure.as_object());
      }
      before = textOf(found, "next");
    } while (!before.empty());
    return failures;
  }

  json::object page(const std::string& limit, const std::string& before) const {
    std::vector<std::pair<std::string, std::string>> query = {{"limit", limit}};
    if (!before.empty()) query.emplace_back("before", before);
    return aws::parseResponse(cloud_.send("GET", "/_local/failures", query).body);
  }

  const LocalCloud cloud_;
  std::optional<std::string> run_;
  std::uint64_t last_ = 0;  // the newest that was seen
};

int tail(const Flags& flags) {
  if (flags.only_failures && (!flags.logs.empty() || !flags.types.empty())) {
    throw std::invalid_argument("--log and --type choose events; --failures prints none");
  }
  const Interrupt interrupt;
  Lines lines;
  std::optional<FailureTail> failures;
  if (flags.isLocal() || flags.only_failures) failures.emplace(flags);
  std::optional<EventTail> events;
  if (!flags.only_failures) events.emplace(flags, lines);
  while (!interrupt.happened() && lines.hasReader()) {
    std::this_thread::sleep_for(kLook);
    if (events) events->check();
    if (!failures) continue;
    failures->next([&](const json::object& failure) {
      lines.print(flags.wantsText() ? printable("failure " + summaryLine(failure))
                                    : printableJson(json::serialize(json::object{{"failure", failure}})));
    });
  }
  return kOk;
}

}  // namespace

void addTail(Command& program) {
  Command command = program.subcommand("tail", "Print new events and failures as they come");
  auto flags = std::make_shared<Flags>();
  command.list("--log LOG", flags->logs, "Only events of this log; repeatable");
  command.list("--type TYPE", flags->types, "Only events of this type; repeatable");
  command.flag("--failures", flags->only_failures, "Only what the offline cloud has given up, no events");
  command.choice("--output,-o text|jsonl", flags->output, {"text", "jsonl"},
                 "How to print (default: text on a terminal, jsonl elsewhere)");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return tail(*flags); });
}

}  // namespace ddblog::cli
