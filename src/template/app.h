// An application as a template declares it, independent of any service's code; deploy/ provisions
// it.
//
// A resource that one AWS API request describes completely is that request (CreateTable, PutRule
// …). A function is a struct of its own, because its code is a directory here and a package in AWS.
//
// A value type.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
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
  // The handling of a function's asynchronous invocations. Absent: Lambda's default.
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
    // Where the code is: one of these three.
    std::filesystem::path code_directory;       // or a zip file that is not there yet
    std::filesystem::path code_archive;         // a zip file; empty: none
    std::string inline_code;                    // the text of the module "index"; empty: none
    std::vector<std::filesystem::path> layers;  // directories, in the order of the function's Layers
    std::map<std::string, std::string> environment;
    std::optional<std::chrono::seconds> timeout;  // absent: Lambda's default
    std::optional<int> memory_size;               // in MB; absent: Lambda's default
    std::optional<int> reserved_concurrency;
    InvokeConfig invoke_config;
    std::string dead_letter_arn;  // empty: none
  };

  // Items that a table has from the start, in DynamoDB's JSON. An item that exists is left as it is.
  struct Seed {
    std::string table;
    json::array items;
  };
  // A name for $LATEST: offline it is the only version.
  struct Alias {
    std::string function;
    std::string name;
  };

  std::vector<Table> tables;
  std::vector<json::object> event_buses;  // CreateEventBus requests
  std::vector<json::object> archives;     // CreateArchive requests
  std::vector<Rule> rules;
  std::vector<json::object> queues;           // CreateQueue requests
  std::vector<json::object> queue_policies;   // SetQueueAttributes requests; a queue's name stands for its URL
  std::vector<json::object> schedule_groups;  // CreateScheduleGroup requests, with the Name
  std::vector<json::object> schedules;        // CreateSchedule requests, with the Name
  std::vector<Function> functions;
  std::vector<Alias> aliases;
  // CreateEventSourceMapping requests. An EventSourceArn that ends in "/stream/latest" is the
  // table's current stream.
  std::vector<json::object> event_source_mappings;
  std::vector<Seed> seeds;
  std::vector<std::string> notes;  // what does not run as the template says, one line each, with its place
  // Where the template declares what; the key names it as a ProvisionError does: "table users".
  std::map<std::string, std::string> places;
  // Texts in the requests that stand in for values which nobody gave: a service may refuse them.
  std::set<std::string, std::less<>> stand_ins;
};

// How a file wants the cloud to be started; what the command line says goes first.
struct LaunchSettings {
  std::optional<std::string> stage;
  std::optional<std::string> region;
  std::optional<std::string> account_id;
  std::optional<int> table_port;                         // instead of 8000
  std::optional<int> event_port;                         // instead of 4010
  std::vector<int> ports;                                // beside these
  std::optional<std::chrono::milliseconds> retry_delay;  // between attempts of an asynchronous invocation
};

// The name of the built-in function that takes the log table's stream to the bus: this program, run
// as a function (ddblog/trigger.h).
inline constexpr const char* kBuiltInTrigger = "trigger";
App::Function builtInTrigger(const std::string& name);

// The application that runs without a template. The log's format fixes its names (ddblog/names.h):
// the tables <stage>-dynamodb-logs and <stage>-core, the bus dynamodb-log, and the built-in trigger
// from the log table's stream to the bus.
App defaultApp(const std::string& stage, const std::string& region, const std::string& account_id);

}  // namespace ddblog::templates
