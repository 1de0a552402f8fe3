// Reads and validates ProvisionedThroughput, OnDemandThroughput and WarmThroughput, with DynamoDB's
// messages (as users reported them in October 2026).
//
// The read… functions read fields and collect broken constraints. Call the check… functions after
// finish(): they throw at once. Their messages name the index if `index_name` is given.
// Constraints:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
//
// Errors: ApiError. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

std::optional<Throughput> readThroughput(rpc::ObjectReader& fields);
// std::nullopt also for an empty object.
std::optional<CapacityUnits> readOnDemandThroughput(rpc::ObjectReader& fields);
// An empty object gives empty units.
std::optional<CapacityUnits> readWarmThroughput(rpc::ObjectReader& fields);

void checkThroughput(const Throughput& throughput, std::string_view index_name = {});

// The operation that a request is for: their messages differ.
enum class Operation { kCreateTable, kUpdateTable };
// `on_demand`: the billing mode that the table has or will have.
void checkOnDemandThroughput(const std::optional<CapacityUnits>& units, bool on_demand, Operation operation,
                             std::string_view index_name = {});
// For a new table or index: at least the default.
void checkWarmThroughput(const std::optional<CapacityUnits>& units, bool on_demand, const Throughput& throughput,
                         std::string_view index_name = {});
// For an existing one: warm throughput never decreases.
void checkWarmerThan(const Throughput& current, const std::optional<CapacityUnits>& units,
                     std::string_view index_name = {});

// The WarmThroughput to describe: the billing mode's default, or more if more was requested or kept
// from before (`kept`).
Throughput warmThroughputOf(bool on_demand, const Throughput& throughput, const CapacityUnits& kept);
// Raises `kept` to the value `before` and to the requested value.
void keepWarm(CapacityUnits& kept, const Throughput& before, const std::optional<CapacityUnits>& asked_for);
// Changes OnDemandThroughput: members that are not given stay, -1 removes a limit.
void changeOnDemand(CapacityUnits& units, const std::optional<CapacityUnits>& change);

}  // namespace ddblog::dynamodb
