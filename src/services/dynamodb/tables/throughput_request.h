// What requests say a table or an index shall take: ProvisionedThroughput, OnDemandThroughput and WarmThroughput, read
// and refused in DynamoDB's words (of October 2026, as users report them).
//
// read… functions read fields and collect broken constraints; check… functions, to be called after finish(), refuse at
// once. An index's name is said where one is given. Throws ApiError. Thread safety: pure functions.
// Constraints: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
#pragma once

#include <optional>
#include <string_view>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

std::optional<Throughput> readThroughput(rpc::ObjectReader& fields);
// An empty object reads as none.
std::optional<Units> readOnDemandThroughput(rpc::ObjectReader& fields);
// An empty object reads as empty units.
std::optional<Units> readWarmThroughput(rpc::ObjectReader& fields);

void checkThroughput(const Throughput& throughput, std::string_view index_name = {});

enum class Change { kCreating, kUpdating };
// `on_demand`: the billing mode that the table has or will have.
void checkOnDemandThroughput(const std::optional<Units>& units, bool on_demand, Change change,
                             std::string_view index_name = {});
// Of a new table or index: not less than it has by itself.
void checkWarmThroughput(const std::optional<Units>& units, bool on_demand, const Throughput& throughput,
                         std::string_view index_name = {});
// Of one that is there: warmth is never taken back.
void checkWarmerThan(const Throughput& current, const std::optional<Units>& units, std::string_view index_name = {});

// What is described as WarmThroughput: what it has by its billing mode, or more if more was asked for or had before
// (`kept`).
Throughput warmThroughputOf(bool on_demand, const Throughput& throughput, const Units& kept);
// Changes `kept` so that it is as warm as it was `before`, and as what is asked for.
void keepWarm(Units& kept, const Throughput& before, const std::optional<Units>& asked_for);
// Changes OnDemandThroughput: members that are not mentioned stay, -1 takes one away.
void changeOnDemand(Units& units, const std::optional<Units>& change);

}  // namespace ddblog::dynamodb
