// PutRule: creates a rule or replaces one (which keeps its targets).
// Errors: constraints, neither pattern nor schedule, a schedule on another bus than the default one, an
// invalid schedule or pattern, a missing bus, too many rules.
#include <stdexcept>
#include <string>

#include "rpc/operation.h"
#include "schedules/schedule_expression.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/limits.h"

namespace ddblog::eventbridge {
namespace {

class PutRule {
 public:
  PutRule(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  Rule rule_;
};

bool isRecurring(std::string_view expression) {
  try {
    return !schedules::ScheduleExpression(expression).isOnce();
  } catch (const std::invalid_argument&) {
    return false;
  }
}

PutRule::PutRule(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  rule_.name = fields.string("Name", ruleNameRule()).value_or("");
  rule_.schedule = fields.string("ScheduleExpression", {.max = 256}).value_or("");
  rule_.pattern = fields.string("EventPattern", patternRule()).value_or("");
  rule_.state =
      fields.string("State", {.one_of = {"ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}})
          .value_or("ENABLED");
  rule_.description = fields.string("Description", descriptionRule()).value_or("");
  rule_.role_arn = fields.string("RoleArn", arnRule()).value_or("");
  rule_.tags = readTags(fields);
  rule_.bus = readBusName(fields, context);
  request.finish();
  if (rule_.pattern.empty() && rule_.schedule.empty()) {
    throw validationError("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (!rule_.schedule.empty() && rule_.bus != kDefaultBus) {
    throw validationError("ScheduleExpression is supported only on the default event bus.");
  }
  if (!rule_.schedule.empty() && !isRecurring(rule_.schedule)) {
    throw validationError("Parameter ScheduleExpression is not valid.");
  }
  if (!rule_.pattern.empty()) event_patterns::Pattern::compile(rule_.pattern);
  rule_.scheduled_since = context.clock.now();
}

std::string PutRule::run(Transaction& transaction) const {
  context_.catalog.bus(transaction, rule_.bus);
  Rule rule = rule_;
  if (const auto before = context_.catalog.findRule(transaction, rule.bus, rule.name)) {
    rule.tags = before->tags;  // only TagResource changes the tags of an existing rule
    // A schedule that stays goes on: a rate does not begin anew.
    const bool goes_on = before->schedule == rule.schedule && before->enabled() && rule.enabled();
    if (goes_on) rule.scheduled_since = before->scheduled_since;
  } else if (context_.catalog.countRules(transaction, rule.bus) >= limits::kRulesPerBus) {
    throw limitExceeded();
  }
  context_.catalog.putRule(transaction, rule);
  std::string out;
  JsonWriter(out).beginObject().key("RuleArn").value(context_.arns.rule(rule.bus, rule.name)).endObject();
  return out;
}

}  // namespace

void addPutRule(rpc::JsonApi& api, Context& context) { rpc::addWrite<PutRule>(api, "PutRule", context); }

}  // namespace ddblog::eventbridge
