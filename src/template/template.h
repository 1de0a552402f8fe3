// Reads a template (AWS SAM or CloudFormation, YAML or JSON) into an App.
//
// Supported: AWS::DynamoDB::Table, AWS::Serverless::SimpleTable, AWS::Events::EventBus,
// AWS::Events::Rule, AWS::Events::Archive, AWS::SQS::Queue, AWS::SQS::QueuePolicy,
// AWS::Serverless::Function (with events of type DynamoDB, SQS, EventBridgeRule, CloudWatchEvent and
// Schedule), AWS::Lambda::Function, AWS::Lambda::EventSourceMapping, AWS::Lambda::EventInvokeConfig;
// Globals, Parameters, Mappings and Conditions. Other resources become a note: we ignore them, so that
// one template serves here and in AWS.
//
// A serverless.yml is translated into such a template first (serverless/service.h).
//
// A function with `Metadata: {DynamodbLog: {BuiltIn: trigger}}` runs here as the built-in trigger.
// Sources:
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html,
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
//
// Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "template/app.h"
#include "template/intrinsics.h"

namespace ddblog::templates {

// Throws TemplateError with one line: the file does not exist or does not parse, a function's code
// does not exist, a reference has no target, a property has the wrong type.
App readTemplate(const std::filesystem::path& file, std::map<std::string, std::string> parameters,
                 const PseudoParameters& pseudo);

// How the file wants the cloud to be started. Only a serverless.yml says anything; `stage` and
// `region` are what the command line says. Throws TemplateError.
LaunchSettings readLaunchSettings(const std::filesystem::path& file,
                                  const std::map<std::string, std::string>& parameters,
                                  const std::optional<std::string>& stage, const std::optional<std::string>& region);

}  // namespace ddblog::templates
