// AWS::Lambda::EventInvokeConfig: the handling of asynchronous invocations of a function in the
// same template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventinvokeconfig.html
#include "template/function_properties.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readEventInvokeConfig(Reading& reading, const Resource& resource) {
  const std::string name = resource.properties.text("FunctionName").value_or("");
  const App::InvokeConfig config = readInvokeConfig(reading, resource.logical_id, resource.properties);
  // The function may be declared later in the template.
  reading.collected.when_complete.push_back([&findings = reading.findings, &absent = reading.collected.absent_functions,
                                             id = resource.logical_id, place = resource.place(), name,
                                             config](App& app) {
    for (App::Function& function : app.functions) {
      if (!namesFunction(name, function)) continue;
      function.invoke_config = config;
      return;
    }
    findings.withdrawRuns(place, id + " (AWS::Lambda::EventInvokeConfig)");
    if (absent.contains(functionNameIn(name))) return;
    findings.note(place, id + ": the function " + name + " is not in this template");
  });
}

}  // namespace

extern const ResourceType kEventInvokeConfig;
const ResourceType kEventInvokeConfig{"AWS::Lambda::EventInvokeConfig", readEventInvokeConfig};

}  // namespace ddblog::templates
