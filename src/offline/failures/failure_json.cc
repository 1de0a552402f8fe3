#include "offline/failures/failure_json.h"

#include <charconv>
#include <stdexcept>

#include "base/api_error.h"
#include "base/json.h"
#include "base/utf8.h"

namespace ddblog::offline {

namespace {

using Kind = rpc::Failure::Kind;

constexpr std::pair<Kind, std::string_view> kKinds[] = {
    {Kind::kInvocation, "invocation"}, {Kind::kBatch, "batch"}, {Kind::kDelivery, "delivery"}};

std::string_view nameOf(Kind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) return name;
  }
  return {};
}

// The members of a summary, without braces.
void writeMembers(JsonWriter& json, const FailureSummary& summary) {
  json.key("id").value(std::to_string(summary.number)).key("kind").value(nameOf(summary.kind));
  json.key("at").value(toIso8601(summary.recorded_at, true));
  json.key("source").value(validUtf8(summary.source_arn)).key("place").value(validUtf8(summary.place_arn));
  json.key("condition").value(summary.condition).key("errorLine").value(summary.error_line);
  json.key("requestId").value(validUtf8(summary.request_id));
  json.key("attemptCount").value(std::uint64_t{summary.attempts});
  json.key("payloadBytes").value(std::uint64_t{summary.payload_bytes});
  json.key("destinations").beginArray();
  for (const std::string& arn : summary.destinations) json.value(validUtf8(arn));
  json.endArray();
  if (summary.redrives == 0) return;
  json.key("redriven").beginObject().key("count").value(std::uint64_t{summary.redrives});
  json.key("at").value(toIso8601(summary.redriven_at, true)).endObject();
}

// As it is if it is JSON, otherwise as a string.
void writeText(JsonWriter& json, const std::string& text) {
  try {
    parseJson(text);
    json.raw(text);
  } catch (const std::invalid_argument&) {
    json.value(validUtf8(text));
  }
}

}  // namespace

std::optional<std::uint64_t> parseFailureId(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Kind> parseFailureKind(std::string_view text) {
  for (const auto& [kind, name] : kKinds) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

FailureSummary findFailure(const FailureStore& failures, const Reader& reader, const std::string& text) {
  const auto number = parseFailureId(text);
  const auto found = number ? failures.find(reader, *number) : std::nullopt;
  if (!found) throw resourceNotFound("There is no failure " + validUtf8(text), 404);
  return *found;
}

void writeSummary(JsonWriter& json, const FailureSummary& summary) {
  json.beginObject();
  writeMembers(json, summary);
  json.endObject();
}

void writeFailure(JsonWriter& json, const FailureSummary& summary, const rpc::Failure& failure) {
  json.beginObject();
  writeMembers(json, summary);
  json.key("attempts").beginArray();
  for (const rpc::AttemptHistory::Attempt& attempt : failure.attempts.kept()) {
    json.beginObject().key("at").value(toIso8601(attempt.at, true)).key("error").value(attempt.error).endObject();
  }
  json.endArray();
  json.key("error");
  writeText(json, failure.error);
  json.key("log").value(validUtf8(failure.log));
  json.key("payload");
  writeText(json, failure.message.body.text());
  json.endObject();
}

}  // namespace ddblog::offline
