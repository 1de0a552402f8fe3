#include "deploy/aws/local_files.h"

namespace ddblog::deploy {

const std::vector<FileProperty>& fileProperties() {
  static const std::vector<FileProperty> kProperties = {
      {"AWS::Serverless::Api", "DefinitionUri", "", ""},
      {"AWS::Serverless::HttpApi", "DefinitionUri", "", ""},
      {"AWS::Serverless::StateMachine", "DefinitionUri", "", ""},
      {"AWS::Serverless::GraphQLApi", "SchemaUri", "", ""},
      {"AWS::StepFunctions::StateMachine", "DefinitionS3Location", "Bucket", "Key"},
      {"AWS::ApiGateway::RestApi", "BodyS3Location", "Bucket", "Key"},
      {"AWS::ApiGatewayV2::Api", "BodyS3Location", "Bucket", "Key"},
      {"AWS::AppSync::GraphQLSchema", "DefinitionS3Location", "", ""},
      {"AWS::AppSync::Resolver", "CodeS3Location", "", ""},
      {"AWS::AppSync::Resolver", "RequestMappingTemplateS3Location", "", ""},
      {"AWS::AppSync::Resolver", "ResponseMappingTemplateS3Location", "", ""},
      {"AWS::AppSync::FunctionConfiguration", "CodeS3Location", "", ""},
      {"AWS::AppSync::FunctionConfiguration", "RequestMappingTemplateS3Location", "", ""},
      {"AWS::AppSync::FunctionConfiguration", "ResponseMappingTemplateS3Location", "", ""},
      {"AWS::Glue::Job", "Command.ScriptLocation", "", ""},
  };
  return kProperties;
}

}  // namespace ddblog::deploy
