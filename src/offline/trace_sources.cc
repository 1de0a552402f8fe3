#include "offline/trace_sources.h"

#include <utility>
#include <vector>

#include "base/json_fields.h"
#include "rpc/call.h"

namespace ddblog::offline {

namespace {

constexpr std::size_t kMostPages = 10;  // ours: of a bus's rules

// std::nullopt: the service refuses.
std::optional<json::object> call(const rpc::Apis& apis, std::string_view prefix, const std::string& operation,
                                 const json::object& body) {
  rpc::Request request;
  request.operation = operation;
  request.body = json::serialize(body);
  const rpc::Outcome outcome = rpc::callAndWait(*apis.findJson(prefix)->find(operation), std::move(request));
  if (outcome.isError()) return std::nullopt;
  return parseJson(outcome.response().body).as_object();
}

std::optional<json::object> itemOf(const rpc::Apis& apis, const std::string& table, const traces::EventName& event) {
  const json::object key{{"pk", {{"S", event.streamKey()}}}, {"sk", {{"N", std::to_string(event.version)}}}};
  const auto answer =
      call(apis, "DynamoDB_20120810", "GetItem", {{"TableName", table}, {"ConsistentRead", true}, {"Key", key}});
  const json::object* item = answer ? objectOf(*answer, "Item") : nullptr;
  return item ? std::optional(*item) : std::nullopt;
}

std::vector<traces::Rule> rulesOf(const rpc::Apis& apis, const std::string& bus) {
  std::vector<traces::Rule> rules;
  json::object request{{"EventBusName", bus}};
  for (std::size_t pages = 0; pages < kMostPages; ++pages) {
    const auto answer = call(apis, "AWSEvents", "ListRules", request);
    if (!answer) break;
    for (const json::value& listed : answer->at("Rules").as_array()) {
      const json::object& rule = listed.as_object();
      rules.push_back({textOf(rule, "Name"), textOf(rule, "Arn"), textOf(rule, "EventPattern")});
    }
    std::string token = textOf(*answer, "NextToken");
    if (token.empty()) break;
    request["NextToken"] = std::move(token);
  }
  return rules;
}

}  // namespace

traces::TraceContext traceContext(const traces::TraceRing& ring, std::string log_table, const rpc::Apis& apis) {
  return {ring, log_table, [&apis](const std::string& bus) { return rulesOf(apis, bus); },
          [&apis, log_table](const traces::EventName& event) { return itemOf(apis, log_table, event); }};
}

}  // namespace ddblog::offline
