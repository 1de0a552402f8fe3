// The offline cloud for tests: a process of its own, in memory, on a free port. With GoogleTest, use
// testing.h.
//
//   ddblog::LocalCloud cloud({.template_file = "template.yaml"});
//   cloud.log().append("users", "42", {"signup", R"({"name": "Ada"})"}, ddblog::Expected::none());
//   cloud.settle();
//   cloud.item("users#42")->string("name");  // "Ada"
//
// The program is `dynamodb-log`: the one that DYNAMODB_LOG names, or the one on the PATH. It ends
// with this object, and with this process, however that ends. docs/testing.md says what its routes
// do.
//
// All methods throw NotReachable if the cloud does not answer, and ServiceError for its errors.
// Thread safety: one thread makes, resets and destroys it; in between any thread may call the other
// methods.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ddblog/event_log.h"
#include "ddblog/payload.h"

namespace ddblog {

// Work that was given up: a handler that failed in all attempts, for example.
struct Failure {
  std::string error_line;  // "InvalidEvent: users#43#stream version 1: …"
  std::string log;         // the lines that the function printed; may be empty
  std::string json;        // all that the cloud knows of it: error with its stack, payload, attempts …
};

// A settle() found these failures; what() has each one's error, stack, log lines and payload.
class HandlersFailed : public std::runtime_error {
 public:
  explicit HandlersFailed(std::vector<Failure> failures);
  const std::vector<Failure>& failures() const { return failures_; }

 private:
  std::vector<Failure> failures_;
};

struct LocalCloudOptions {
  std::string template_file = {};  // of the application; empty: only the tables, the bus and the trigger
  std::string stage = "local";
  std::string program = {};                 // instead of `dynamodb-log`
  std::vector<std::string> arguments = {};  // more options of `dynamodb-log offline`
  Schema schema = {};                       // of log()
  std::chrono::seconds start_timeout{30};
};

struct SettleOptions {
  std::chrono::milliseconds timeout{30'000};  // then settle() throws NotSettled; at most 600,000 ms
  bool advance = true;                        // moves the clock over delays instead of waiting
  std::string stream = {};                    // "users#42": first waits until the log has this stream …
  std::uint64_t version = 1;                  // … in this version
  bool allow_failures = false;                // returns them instead of throwing HandlersFailed
};

struct Settled {
  std::uint64_t events = 0;       // put on the template's buses since the last settle
  std::uint64_t invocations = 0;  // asynchronous ones, that ended since then
  std::chrono::milliseconds advanced{0};
  std::vector<Failure> failures;
};

class LocalCloud {
 public:
  // Starts the program and waits until it listens. Throws ConfigurationError if there is no such
  // program, and std::runtime_error with what it has printed if it ends instead.
  explicit LocalCloud(const LocalCloudOptions& options = {});
  ~LocalCloud();
  LocalCloud(const LocalCloud&) = delete;

  const std::string& url() const { return url_; }
  // The environment variables with which AWS SDKs and the AWS CLI find the cloud.
  std::map<std::string, std::string> environment() const;
  std::shared_ptr<Transport> transport() const { return transport_; }
  EventLog& log() { return *log_; }
  std::string logTable() const;
  std::string readModelTable() const;

  // The attributes of an item of the read-model table, without its key; std::nullopt if there is none.
  std::optional<Payload> item(std::string_view pk, std::string_view sk) const;
  std::optional<Payload> item(std::string_view pk) const { return item(pk, pk); }

  // Waits until everything that follows from what was appended is done. Throws HandlersFailed, and
  // ServiceError of type NotSettled, whose message says what is not at rest.
  Settled settle(const SettleOptions& options = {}) const;
  // Back to the start, or to a checkpoint, in milliseconds. EventLogs other than log() still know the
  // versions from before: call their forgetVersions().
  void reset(const std::string& checkpoint = {});
  void checkpoint(const std::string& name) const;
  std::vector<Failure> failures() const;  // that are kept, the newest first

  std::string now() const;  // of the cloud's clock: "2030-12-24T18:00:00.000Z"
  // Moves the clock ahead, step by step: what becomes due on the way is done.
  void moveClock(std::chrono::milliseconds by) const;
  // `freeze`: from then on the time of day stands still.
  void setClock(const std::string& time, bool freeze = false) const;

  // Calls a route of the cloud's own ("POST", "/_local/settle"). Returns the JSON of its answer.
  std::string call(const std::string& method, const std::string& path, const std::string& body = {},
                   std::chrono::milliseconds timeout = std::chrono::seconds(30)) const;

  // The last lines that the cloud and its functions have printed.
  std::string output() const;

 private:
  class Program;
  class Http;
  std::string stage_;
  std::unique_ptr<Program> program_;
  std::unique_ptr<Http> http_;
  std::string url_;
  std::shared_ptr<Transport> transport_;
  std::unique_ptr<EventLog> log_;
};

// How `item` differs from the members of `expected`, a JSON object: a line for each difference; empty
// if there is none. Members that `expected` does not have do not count. Numbers are compared by their value.
std::string differences(const std::optional<Payload>& item, std::string_view expected);

}  // namespace ddblog
