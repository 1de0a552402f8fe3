// AWS::Lambda::Function: a function whose code is a directory, a zip archive or text.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html
#include "template/function_properties.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readLambdaFunction(Reading& reading, const Resource& resource) { addFunction(reading, resource); }

}  // namespace

extern const ResourceType kLambdaFunction;
const ResourceType kLambdaFunction{"AWS::Lambda::Function", readLambdaFunction};

}  // namespace ddblog::templates
