#include "services/lambda/mappings/batch.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <stdexcept>

#include "base/json.h"
#include "base/json_writer.h"

namespace ddblog::lambda {

namespace {

constexpr std::string_view kArnMember = R"(,"eventSourceARN":)";

}  // namespace

std::size_t payloadBytes(const Record& record, std::string_view source_arn) {
  return record.json.size() + kArnMember.size() + source_arn.size() + 3;  // two quotes and a comma
}

std::string batchPayload(std::span<const Record> records, std::string_view source_arn) {
  std::size_t bytes = 16;
  for (const Record& record : records) bytes += payloadBytes(record, source_arn);
  std::string payload;
  payload.reserve(bytes);
  payload += R"({"Records":[)";
  for (const Record& record : records) {
    if (&record != records.data()) payload += ',';
    payload.append(record.json, 0, record.json.size() - 1);  // without its closing brace
    payload += kArnMember;
    appendJsonString(payload, source_arn);
    payload += '}';
  }
  payload += "]}";
  return payload;
}

std::vector<std::size_t> failedRecords(std::span<const Record> records, std::string_view answer) {
  std::vector<std::size_t> all(records.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  json::value parsed;
  try {
    parsed = parseJson(answer.empty() ? "null" : answer);
  } catch (const std::invalid_argument&) {
    return all;
  }
  if (parsed.is_null() || (parsed.is_string() && parsed.get_string().empty())) return {};
  if (!parsed.is_object()) return all;
  const json::value* failures = parsed.get_object().if_contains("batchItemFailures");
  if (!failures || failures->is_null()) return {};
  if (!failures->is_array()) return all;
  std::set<std::size_t> failed;
  for (const json::value& failure : failures->get_array()) {
    const json::value* identifier = failure.is_object() ? failure.get_object().if_contains("itemIdentifier") : nullptr;
    if (!identifier || !identifier->is_string()) return all;
    const std::string_view position = identifier->get_string();
    const auto found = std::ranges::find(records, position, &Record::position);
    if (found == records.end()) return all;
    failed.insert(static_cast<std::size_t>(found - records.begin()));
  }
  return {failed.begin(), failed.end()};
}

std::optional<std::size_t> firstFailure(std::span<const Record> records, std::string_view answer) {
  const std::vector<std::size_t> failed = failedRecords(records, answer);
  return failed.empty() ? std::nullopt : std::optional(failed.front());
}

std::string toJson(const DiscardedBatch& batch, std::span<const Record> records) {
  std::string text;
  JsonWriter json(text);
  json.beginObject();
  json.key("requestContext").beginObject();
  json.key("requestId").value(batch.request_id);
  json.key("functionArn").value(batch.function_arn);
  json.key("condition").value(batch.condition);
  json.key("approximateInvokeCount").value(batch.attempts);
  json.endObject();
  if (batch.attempts > 0) {
    json.key("responseContext").beginObject().key("statusCode").value(200).key("executedVersion").value("$LATEST");
    json.key("functionError");
    batch.function_error ? json.value("Unhandled") : json.null();
    json.endObject();
  }
  json.key("version").value("1.0").key("timestamp").value(toIso8601(batch.at, true));
  json.key(batch.info_member).beginObject();
  json.key("shardId").value(batch.shard_id);
  json.key("startSequenceNumber").value(records.front().position);
  json.key("endSequenceNumber").value(records.back().position);
  json.key("approximateArrivalOfFirstRecord").value(toIso8601(records.front().created_at, false));
  json.key("approximateArrivalOfLastRecord").value(toIso8601(records.back().created_at, false));
  json.key("batchSize").value(static_cast<std::int64_t>(records.size()));
  json.key("streamArn").value(batch.source_arn);
  json.endObject().endObject();
  return text;
}

}  // namespace ddblog::lambda
