// AWS::Lambda::Alias: a name for the function; offline for its only version, $LATEST.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-alias.html
#include "template/function_properties.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readAlias(Reading& reading, const Resource& resource) {
  const std::string function = functionNameIn(resource.properties.text("FunctionName").value_or(""));
  const std::string name = resource.properties.text("Name").value_or("");
  if (function.empty() || name.empty()) throw TemplateError("must have a FunctionName and a Name");
  reading.app.aliases.push_back({function, name});
}

}  // namespace

extern const ResourceType kLambdaAlias;
const ResourceType kLambdaAlias{"AWS::Lambda::Alias", readAlias};

}  // namespace ddblog::templates
