#include "services/dynamodb/tables/throughput_request.h"

#include <algorithm>
#include <string>

#include "base/api_error.h"
#include "services/dynamodb/core/refusals.h"

namespace ddblog::dynamodb {
namespace {

using rpc::IntegerRule;

constexpr std::int64_t kMostUnits = 1'000'000'000'000;
// The warm throughput that every on-demand table has. Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
constexpr Throughput kWarmOnDemand{12'000, 4'000};

CapacityUnits readUnits(rpc::ObjectReader& object, std::string_view read, std::string_view write) {
  const IntegerRule rule{.type = "Long"};
  return {object.integer(read, rule), object.integer(write, rule)};
}

// "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than …"
ApiError tooCold(const char* name, std::string_view index_name, const std::string& than) {
  const std::string where = index_name.empty() ? "table" : "index " + std::string(index_name);
  return invalidParameters(std::string("Requested ") + name + " for WarmThroughput for " + where + " is lower than " +
                           than);
}

}  // namespace

std::optional<Throughput> readThroughput(rpc::ObjectReader& fields) {
  auto object = fields.object("ProvisionedThroughput", false, "com.amazonaws.dynamodb.v20120810.ProvisionedThroughput");
  if (!object) return std::nullopt;
  const IntegerRule positive{.required = true, .min = 1, .type = "Long"};
  const auto write = object->integer("WriteCapacityUnits", positive);
  const auto read = object->integer("ReadCapacityUnits", positive);
  return Throughput{read.value_or(0), write.value_or(0)};
}

std::optional<CapacityUnits> readOnDemandThroughput(rpc::ObjectReader& fields) {
  auto object = fields.object("OnDemandThroughput", false, "com.amazonaws.dynamodb.v20120810.OnDemandThroughput");
  if (!object) return std::nullopt;
  const CapacityUnits units = readUnits(*object, "MaxReadRequestUnits", "MaxWriteRequestUnits");
  return units.empty() ? std::nullopt : std::optional<CapacityUnits>(units);
}

std::optional<CapacityUnits> readWarmThroughput(rpc::ObjectReader& fields) {
  auto object = fields.object("WarmThroughput", false, "com.amazonaws.dynamodb.v20120810.WarmThroughput");
  if (!object) return std::nullopt;
  return readUnits(*object, "ReadUnitsPerSecond", "WriteUnitsPerSecond");
}

void checkThroughput(const Throughput& throughput, std::string_view index_name) {
  const std::string where = index_name.empty() ? "" : " for index " + std::string(index_name);
  const auto refuse = [&](std::int64_t value, const char* name) {
    return validationError("Given value " + std::to_string(value) + " for " + name + " is out of bounds" + where);
  };
  if (throughput.read > kMostUnits) throw refuse(throughput.read, "ReadCapacityUnits");
  if (throughput.write > kMostUnits) throw refuse(throughput.write, "WriteCapacityUnits");
}

void checkOnDemandThroughput(const std::optional<CapacityUnits>& units, bool on_demand, Operation operation,
                             std::string_view index_name) {
  if (!units) return;
  const bool creating = operation == Operation::kCreateTable;
  // AWS writes "for index: " in one of these and "for index : " in the others.
  const std::string index(index_name);
  const auto check = [&](const std::optional<std::int64_t>& number, const std::string& name) {
    if (!number) return;
    if (!on_demand && creating) {
      throw invalidParameters(name + " for OnDemandThroughput " + (index.empty() ? "" : "for index: " + index + " ") +
                              "cannot be specified when table BillingMode is PROVISIONED.");
    }
    if (!on_demand) {
      throw invalidParameters(name + " for OnDemandThroughput " + (index.empty() ? "" : "for index : " + index + " ") +
                              "cannot be specified when the table BillingMode is PROVISIONED");
    }
    if (*number == 0 || *number < (creating ? 1 : -1)) {
      throw invalidParameters("Requested " + name + " for OnDemandThroughput for " +
                              (index.empty() ? "table" : "index : " + index) + " is outside of valid range");
    }
  };
  check(units->read, "MaxReadRequestUnits");
  check(units->write, "MaxWriteRequestUnits");
}

void checkWarmThroughput(const std::optional<CapacityUnits>& units, bool on_demand, const Throughput& throughput,
                         std::string_view index_name) {
  if (!units) return;
  const Throughput least = on_demand ? kWarmOnDemand : throughput;
  const auto check = [&](const std::optional<std::int64_t>& number, std::int64_t at_least, const char* name,
                         const char* provisioned) {
    if (!number || *number >= at_least) return;
    throw tooCold(name, index_name,
                  on_demand ? "initial throughput for OnDemand. See: "
                              "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                              "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
                            : std::string(provisioned) + " of ProvisionedThroughput");
  };
  check(units->read, least.read, "ReadUnitsPerSecond", "ReadCapacityUnits");
  check(units->write, least.write, "WriteUnitsPerSecond", "WriteCapacityUnits");
}

void checkWarmerThan(const Throughput& current, const std::optional<CapacityUnits>& units,
                     std::string_view index_name) {
  if (!units) return;
  constexpr const char* kThan = "current WarmThroughput, decreasing WarmThroughput is not supported";
  if (units->read && *units->read < current.read) throw tooCold("ReadUnitsPerSecond", index_name, kThan);
  if (units->write && *units->write < current.write) throw tooCold("WriteUnitsPerSecond", index_name, kThan);
}

Throughput warmThroughputOf(bool on_demand, const Throughput& throughput, const CapacityUnits& kept) {
  const Throughput own = on_demand ? kWarmOnDemand : throughput;
  return {std::max(own.read, kept.read.value_or(0)), std::max(own.write, kept.write.value_or(0))};
}

void keepWarm(CapacityUnits& kept, const Throughput& before, const std::optional<CapacityUnits>& asked_for) {
  const CapacityUnits asked = asked_for.value_or(CapacityUnits{});
  kept.read = std::max(before.read, asked.read.value_or(0));
  kept.write = std::max(before.write, asked.write.value_or(0));
}

void changeOnDemand(CapacityUnits& units, const std::optional<CapacityUnits>& change) {
  if (!change) return;
  const auto merge = [](std::optional<std::int64_t>& unit, const std::optional<std::int64_t>& changed) {
    if (changed) unit = *changed == -1 ? std::nullopt : changed;
  };
  merge(units.read, change->read);
  merge(units.write, change->write);
}

}  // namespace ddblog::dynamodb
