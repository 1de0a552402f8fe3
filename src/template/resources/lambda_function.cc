// AWS::Lambda::Function: a function whose code is a directory.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html
#include "template/function_properties.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readLambdaFunction(Reading& reading, const Resource& resource) {
  reading.app.functions.push_back(readFunction(reading, resource));
}

}  // namespace

extern const ResourceType kLambdaFunction;
const ResourceType kLambdaFunction{"AWS::Lambda::Function", "FunctionName", "lambda", "function:", readLambdaFunction};

}  // namespace ddblog::templates
