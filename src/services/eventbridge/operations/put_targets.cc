// PutTargets: adds targets to a rule, or replaces those with the same ids.
//
// Errors: constraints; more than one kind of input, or malformed input; an ARN that is malformed or
// that we cannot deliver to; a FIFO queue without a message group; a dead-letter queue that is no
// standard queue; a missing bus or rule; more than five targets on the rule.
#include <string>
#include <vector>

#include "base/json_fields.h"
#include "base/kept_json.h"
#include "rpc/finite_numbers.h"
#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/limits.h"

namespace ddblog::eventbridge {
namespace {

class PutTargets {
 public:
  PutTargets(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  static Target readTarget(rpc::ObjectReader& target);
  void rejectUnserved(const Target& target) const;

  Context& context_;
  std::string bus_;
  std::string rule_;
  std::vector<Target> targets_;
};

PutTargets::PutTargets(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  rule_ = fields.string("Rule", ruleNameRule()).value_or("");
  bus_ = readBusName(fields, context);
  auto targets = fields.objects("Targets", {.required = true, .min = 1, .max = 100});
  if (targets) {
    for (rpc::ObjectReader& target : *targets) targets_.push_back(readTarget(target));
  }
  request.finish();
  for (const Target& target : targets_) rejectUnserved(target);
}

// Checks the fields that we use; parameters for other kinds of targets are stored and returned.
Target PutTargets::readTarget(rpc::ObjectReader& target) {
  target.string("Id", targetIdRule());
  target.string("Arn", arnRule(true));
  target.string("RoleArn", arnRule());
  target.string("Input", {.max = 8192});
  target.string("InputPath", {.max = 256});
  if (auto transformer = target.object("InputTransformer")) {
    auto paths = transformer->stringMap("InputPathsMap", {.max = 100});
    transformer->string("InputTemplate", {.required = true, .min = 1, .max = 8192});
  }
  if (auto config = target.object("DeadLetterConfig")) config->string("Arn", arnRule());
  if (auto queue = target.object("SqsParameters")) queue->string("MessageGroupId", {.max = 100});
  Target stored = withoutNulls(target.json()).as_object();
  if (auto policy = target.object("RetryPolicy")) {
    const auto keep = [&](const char* name, const rpc::IntegerRule& rule) {
      // As an integer: a client may write 3.0 or 3.5.
      if (const auto number = policy->integer(name, rule)) stored["RetryPolicy"].as_object()[name] = *number;
    };
    keep("MaximumRetryAttempts", {.min = 0, .max = 185});
    keep("MaximumEventAgeInSeconds", {.min = 60, .max = 86400});
  }
  // A number like 1e999 or 0e400 is written as what cannot be read again: the bus could not be used any more.
  if (!rpc::isFinite(stored)) throw serializationError("a number is out of range");
  return stored;
}

void PutTargets::rejectUnserved(const Target& target) const {
  const TargetInput input(target);  // rejects
  const std::string arn(std::string_view(target.at("Arn").as_string()));
  if (!arn.starts_with("arn:")) {
    throw validationError("Parameter " + arn + " is not valid. Reason: Provided Arn is not in correct format.");
  }
  if (!context_.recipients.find(arn)) {
    throw validationError("Parameter " + arn +
                          " is not valid. Reason: Targets of this kind are not served by this "
                          "version.");
  }
  const bool is_fifo_queue = arn.starts_with("arn:aws:sqs:") && arn.ends_with(".fifo");
  if (is_fifo_queue && !target.contains("SqsParameters")) {
    throw validationError("Parameter(s) SqsParameters must be specified for target: " + textOf(target, "Id") + ".");
  }
  const json::object* dead_letters = objectOf(target, "DeadLetterConfig");
  const std::string queue = dead_letters ? textOf(*dead_letters, "Arn") : std::string();
  if (!queue.empty() && (!queue.starts_with("arn:aws:sqs:") || queue.ends_with(".fifo"))) {
    throw validationError("Parameter " + queue +
                          " is not valid. Reason: A dead-letter queue must be a standard Amazon SQS queue.");
  }
}

std::string PutTargets::run(Transaction& transaction) const {
  context_.catalog.rule(transaction, bus_, rule_);
  for (const Target& target : targets_) context_.catalog.putTarget(transaction, bus_, rule_, target);
  if (context_.catalog.countTargets(transaction, bus_, rule_) > limits::kTargetsPerRule) throw limitExceeded();
  return R"({"FailedEntryCount":0,"FailedEntries":[]})";
}

}  // namespace

void addPutTargets(rpc::JsonApi& api, Context& context) { rpc::addWrite<PutTargets>(api, "PutTargets", context); }

}  // namespace ddblog::eventbridge
