// The fields that EventBridge Scheduler's operations share, with their constraints.
// Source: the service model of AWS's SDKs (scheduler 2021-06-30).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "services/scheduler/schedules/context.h"

namespace ddblog::scheduler {

// Of schedules, groups, and prefixes of their names.
rpc::StringRule nameRule();
rpc::StringRule clientTokenRule();

// All of a request but its name, its group and its times. Throws ApiError for a broken constraint that
// concerns one field; the caller calls RequestReader::finish(), then checkSchedule().
Schedule readSchedule(rpc::ObjectReader& fields);
// The same of a request to the path of its name, checked.
Schedule readSchedule(rpc::RequestReader& request, const Context& context);
// The answer of the operations that put a schedule: its ARN.
std::string arnAnswer(const Schedule& schedule, const Context& context);
// GroupName of a body, `default` if absent.
std::string readGroupName(rpc::ObjectReader& fields);

// Throws ApiError ValidationException unless the fields fit together. `is_of_template`: then its StartDate may be in
// the past, and this machine need not have its time zone.
void checkSchedule(const Schedule& schedule, const Context& context, bool is_of_template = false);
// Writes a line to the log if nothing here is the schedule's target.
void warnOfTarget(const Schedule& schedule, const Context& context);

// `before` with the settings of `asked`. A rate that stays goes on: it does not begin anew.
Schedule changed(const Schedule& before, const Schedule& asked, Timestamp now);

// NamePrefix, NextToken and MaxResults of a query.
ListRequest readPage(rpc::RequestReader& request);

// Tags: [{"Key": …, "Value": …}] as name to value.
json::object readTags(rpc::ObjectReader& fields, bool required = false);
// Throws ServiceQuotaExceededException for more than 50.
void checkTags(const json::object& tags);

void writeGroup(JsonWriter& json, const Group& group, const Context& context);
void writeNextToken(JsonWriter& json, const std::string& token);

inline ApiError conflict(std::string message) { return {"ConflictException", std::move(message), 409}; }
inline ApiError quotaExceeded(std::string message) {
  return {"ServiceQuotaExceededException", std::move(message), 402};
}

}  // namespace ddblog::scheduler
