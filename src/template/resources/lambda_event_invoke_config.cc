// AWS::Lambda::EventInvokeConfig: the handling of asynchronous invocations of a function in the
// same template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventinvokeconfig.html
#include "template/function_properties.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readEventInvokeConfig(Reading& reading, const Resource& resource) {
  const std::string name = resource.properties.text("FunctionName").value_or("");
  const App::InvokeConfig config = readInvokeConfig(resource.properties);
  // The function may be declared later in the template.
  reading.when_complete.push_back([name, config](App& app) {
    bool found = false;
    for (App::Function& function : app.functions) {
      if (!namesFunction(name, function)) continue;
      function.invoke_config = config;
      found = true;
    }
    if (!found) throw TemplateError("an EventInvokeConfig names the function " + name + ", which does not exist");
  });
}

}  // namespace

extern const ResourceType kEventInvokeConfig;
const ResourceType kEventInvokeConfig{"AWS::Lambda::EventInvokeConfig", "", "", "", readEventInvokeConfig};

}  // namespace ddblog::templates
