// An application as a template declares it, in words that belong to no service's code: what deploy/
// makes real.
//
// What an AWS API request says whole is that request (CreateTable, PutRule …); a function, whose
// code is a directory here and a package in AWS, is a struct of its own.
//
// A value type.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace ddblog::templates {

struct App {
  struct Table {
    json::object create_table;                        // a CreateTable request
    std::optional<json::object> update_time_to_live;  // an UpdateTimeToLive request
  };
  struct Rule {
    json::object put_rule;     // a PutRule request
    json::object put_targets;  // a PutTargets request
  };
  // What happens to a function's asynchronous invocations. Absent: Lambda's default.
  struct InvokeConfig {
    std::optional<int> maximum_retry_attempts;
    std::optional<std::chrono::seconds> maximum_event_age;
    std::string on_success;  // ARN; empty: none
    std::string on_failure;  // ARN; empty: none
  };
  struct Function {
    std::string name;
    std::string runtime;  // "nodejs20.x"; empty for a built-in one
    std::string handler;
    std::string built_in;  // the name of a function that is part of this program: kBuiltInTrigger; empty: none
    std::string description;
    std::filesystem::path code_directory;
    std::map<std::string, std::string> environment;
    std::optional<std::chrono::seconds> timeout;  // absent: Lambda's default
    std::optional<int> memory_size;               // in MB; absent: Lambda's default
    std::optional<int> reserved_concurrency;
    InvokeConfig invoke_config;
    std::string dead_letter_arn;  // empty: none
  };

  std::vector<Table> tables;
  std::vector<json::object> event_buses;  // CreateEventBus requests
  std::vector<Rule> rules;
  std::vector<Function> functions;
  // CreateEventSourceMapping requests. An EventSourceArn that ends in "/stream/latest" is the
  // stream that the table has at the time.
  std::vector<json::object> event_source_mappings;
  std::vector<std::string> notes;  // what the template declares and offline ignores, a line each
};

// The function that takes the log table's stream to the bus: this program itself, run as a function
// (clients/cpp/src/trigger.h).
inline constexpr const char* kBuiltInTrigger = "trigger";
App::Function builtInTrigger(const std::string& name);

// The application that runs without a template, as the format fixes it (ddblog/names.h): the tables
// <stage>-dynamodb-logs and <stage>-core, the bus dynamodb-log, and the built-in trigger from the
// log table's stream to the bus.
App defaultApp(const std::string& stage, const std::string& region, const std::string& account_id);

}  // namespace ddblog::templates
