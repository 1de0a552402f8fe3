#include "services/lambda/invocations/outcome_reports.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/utf8.h"
#include "services/lambda/invocations/function_recipient.h"
#include "services/lambda/invocations/invocation_record.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kErrorMessageBytes = 1024;  // Lambda's

// With spaces in place of control characters, which a queue does not take, and U+FFFD in place of
// U+FFFE and U+FFFF.
std::string forQueue(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') c = ' ';
  }
  for (const char* noncharacter : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (std::size_t at = 0; (at = text.find(noncharacter, at)) != std::string::npos;) text[at + 2] = '\xbd';
  }
  return text;
}

// The error message for the attribute of a dead-letter queue: the first KB. Empty: there is none.
std::string errorMessage(const std::string& error) {
  try {
    const json::value parsed = parseJson(error);
    const json::value* message = parsed.is_object() ? parsed.get_object().if_contains("errorMessage") : nullptr;
    if (message && message->is_string()) return forQueue(validUtf8(message->get_string(), kErrorMessageBytes));
  } catch (const std::invalid_argument&) {  // a custom runtime may report errors in any form
  }
  return forQueue(validUtf8(error, kErrorMessageBytes));
}

// The attributes of a message in a dead-letter queue. A queue takes none without a value.
std::map<std::string, std::string> deadLetterAttributes(const PendingInvocation& pending) {
  std::map<std::string, std::string> attributes = {{"RequestID", pending.request_id}, {"ErrorCode", "200"}};
  if (std::string message = errorMessage(pending.last_error); !message.empty()) {
    attributes.emplace("ErrorMessage", std::move(message));
  }
  return attributes;
}

const std::string& executedVersion(const Function& function) {
  return function.target ? function.target->version : function.version;
}

}  // namespace

void OutcomeReports::succeeded(Transaction& transaction, const Function& function, const PendingInvocation& pending,
                               const std::string& answer) const {
  const std::string& arn = function.asynchronous.on_success;
  if (arn.empty()) return;
  const InvocationRecord record{clock_.now(),
                                pending.request_id,
                                function.qualifiedArn(),
                                executedVersion(function),
                                "Success",
                                static_cast<int>(pending.attempts.count()) + 1,
                                *pending.payload.text,
                                true,
                                false,
                                answer};
  deliver(transaction, {arn, toJson(record), resultEnvelope(arn, function.qualifiedArn(), true)}, pending);
}

void OutcomeReports::givenUp(Transaction& transaction, const FunctionPointer& function,
                             const PendingInvocation& pending, std::string_view condition) const {
  if (traces_) trace(transaction, pending, traces_->newId(), {}, condition, true);
  std::vector<std::string> destinations;
  const auto tell = [&](const rpc::Message& message) {
    if (deliver(transaction, message, pending)) destinations.push_back(message.recipient_arn);
  };
  if (function && !function->asynchronous.on_failure.empty()) {
    const std::string& arn = function->asynchronous.on_failure;
    const int attempts = static_cast<int>(pending.attempts.count());
    const InvocationRecord record{clock_.now(),
                                  pending.request_id,
                                  function->qualifiedArn(),
                                  executedVersion(*function),
                                  std::string(condition),
                                  attempts,
                                  *pending.payload.text,
                                  attempts > 0,
                                  true,
                                  pending.last_error};
    tell({arn, toJson(record), resultEnvelope(arn, function->qualifiedArn(), false)});
  }
  if (function && !function->dead_letter_arn.empty()) {
    const std::string& arn = function->dead_letter_arn;
    tell({arn, *pending.payload.text, resultEnvelope(arn, function->qualifiedArn(), false),
          deadLetterAttributes(pending)});
  }
  record(transaction, pending, condition, std::move(destinations));
}

void OutcomeReports::record(Transaction& transaction, const PendingInvocation& pending, std::string_view condition,
                            std::vector<std::string> destinations) const {
  const std::string arn = functions_.arnOf(pending.function_name);
  rpc::Failure failure;
  failure.kind = rpc::Failure::Kind::kInvocation;
  failure.source_arn = arn;
  failure.message = {arn, *pending.payload.text};
  if (pending.is_batch) failure.message.attributes.emplace(kFunctionResponseTypes, kReportBatchItemFailures);
  if (!pending.client_context.empty()) failure.message.attributes.emplace(kClientContext, pending.client_context);
  failure.condition = condition;
  failure.request_id = pending.request_id;
  failure.attempts = pending.attempts;
  failure.error = pending.last_error;
  failure.log = pending.last_log;
  failure.destinations = std::move(destinations);
  failures_.record(transaction, failure);
}

void OutcomeReports::trace(Transaction& transaction, const PendingInvocation& pending, std::string_view id,
                           std::string_view recipient_arn, std::string_view detail, bool has_failed) const {
  if (!traces_) return;
  traces_->addAfterCommit(transaction, {.kind = rpc::Span::Kind::kOutcome,
                                        .id = id,
                                        .parent = pending.request_id,
                                        .subject = recipient_arn,
                                        .detail = detail,
                                        .at = clock_.now(),
                                        .has_failed = has_failed});
}

bool OutcomeReports::deliver(Transaction& transaction, const rpc::Message& message,
                             const PendingInvocation& pending) const {
  std::string id = traces_ ? traces_->newId() : std::string();
  std::string problem;
  {
    const rpc::CauseScope scope(transaction, id);
    problem = deliverResult(recipients_, transaction, message);
  }
  trace(transaction, pending, id, message.recipient_arn, problem, !problem.empty());
  if (problem.empty()) return true;
  log_("lambda: " + pending.function_name + ": the message about request " + pending.request_id +
       " is lost: " + problem);
  return false;
}

}  // namespace ddblog::lambda
