// Whether a queue's policy lets a service of AWS send to the queue.
//
// It evaluates Effect, Principal (Service, AWS, "*"), NotPrincipal, Action, NotAction, Resource,
// NotResource, and the condition operators on strings and ARNs, Bool and Null, with ForAnyValue,
// ForAllValues and IfExists. Of the condition keys a delivery has aws:SourceArn, aws:SourceAccount,
// aws:PrincipalServiceName, aws:PrincipalIsAWSService and aws:SecureTransport; all other keys are
// absent. A statement that denies wins.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::sqs {

// Who wants to do what.
struct PolicyRequest {
  std::string action;        // "sqs:SendMessage"
  std::string resource_arn;  // the queue's
  std::string service;       // "events.amazonaws.com"; empty: the account's own principals
  std::string source_arn;    // the rule's
  std::string account_id;    // of the account of all of them
};

enum class PolicyDecision { kAllowed, kDenied, kNotMentioned };

// `policy`: a text for which isPolicy() is true.
PolicyDecision decide(std::string_view policy, const PolicyRequest& request);

// Whether the text has the form of a queue's policy.
bool isPolicy(std::string_view text);

}  // namespace ddblog::sqs
