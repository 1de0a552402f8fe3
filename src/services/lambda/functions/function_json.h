// A function as Lambda's API describes it (FunctionConfiguration).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
#pragma once

#include "base/json_writer.h"
#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

void writeConfiguration(JsonWriter& json, const Function& function);

}  // namespace ddblog::lambda
