#include "template/mappings.h"

#include <algorithm>
#include <array>

#include "base/json_fields.h"
#include "template/function_properties.h"
#include "template/local_arns.h"
#include "template/queues.h"

namespace ddblog::templates {

namespace {

constexpr std::array kOfAll = {"BatchSize", "Enabled", "FilterCriteria", "FunctionResponseTypes",
                               "MaximumBatchingWindowInSeconds"};
constexpr std::array kOfStreams = {"BisectBatchOnFunctionError", "MaximumRecordAgeInSeconds",
                                   "MaximumRetryAttempts",       "ParallelizationFactor",
                                   "StartingPosition",           "TumblingWindowInSeconds"};
constexpr std::array kOfQueues = {"ScalingConfig"};

void add(json::object& mapping, json::object members) {
  for (auto& member : members) mapping.insert_or_assign(member.key(), std::move(member.value()));
}

void addDestination(Reading& reading, const std::string& owner, const Properties& properties, json::object& mapping) {
  const Properties destinations = properties.section("DestinationConfig");
  if (!destinations.has("OnFailure")) return;
  const Properties on_failure = destinations.section("OnFailure");
  const std::string arn =
      deliveryArn(reading, on_failure.text("Destination").value_or(""), on_failure.text("Type").value_or(""),
                  owner + "OnFailureQueue", destinations.placeOf("OnFailure"));
  if (!arn.empty()) mapping["DestinationConfig"] = {{"OnFailure", {{"Destination", arn}}}};
}

// The ARN of the table's stream here, also if the table is made later, or again.
std::string currentStream(const PseudoParameters& pseudo, const std::string& stream_arn) {
  const std::size_t table = stream_arn.find(":table/") + 1;
  return arnHere(pseudo, "dynamodb", stream_arn.substr(table, stream_arn.find("/stream/") - table) + "/stream/latest");
}

// When all resources are known: a note if the table is none of this template's, and an error if it has no
// stream, as in CloudFormation.
void checkStream(Reading& reading, const std::string& owner, const std::string& arn, Place place) {
  reading.collected.when_complete.push_back([&findings = reading.findings, owner, arn, place](App& app) {
    const auto isTable = [&](const App::Table& table) {
      return arn.find(":table/" + textOf(table.create_table, "TableName") + "/") != std::string::npos;
    };
    const auto table = std::ranges::find_if(app.tables, isTable);
    if (table != app.tables.end()) {
      if (table->create_table.contains("StreamSpecification")) return;
      return findings.error(place, owner + " reads the stream of the table " +
                                       textOf(table->create_table, "TableName") + ", which has no StreamSpecification");
    }
    findings.note(place, owner + " reads " + arn + ", which no resource of this template is: it waits for the table");
  });
}

}  // namespace

bool addMapping(Reading& reading, const std::string& owner, const Properties& properties,
                const std::string& declared_source, const std::string& declared_function) {
  std::string source_arn = localTarget(reading, declared_source, properties.place());
  const std::string function = localArn(reading, declared_function);
  const bool is_queue = source_arn.starts_with("arn:aws:sqs:");
  const bool is_stream = source_arn.find(":dynamodb:") != std::string::npos &&
                         source_arn.find("/stream/") != std::string::npos &&
                         source_arn.find(":table/") != std::string::npos;
  if (is_stream) source_arn = currentStream(reading.intrinsics.pseudo(), source_arn);
  if (!is_queue && !is_stream) {
    reading.findings.note(properties.place(), owner + " reads " +
                                                  (source_arn.empty() ? "nothing that is here" : source_arn) +
                                                  ", which does not run offline (streams of tables and queues do)");
    return false;
  }
  properties.list("FunctionResponseTypes");  // throws if it is none
  json::object mapping = properties.request(kOfAll);
  if (is_stream) {
    add(mapping, properties.request(kOfStreams));
    addDestination(reading, owner, properties, mapping);
  } else {
    add(mapping, properties.request(kOfQueues));
  }
  mapping["EventSourceArn"] = source_arn;
  mapping["FunctionName"] = function;
  reading.app.event_source_mappings.push_back(std::move(mapping));
  reading.collected.mapping_places.push_back(properties.place());
  if (is_stream) checkStream(reading, owner, source_arn, properties.place());
  reading.app.places["an event source mapping of function " + functionNameIn(function)] =
      reading.findings.at(properties.place());
  return true;
}

}  // namespace ddblog::templates
