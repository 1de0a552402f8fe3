// The fields that many of EventBridge's operations share, with their constraints.
// Source: the service model of AWS's SDKs (events 2015-10-07).
#pragma once

#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "services/eventbridge/bus/catalog.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

inline rpc::StringRule busNameRule() {
  return {.required = true, .min = 1, .max = 256, .pattern = R"([/\.\-_A-Za-z0-9]+)"};
}
inline rpc::StringRule busNameOrArnRule() {
  return {.min = 1,
          .max = 1600,
          .pattern = R"((arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+)"};
}
inline rpc::StringRule ruleNameRule(bool required = true) {
  return {.required = required, .min = 1, .max = 64, .pattern = R"([\.\-_A-Za-z0-9]+)"};
}
inline rpc::StringRule targetIdRule() {
  return {.required = true, .min = 1, .max = 64, .pattern = R"([\.\-_A-Za-z0-9]+)"};
}
inline rpc::StringRule arnRule(bool required = false) { return {.required = required, .min = 1, .max = 1600}; }
inline rpc::StringRule patternRule(bool required = false) { return {.required = required, .max = 4096}; }
inline rpc::StringRule descriptionRule() { return {.max = 512}; }

// EventBusName, a name or an ARN; `default` if absent.
std::string readBusName(rpc::ObjectReader& fields, const Context& context);

// NextToken and Limit, and the field named `prefix` if the operation has one.
ListRequest readPage(rpc::ObjectReader& fields, std::string_view prefix, const rpc::StringRule& prefix_rule);

// Tags: [{"Key": …, "Value": …}] as name to value.
json::object readTags(rpc::ObjectReader& fields, bool required = false);

// A bus's KmsKeyIdentifier, DeadLetterConfig and LogConfig, those that are present, unchanged.
json::object readBusSettings(rpc::ObjectReader& fields);

void writeRule(JsonWriter& json, const Rule& rule, const Context& context);
void writeBusTimes(JsonWriter& json, const Bus& bus);
void writeNextToken(JsonWriter& json, const std::string& token);

// The answer of a List operation: {"Rules": [{…}, …], "NextToken": …}. write(json, entry): the members of one.
template <class Entry, class Write>
std::string listAnswer(const char* member, const Page<Entry>& page, const Write& write) {
  std::string out;
  JsonWriter json(out);
  json.beginObject().key(member).beginArray();
  for (const Entry& entry : page.entries) {
    json.beginObject();
    write(json, entry);
    json.endObject();
  }
  json.endArray();
  writeNextToken(json, page.next_token);
  json.endObject();
  return out;
}

inline ApiError limitExceeded() {
  return {"LimitExceededException", "The requested resource exceeds the maximum number allowed."};
}

}  // namespace ddblog::eventbridge
