// The operations by which a template's functions and mappings are provisioned.
#include "base/api_error.h"
#include "rpc/call.h"
#include "services/lambda/mappings/stored_mappings.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

class Provisioning : public testing::Test {
 protected:
  void call(const char* operation, const json::object& body) {
    rpc::Request request;
    request.body = json::serialize(body);
    const rpc::Handler* handler = cloud_.apis->findInternal("Lambda")->find(operation);
    rpc::callAndWait(*handler, std::move(request)).response();
  }
  std::string refusal(const char* operation, const json::object& body) {
    try {
      call(operation, body);
    } catch (const ApiError& error) {
      return error.type() + ": " + error.message();
    }
    return "";
  }
  FunctionPointer find(const char* name) { return cloud_.service->functions().find(name); }
  std::vector<json::object> mappings() { return storedMappings(*cloud_.store->snapshot()); }

  FunctionCloud cloud_;
};

TEST_F(Provisioning, PutsAFunctionWithAllItsSettings) {
  call("PutFunction", {{"FunctionName", "users"},
                       {"Runtime", "nodejs20.x"},
                       {"Handler", "index.handler"},
                       {"Description", "d"},
                       {"CodeDirectory", "/code"},
                       {"Timeout", 7},
                       {"MemorySize", 256},
                       {"ReservedConcurrentExecutions", 2},
                       {"Environment", {{"Variables", {{"A", "1"}}}}},
                       {"EventInvokeConfig",
                        {{"MaximumRetryAttempts", 1},
                         {"MaximumEventAgeInSeconds", 60},
                         {"DestinationConfig",
                          {{"OnSuccess", json::object()},
                           {"OnFailure", {{"Destination", "arn:aws:lambda:us-east-1:000000000000:function:later"}}}}}}},
                       {"DeadLetterConfig", {{"TargetArn", "arn:aws:sqs:us-east-1:000000000000:dead"}}}});
  const FunctionPointer function = find("users");
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->runtime, "nodejs20.x");
  EXPECT_EQ(function->handler, "index.handler");
  EXPECT_EQ(function->description, "d");
  EXPECT_EQ(function->code_directory, "/code");
  EXPECT_EQ(function->timeout, std::chrono::seconds(7));
  EXPECT_EQ(function->memory_size, 256);
  EXPECT_EQ(function->reserved_concurrency, 2);
  EXPECT_EQ(function->environment.at("A"), "1");
  EXPECT_EQ(function->asynchronous.maximum_retry_attempts, 1);
  EXPECT_EQ(function->asynchronous.maximum_event_age, std::chrono::seconds(60));
  EXPECT_EQ(function->asynchronous.on_success, "");
  EXPECT_EQ(function->asynchronous.on_failure, "arn:aws:lambda:us-east-1:000000000000:function:later");
  EXPECT_EQ(function->dead_letter_arn, "arn:aws:sqs:us-east-1:000000000000:dead");
  call("DeleteFunction", {{"FunctionName", "users"}});
  call("DeleteFunction", {{"FunctionName", "users"}});
  EXPECT_EQ(find("users"), nullptr);
}

TEST_F(Provisioning, PutsAFunctionWithLocalLayersAndAliases) {
  json::object function{{"FunctionName", "users"},
                        {"Runtime", "nodejs20.x"},
                        {"CodeDirectory", "/code"},
                        {"LayerDirectories", {"/layers/a", "/layers/b"}},
                        {"Aliases", {"live"}}};
  call("PutFunction", function);
  const std::vector<std::filesystem::path> layers = {"/layers/a", "/layers/b"};
  EXPECT_EQ(find("users")->layer_directories, layers);
  ASSERT_NE(find("users:live"), nullptr);
  EXPECT_EQ(find("users:live")->qualifiedArn(), "arn:aws:lambda:us-east-1:000000000000:function:users:live");
  // The alias follows the function.
  function["Description"] = "new";
  call("PutFunction", function);
  EXPECT_EQ(find("users:live")->description, "new");
}

TEST_F(Provisioning, PutsAFunctionWhoseCodeIsAnArchive) {
  const json::object function{
      {"FunctionName", "users"}, {"Runtime", "nodejs20.x"}, {"Code", {{"ZipFile", "bm8gemlw"}}}};
  EXPECT_EQ(refusal("PutFunction", function),
            "InvalidParameterValueException: Could not unzip uploaded file. Please check your file, then try to upload "
            "again.");
}

TEST_F(Provisioning, RejectsAFunctionThatCannotRun) {
  const auto refused = [&](const char* member, json::value value) {
    json::object function{{"FunctionName", "users"}, {"Runtime", "nodejs20.x"}};
    function[member] = std::move(value);
    return refusal("PutFunction", function);
  };
  EXPECT_EQ(refused("Timeout", 901), "InvalidParameterValueException: Timeout must be from 1 to 900 seconds");
  EXPECT_EQ(refused("BuiltIn", "unknown"), "InvalidParameterValueException: there is no built-in function unknown");
  EXPECT_EQ(refused("DeadLetterConfig", {{"TargetArn", "arn:aws:sns:us-east-1:000000000000:topic"}}),
            "InvalidParameterValueException: there is no destination arn:aws:sns:us-east-1:000000000000:topic offline");
  EXPECT_NE(refused("FunctionName", nullptr), "");
  EXPECT_EQ(find("users"), nullptr);
}

TEST_F(Provisioning, PutsAMappingOnceForAFunctionAndASource) {
  json::object mapping = cloud_.mapping("logs", "arn:aws:lambda:us-east-1:000000000000:function:users");
  EXPECT_EQ(refusal("PutEventSourceMapping", mapping), "InvalidParameterValueException: Function does not exist");
  cloud_.addFunction(cloud_.python("users", ""));
  call("PutEventSourceMapping", mapping);
  mapping["BatchSize"] = 7;
  mapping["FunctionName"] = "users";
  call("PutEventSourceMapping", mapping);
  ASSERT_EQ(mappings().size(), 1u);
  EXPECT_EQ(mappings()[0].at("BatchSize"), 7);
  call("DeleteEventSourceMapping", {{"FunctionName", "users"}, {"EventSourceArn", mapping["EventSourceArn"]}});
  EXPECT_TRUE(mappings().empty());
}

TEST_F(Provisioning, AMappingWhoseFunctionIsGoneDoesNotKeepTheOthersFromRunning) {
  cloud_.addFunction(cloud_.python("gone", ""));
  cloud_.addFunction(cloud_.python("users", "def handler(event, context): print('batch')\n"));
  cloud_.addMapping(cloud_.mapping("logs", "gone"));
  cloud_.addMapping(cloud_.mapping("logs", "users"));
  call("DeleteFunction", {{"FunctionName", "gone"}});
  cloud_.createTable("logs");
  cloud_.put("logs", "a");
  cloud_.service->start();
  EXPECT_TRUE(cloud_.log.has("users: batch"));
  EXPECT_TRUE(cloud_.log.has("there is no function gone"));
}

}  // namespace
}  // namespace ddblog::lambda
