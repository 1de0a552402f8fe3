// The rules and archives of a bus, and the targets of rules, as EventBridge's operations return them.
//
// Errors: as Transport. Thread safety: stateless functions.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "ddblog/transport.h"

namespace ddblog::cli {

std::vector<json::object> rulesOfBus(Transport& transport, const std::string& bus);
std::vector<json::object> targetsOfRule(Transport& transport, const std::string& bus, const std::string& rule);

// Throws ServiceError ResourceNotFoundException.
std::string busArn(Transport& transport, const std::string& bus);
// As DescribeArchive returns them.
std::vector<json::object> archivesOfBus(Transport& transport, const std::string& bus_arn);

// Whether a target of a rule gets something else than the event.
bool changesEvent(const json::object& target);

}  // namespace ddblog::cli
