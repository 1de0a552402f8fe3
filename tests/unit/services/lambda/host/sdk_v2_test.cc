// Clients of the SDK for JavaScript v2 without an endpoint. The SDK here is a small one, with the parts that count: its
// modules load each other in a circle, and a client merges its settings, and is asked to validate them, before it makes
// up AWS's endpoint. tests/e2e/serverless_test.py uses the real one.
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

constexpr const char* kCore = R"(
const AWS = (module.exports = { config: {} });
require('./service');
AWS.Service.prototype.start = function (given) {
  this.config = { ...AWS.config, ...AWS.config[this.serviceIdentifier], ...given };
  this.validateService();
  this.config.endpoint ??= `https://${this.serviceIdentifier}.amazonaws.com`;
};
)";
constexpr const char* kService = R"(
require('./core').Service = class {
  constructor(name, given) { this.serviceIdentifier = name; this.start(given); }
  validateService() {}
};
)";

class SdkV2 : public testing::Test {
 protected:
  SdkV2() {
    cloud_.write("users/node_modules/aws-sdk/package.json", R"({"name": "aws-sdk", "main": "lib/aws.js"})");
    cloud_.write("users/node_modules/aws-sdk/lib/aws.js", "module.exports = require('./core');");
    cloud_.write("users/node_modules/aws-sdk/lib/core.js", kCore);
    cloud_.write("users/node_modules/aws-sdk/lib/service.js", kService);
  }
  FunctionCloud cloud_;
};

constexpr const char* kHandler = R"(
exports.handler = async ({ service, given, general }) => {
  if (general) AWS.config[service] = general;
  return new AWS.Service(service, given).config.endpoint;
};
)";

TEST_F(SdkV2, CallsThisCloudUnlessTheCodeSaysOtherwise) {
  cloud_.addFunction(
      cloud_.function("users", "nodejs20.x", "index.js", std::string("const AWS = require('aws-sdk');") + kHandler));
  const auto endpoint = [&](const char* event) { return cloud_.invoke("users", event).payload; };
  for (const char* service : {"dynamodb", "dynamodbstreams", "eventbridge", "lambda", "sqs", "scheduler"}) {
    EXPECT_EQ(endpoint((R"({"service":")" + std::string(service) + R"("})").c_str()), R"("http://127.0.0.1:8000")");
  }
  EXPECT_EQ(endpoint(R"({"service":"s3"})"), R"("https://s3.amazonaws.com")");
  EXPECT_EQ(endpoint(R"({"service":"sqs","given":{"endpoint":"http://a:1"}})"), R"("http://a:1")");
  EXPECT_EQ(endpoint(R"({"service":"sqs","general":{"endpoint":"http://b:2"}})"), R"("http://b:2")");
  EXPECT_EQ(cloud_.log.countNow("circular"), 0) << cloud_.log.all();
}

TEST_F(SdkV2, CallsThisCloudFromEsModulesToo) {
  cloud_.addFunction(cloud_.node("users",
                                 "import AWS from 'aws-sdk';\n"
                                 "export const handler = async () => new AWS.Service('dynamodb').config.endpoint;"));
  EXPECT_EQ(cloud_.invoke("users").payload, R"("http://127.0.0.1:8000")");
}

}  // namespace
}  // namespace ddblog::lambda
