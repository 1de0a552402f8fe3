// Why a change set failed. CloudFormation checks a template before it makes a change set of it (names
// that exist already, properties that no resource has), and says what it found as events of the change
// set; the change set itself only says that there was something.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
//
// Thread safety: a function without state.
#pragma once

#include <string>
#include <vector>

#include "aws/query_client.h"

namespace ddblog::deploy {

// One line for each: "LogTable (AWS::DynamoDB::Table): NAME_CONFLICT_VALIDATION: …, at /Resources/…".
// Without the permission to ask (cloudformation:DescribeEvents), a line that says so.
std::vector<std::string> validationFailures(const aws::QueryClient& api, const std::string& change_set_arn);

}  // namespace ddblog::deploy
