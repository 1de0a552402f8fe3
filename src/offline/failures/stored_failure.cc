#include "offline/failures/stored_failure.h"

#include <stdexcept>

#include "base/bytes.h"

namespace ddblog::offline {

namespace {

void appendTexts(std::string& out, const std::vector<std::string>& texts) {
  appendNumber<std::uint32_t>(out, static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) appendText(out, text);
}

std::vector<std::string> takeTexts(std::string_view& in) {
  std::vector<std::string> texts;
  for (auto left = takeNumber<std::uint32_t>(in); left > 0; --left) texts.emplace_back(takeText(in));
  return texts;
}

void appendTime(std::string& out, Duration since_origin) { appendNumber<std::int64_t>(out, since_origin.count()); }
Duration takeTime(std::string_view& in) { return Duration(takeNumber<std::int64_t>(in)); }

rpc::Failure::Kind takeKind(std::string_view& in) {
  const auto kind = takeNumber<std::uint8_t>(in);
  if (kind < 1 || kind > 3) throw std::runtime_error("a stored failure is of an unknown kind");
  return static_cast<rpc::Failure::Kind>(kind);
}

}  // namespace

std::string encodeSummary(const FailureSummary& summary) {
  std::string out;
  appendNumber<std::uint8_t>(out, static_cast<std::uint8_t>(summary.kind));
  appendTime(out, summary.recorded_at.time_since_epoch());
  appendTime(out, summary.recorded_in.time_since_epoch());
  for (const std::uint32_t number : {summary.attempts, summary.detail_bytes, summary.payload_bytes, summary.redrives}) {
    appendNumber<std::uint32_t>(out, number);
  }
  appendTime(out, summary.redriven_at.time_since_epoch());
  for (const std::string* text :
       {&summary.source_arn, &summary.place_arn, &summary.condition, &summary.request_id, &summary.error_line}) {
    appendText(out, *text);
  }
  appendTexts(out, summary.destinations);
  return out;
}

FailureSummary decodeSummary(std::uint64_t number, std::string_view stored) {
  FailureSummary summary;
  summary.number = number;
  summary.kind = takeKind(stored);
  summary.recorded_at = Timestamp(takeTime(stored));
  summary.recorded_in = RunningTime(takeTime(stored));
  for (std::uint32_t* field : {&summary.attempts, &summary.detail_bytes, &summary.payload_bytes, &summary.redrives}) {
    *field = takeNumber<std::uint32_t>(stored);
  }
  summary.redriven_at = Timestamp(takeTime(stored));
  for (std::string* text :
       {&summary.source_arn, &summary.place_arn, &summary.condition, &summary.request_id, &summary.error_line}) {
    *text = takeText(stored);
  }
  summary.destinations = takeTexts(stored);
  return summary;
}

std::string encodeDetails(const rpc::Failure& failure, std::size_t error_bytes) {
  const rpc::Message& message = failure.message;
  std::string out;
  failure.attempts.append(out);
  appendText(out, std::string_view(failure.error).substr(0, error_bytes));
  for (const std::string* text : {&failure.log, &message.group_id, &message.sender_service, &message.sender_arn}) {
    appendText(out, *text);
  }
  appendNumber<std::uint8_t>(out, message.envelope ? 1 : 0);
  if (message.envelope) {
    appendText(out, message.envelope->source);
    appendText(out, message.envelope->detail_type);
    appendTexts(out, message.envelope->resources);
  }
  appendNumber<std::uint32_t>(out, static_cast<std::uint32_t>(message.attributes.size()));
  for (const auto& [name, value] : message.attributes) {
    appendText(out, name);
    appendText(out, value);
  }
  return out += message.body.text();
}

rpc::Failure decodeDetails(const FailureSummary& summary, std::string_view stored) {
  rpc::Failure failure;
  failure.kind = summary.kind;
  failure.source_arn = summary.source_arn;
  failure.condition = summary.condition;
  failure.request_id = summary.request_id;
  failure.destinations = summary.destinations;
  failure.attempts = rpc::AttemptHistory::take(stored);
  rpc::Message& message = failure.message;
  message.recipient_arn = summary.place_arn;
  for (std::string* text :
       {&failure.error, &failure.log, &message.group_id, &message.sender_service, &message.sender_arn}) {
    *text = takeText(stored);
  }
  if (takeNumber<std::uint8_t>(stored) != 0) {
    message.envelope.emplace();
    message.envelope->source = takeText(stored);
    message.envelope->detail_type = takeText(stored);
    message.envelope->resources = takeTexts(stored);
  }
  for (auto left = takeNumber<std::uint32_t>(stored); left > 0; --left) {
    std::string name(takeText(stored));
    message.attributes.emplace(std::move(name), takeText(stored));
  }
  message.body = std::string(stored);
  return failure;
}

}  // namespace ddblog::offline
