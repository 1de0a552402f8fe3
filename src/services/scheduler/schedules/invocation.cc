#include "services/scheduler/schedules/invocation.h"

#include <array>
#include <utility>

#include "base/json_fields.h"
#include "base/json_writer.h"
#include "deliveries/replace_all.h"
#include "services/scheduler/schedules/limits.h"

namespace ddblog::scheduler {
namespace {

// As AWS's: sixteen hexadecimal digits.
std::string executionId(Ids& ids) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id;
  for (std::uint64_t rest = ids.number(); id.size() < 16; rest >>= 4) id.push_back(kDigits[rest & 15]);
  return id;
}

// The detail is a string, as in AWS.
std::string defaultInput(const Context& context, const std::string& arn, Timestamp scheduled_at) {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("version").value("0").key("id").value(context.ids.uuid());
  json.key("detail-type").value("Scheduled Event").key("source").value("aws.scheduler");
  json.key("account").value(context.account_id).key("time").value(toIso8601(scheduled_at, false));
  json.key("region").value(context.region).key("resources").beginArray().value(arn).endArray();
  json.key("detail").value("{}").endObject();
  return text;
}

deliveries::RetryPolicy retryPolicyOf(const json::object& target) {
  deliveries::RetryPolicy policy;
  const json::object& stored = target.at("RetryPolicy").as_object();
  policy.most_retries = stored.at("MaximumRetryAttempts").to_number<int>();
  policy.most_age = std::chrono::seconds(stored.at("MaximumEventAgeInSeconds").to_number<int>());
  return policy;
}

}  // namespace

void invokeTarget(Transaction& transaction, const Context& context, const Schedule& schedule, Timestamp scheduled_at) {
  const std::string arn = context.arns.schedule(schedule);
  const std::string target_arn = textOf(schedule.target, "Arn");
  const std::string execution_id = executionId(context.ids);
  const std::string scheduled_time = toIso8601(scheduled_at, false);
  std::string input = textOf(schedule.target, "Input");
  if (input.empty()) input = defaultInput(context, arn, scheduled_at);
  const std::array<std::pair<std::string_view, std::string_view>, 3> variables = {
      {{"<aws.scheduler.schedule-arn>", arn},
       {"<aws.scheduler.scheduled-time>", scheduled_time},
       {"<aws.scheduler.execution-id>", execution_id}}};
  for (const auto& [variable, value] : variables) deliveries::replaceAll(input, variable, value);
  const json::object* queue = objectOf(schedule.target, "SqsParameters");
  const json::object* dead_letters = objectOf(schedule.target, "DeadLetterConfig");
  const std::string group_id = queue ? textOf(*queue, "MessageGroupId") : std::string();
  const std::string dead_letter_arn = dead_letters ? textOf(*dead_letters, "Arn") : std::string();
  deliveries::Delivery delivery{arn,          target_arn, group_id, dead_letter_arn, retryPolicyOf(schedule.target),
                                execution_id, input,      input};
  if (const json::object* bus = objectOf(schedule.target, "EventBridgeParameters")) {
    delivery.envelope = rpc::EventEnvelope{textOf(*bus, "Source"), textOf(*bus, "DetailType"), {}};
  }
  delivery.dead_letter_attributes = {
      {"EXECUTION_ID", execution_id}, {"SCHEDULED_TIME", scheduled_time}, {"IS_PAYLOAD_TRUNCATED", "false"}};
  if (input.size() > limits::kInputBytes) {
    delivery.input = textOf(schedule.target, "Input");
    return context.deliveries.giveUpUnattempted(
        transaction, delivery,
        {"INVALID_PARAMETER", "The Input is larger than 256 KB with its context attributes replaced."});
  }
  context.deliveries.deliver(transaction, delivery);
}

}  // namespace ddblog::scheduler
