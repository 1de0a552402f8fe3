// A version of a function as Lambda's API describes it (FunctionConfiguration). It is Active at once,
// and its updates are Successful: nothing happens in the background.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
#pragma once

#include <string>

#include "base/json_writer.h"
#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

// CodeSha256: the digest in base64; empty: there is no archive.
std::string shownSha256(const Code& code);

// `qualified`: whether its ARN is shown with a qualifier, also if that is $LATEST.
void writeConfiguration(JsonWriter& json, const Function& function, bool qualified = false);

}  // namespace ddblog::lambda
