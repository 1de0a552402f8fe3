// The policy of a replay's queue: EventBridge may send to it, for one rule.
//
//   {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
//     "Action": "sqs:SendMessage", "Resource": QUEUE, "Condition": {"ArnEquals": {"aws:SourceArn": RULE}}}]}
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
// Thread safety: pure functions.
#pragma once

#include <string>

namespace ddblog::replays {

std::string policyFor(const std::string& queue_arn, const std::string& rule_arn);

// Why EventBridge could not send to the queue for the rule, if `policy` is the queue's; empty: it can. Only policies
// like policyFor()'s are understood, with wildcards and with conditions on the account and on TLS. A statement that
// denies is a fault, unless it is for plain HTTP only.
std::string faultOf(const std::string& policy, const std::string& queue_arn, const std::string& rule_arn);

}  // namespace ddblog::replays
