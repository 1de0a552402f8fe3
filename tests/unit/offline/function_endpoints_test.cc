#include "offline/function_endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddblog::offline {
namespace {

using ::testing::ElementsAre;

templates::App appWith(const std::string& variable, const std::string& value) {
  templates::App app;
  app.functions.emplace_back().name = "users";
  app.functions.back().environment[variable] = value;
  app.places["function users"] = "template.yaml:7";
  return app;
}

std::vector<std::string> notesOn(const std::string& variable, const std::string& value) {
  return notesOnEndpoints(appWith(variable, value), {"http://127.0.0.1:8000", "http://127.0.0.1:4010"});
}

TEST(FunctionEndpoints, OfOtherProgramsAreNotes) {
  EXPECT_THAT(notesOn("AWS_ENDPOINT_URL", "http://localstack:4566"),
              ElementsAre("template.yaml:7: function users's AWS_ENDPOINT_URL is http://localstack:4566, which is not "
                          "this cloud (http://127.0.0.1:8000): leave the variable out"));
  for (const char* value : {"http://localhost:4566", "http://dynamodb:8000", "https://sqs.us-east-1.amazonaws.com"}) {
    EXPECT_EQ(notesOn("AWS_ENDPOINT_URL_SQS", value).size(), 1u) << value;
  }
}

TEST(FunctionEndpoints, OfThisCloudAreNot) {
  for (const char* value : {"http://localhost:8000", "http://127.0.0.1:4010/", "http://[::1]:8000", ""}) {
    EXPECT_THAT(notesOn("AWS_ENDPOINT_URL", value), ElementsAre()) << value;
  }
  EXPECT_THAT(notesOn("AWS_ENDPOINT_URL_S3", "http://minio:9000"), ElementsAre());
  EXPECT_THAT(notesOn("DYNAMODB_ENDPOINT", "http://dynamodb:8000"), ElementsAre());
}

}  // namespace
}  // namespace ddblog::offline
