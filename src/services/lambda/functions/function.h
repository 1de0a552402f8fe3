// A function, with Lambda's defaults.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html and
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionEventInvokeConfig.html
// Immutable once read from the store; shared as std::shared_ptr<const Function>.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "services/lambda/functions/limits.h"

namespace ddblog::lambda {

// The settings of asynchronous invocations (EventInvokeConfig).
struct AsynchronousSettings {
  int maximum_retry_attempts = limits::kAsyncRetries;          // 0 to 2
  std::chrono::seconds maximum_event_age = limits::kAsyncAge;  // 60 to 21,600
  std::string on_success;                                      // ARN; empty: none
  std::string on_failure;                                      // ARN; empty: none
  std::optional<Timestamp> configured_at = {};                 // absent: these are the defaults
};

// The version of a function that can be changed.
inline constexpr std::string_view kLatest = "$LATEST";

// A zip archive with code, in the store (stored_code.h).
struct Code {
  std::string sha256;      // of the archive, 64 hexadecimal digits; empty: none
  std::uint64_t size = 0;  // of the archive, in bytes

  bool operator==(const Code&) const = default;
};

// A version of a layer, as a function refers to it.
struct LayerReference {
  std::string arn;
  Code code;
};

struct Function;
using FunctionPointer = std::shared_ptr<const Function>;

// A version to which an alias sends a part of its invocations.
struct Route {
  double weight = 0;  // from 0 to 1
  FunctionPointer function;
};

// A version of a function. An alias is a copy of the version that it points to, with its own ARN and
// settings of asynchronous invocations, and with `target`.
struct Function {
  std::string name;
  std::string version = std::string(kLatest);  // or "1", "2" …: a published version, which never changes
  std::string alias;                           // empty: it was not found through an alias
  FunctionPointer target;                      // of an alias: the version that it points to
  std::vector<Route> routes;                   // of an alias: the other versions
  std::string arn;                             // set by Functions; with a qualifier, except for $LATEST
  std::uint64_t revision = 0;                  // set by Functions: grows each time the function is put
  std::uint64_t last_version = 0;  // of $LATEST, set by Functions: the version that was published last; 0: none
  std::string revision_id;         // RevisionId: changes with each change
  Timestamp last_modified;
  std::string runtime;   // "nodejs20.x", "python3.11", "provided.al2023"; unused by a built-in function
  std::string handler;   // "src/index.handler"; unused by provided.* and by a built-in function
  std::string built_in;  // the name of a function that is part of this program; empty: none
  std::string description;
  std::filesystem::path code_directory;  // where the code is, unless `code` is
  Code code;
  std::vector<LayerReference> layers;
  std::vector<std::filesystem::path> layer_directories;  // of a template's function: local layers, after `layers`
  std::string role;
  std::string kept;                         // a JSON object: members of its configuration that have no effect here
  std::map<std::string, std::string> tags;  // of the function: $LATEST has them
  std::map<std::string, std::string> environment;
  Duration timeout = std::chrono::seconds(3);
  int memory_size = 128;                    // MB, which its processes may use
  std::optional<int> reserved_concurrency;  // 0: never invoked
  AsynchronousSettings asynchronous;
  std::string dead_letter_arn;  // empty: none
  // Set by Functions for a built-in function: the command line of a process that speaks the Runtime
  // API. It is never stored, so that loaded data cannot make this machine run a command.
  std::vector<std::string> command;

  // What finds it: "users", "users:7", "users:live".
  std::string reference() const {
    if (!alias.empty()) return name + ":" + alias;
    return version == kLatest ? name : name + ":" + version;
  }
  // "arn:…:function:users:$LATEST", "…:7", "…:live".
  std::string qualifiedArn() const {
    return alias.empty() && version == kLatest ? arn + ":" + std::string(kLatest) : arn;
  }
};

}  // namespace ddblog::lambda
