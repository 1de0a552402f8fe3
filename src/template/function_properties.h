// The properties that AWS::Lambda::Function and AWS::Serverless::Function share.
//
// Thread safety: none; used while reading a template.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "template/resource.h"

namespace ddblog::templates {

// Adds the function to the application. False: it does not run here, and a note says why. Throws
// TemplateError: no Runtime, or a property of the wrong type.
bool addFunction(Reading& reading, const Resource& resource);
// `owner`: the logical id of the function or the resource whose configuration it is.
App::InvokeConfig readInvokeConfig(Reading& reading, const std::string& owner, const Properties& config);

// Whether messages to this ARN can be delivered here: to a function, a queue, a bus or a log group of
// this region and account.
bool canDeliverTo(const PseudoParameters& pseudo, std::string_view arn);
// The ARN in an OnFailure, an OnSuccess or a DeadLetterConfig: `arn`, or, if it is empty and `type`
// is SQS, that of a queue `queue_id`, which is made (SAM makes it). Empty: none, or one that cannot
// be delivered to, which is a note at `place`.
std::string deliveryArn(Reading& reading, const std::string& arn, const std::string& type, const std::string& queue_id,
                        Place place);

// Whether a FunctionName in the template, a name or an ARN, means this function.
bool namesFunction(std::string_view name_or_arn, const App::Function& function);
// The name in a function's ARN, without a qualifier; a name is returned unchanged. Empty: the ARN of
// something else.
std::string functionNameIn(std::string_view name_or_arn);

}  // namespace ddblog::templates
