// An application as the offline cloud runs it: what a template declares, said in the words of the services' own APIs,
// so that making it real is nothing but calling them.
//
// A value type.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "services/lambda/functions/function.h"

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

  std::vector<Table> tables;
  std::vector<json::object> event_buses;  // CreateEventBus requests
  std::vector<Rule> rules;
  std::vector<lambda::Function> functions;
  // CreateEventSourceMapping requests. An EventSourceArn that ends in "/stream/latest" is the table's stream of the
  // time.
  std::vector<json::object> event_source_mappings;
  std::vector<std::string> notes;  // what the template has that has no meaning offline, a line each
};

// What there is without a template, as the format fixes it (ddblog/names.h): the tables <stage>-dynamodb-logs and
// <stage>-core, the bus dynamodb-log, and the built-in trigger from the log table's stream to the bus.
App defaultApp(const std::string& stage, const std::string& region, const std::string& account_id);

// The function that takes the log table's stream to the bus: this program itself, run as a function
// (src/log/trigger.h).
lambda::Function builtInTrigger(const std::string& name);

}  // namespace ddblog::templates
