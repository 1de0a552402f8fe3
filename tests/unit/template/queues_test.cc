// Queues and their policies in templates: their names, URLs and ARNs, and the mappings that read them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/support/temporary_directory.h"
#include "unit/template/read_template.h"

namespace ddblog::templates {
namespace {

using testing::HasSubstr;

class QueuesOfTemplates : public testing::Test {
 protected:
  QueuesOfTemplates() {
    std::filesystem::create_directory(directory_ / "node");
    std::ofstream(directory_ / "node" / "index.js") << "";
  }

  App read(const std::string& resources) {
    std::ofstream(directory_ / "template.yaml") << "Resources:\n" << resources;
    return readTemplate(directory_ / "template.yaml", {}, {.endpoint = "http://127.0.0.1:4321"});
  }

  TemporaryDirectory temporary_;
  const std::filesystem::path directory_ = temporary_.path();
};

constexpr char kOrders[] = R"(
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}
      Tags: [{Key: team, Value: shop}]
  Failed: {Type: AWS::SQS::Queue, Properties: {QueueName: failed-orders}}
)";

TEST_F(QueuesOfTemplates, AreRequestsToCreateThem) {
  const App app = read(kOrders);
  ASSERT_EQ(app.queues.size(), 2u);
  EXPECT_EQ(json::serialize(app.queues[0]),
            R"({"QueueName":"Orders","Attributes":{"RedrivePolicy":"{\"deadLetterTargetArn\":)"
            R"(\"arn:aws:sqs:us-east-1:000000000000:failed-orders\",\"maxReceiveCount\":3}",)"
            R"("VisibilityTimeout":"60"},"tags":{"team":"shop"}})");
  EXPECT_EQ(json::serialize(app.queues[1]), R"({"QueueName":"failed-orders","Attributes":{}})");
}

TEST_F(QueuesOfTemplates, HaveAUrlANameAndAnArn) {
  const App app = read(std::string(kOrders) + R"(
  Sender:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      Handler: index.handler
      CodeUri: node
      Environment:
        Variables: {URL: !Ref Orders, SAME: !GetAtt Orders.QueueUrl, NAME: !GetAtt Failed.QueueName, ARN: !GetAtt Failed.Arn}
)");
  ASSERT_EQ(app.functions.size(), 1u);
  const auto& variables = app.functions[0].environment;
  EXPECT_EQ(variables.at("URL"), "http://127.0.0.1:4321/000000000000/Orders");
  EXPECT_EQ(variables.at("SAME"), variables.at("URL"));
  EXPECT_EQ(variables.at("NAME"), "failed-orders");
  EXPECT_EQ(variables.at("ARN"), "arn:aws:sqs:us-east-1:000000000000:failed-orders");
}

TEST_F(QueuesOfTemplates, OfTypeFifoAreNamedSo) {
  const App app = read(R"(
  Orders: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, ContentBasedDeduplication: true}}
  Others: {Type: AWS::SQS::Queue, Properties: {FifoQueue: false}}
)");
  EXPECT_EQ(json::serialize(app.queues[0]),
            R"({"QueueName":"Orders.fifo","Attributes":{"ContentBasedDeduplication":"true","FifoQueue":"true"}})");
  EXPECT_EQ(json::serialize(app.queues[1]), R"({"QueueName":"Others","Attributes":{}})");
}

TEST_F(QueuesOfTemplates, HavePolicies) {
  const App app = read(std::string(kOrders) + R"(
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Orders]
      PolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: "sqs:SendMessage", Resource: "*"}]}
)");
  ASSERT_EQ(app.queue_policies.size(), 1u);
  EXPECT_EQ(app.queue_policies[0].at("QueueUrl").as_string(), "Orders");
  EXPECT_THAT(std::string(app.queue_policies[0].at("Attributes").at("Policy").as_string()),
              HasSubstr(R"("Service":"events.amazonaws.com")"));
  EXPECT_THROW(read("  P: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: []}}\n"), TemplateError);
}

TEST_F(QueuesOfTemplates, AreEventSourcesOfFunctions) {
  const App app = read(std::string(kOrders) + R"(
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs20.x
      Handler: index.handler
      CodeUri: node
      Events:
        Orders: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn, BatchSize: 5}}
)");
  ASSERT_EQ(app.event_source_mappings.size(), 1u);
  EXPECT_EQ(json::serialize(app.event_source_mappings[0]),
            R"({"BatchSize":5,"EventSourceArn":"arn:aws:sqs:us-east-1:000000000000:Orders","FunctionName":"Handler"})");
}

}  // namespace
}  // namespace ddblog::templates
