// The properties that AWS::Lambda::Function and AWS::Serverless::Function share.
//
// Thread safety: none; used while reading a template.
#pragma once

#include <string_view>

#include "template/resource.h"

namespace ddblog::templates {

// Throws TemplateError: no Runtime, code that is not a directory, or a property of the wrong type.
App::Function readFunction(const Reading& reading, const Resource& resource);
App::InvokeConfig readInvokeConfig(const Properties& config);
// Whether a FunctionName in the template, a name or an ARN, means this function.
bool namesFunction(std::string_view name_or_arn, const App::Function& function);

}  // namespace ddblog::templates
