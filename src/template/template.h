// Reads a template (AWS SAM or CloudFormation, YAML or JSON) into an App.
//
// Resources that are read: AWS::DynamoDB::Table, AWS::Serverless::SimpleTable,
// AWS::Events::EventBus, AWS::Events::Rule, AWS::Serverless::Function (its events of type DynamoDB,
// EventBridgeRule and CloudWatchEvent), AWS::Lambda::Function, AWS::Lambda::EventSourceMapping,
// AWS::Lambda::EventInvokeConfig; Globals, Parameters, Mappings and Conditions. Others become a
// note: they have no meaning offline, but the template is deployed whole.
//
// A function with `Metadata: {DynamodbLog: {BuiltIn: trigger}}` is run as the built-in trigger
// offline. Sources:
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html,
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
//
// Thread safety: free functions without state.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "template/app.h"
#include "template/intrinsics.h"

namespace ddblog::templates {

// Throws TemplateError with one line: the file does not exist or parse, a function's code is not
// there, a resource refers to one that does not exist, a property has the wrong type.
App readTemplate(const std::filesystem::path& file, std::map<std::string, std::string> parameters,
                 const PseudoParameters& pseudo);

}  // namespace ddblog::templates
