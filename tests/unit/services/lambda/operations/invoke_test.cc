// Lambda's API as requests and answers.
#include "base/api_error.h"
#include "base/base64.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

class LambdaApi : public testing::Test {
 protected:
  LambdaApi() {
    Function function = cloud_.python("users",
                                      "def handler(event, context):\n    print('hello')\n"
                                      "    if event == 'fail': raise ValueError('no')\n    return event\n");
    function.environment = {{"TABLE", "core"}};
    cloud_.addFunction(function);
  }
  rpc::Outcome invoke(const std::string& name, const std::string& body,
                      std::map<std::string, std::string> headers = {}) {
    return cloud_.call("POST", "/2015-03-31/functions/" + name + "/invocations", body, std::move(headers));
  }
  std::string header(const rpc::Outcome& outcome, const std::string& name) {
    for (const auto& [found, value] : outcome.response().headers) {
      if (found == name) return value;
    }
    return "";
  }
  std::string refusal(const rpc::Outcome& outcome) {
    try {
      outcome.response();
    } catch (const ApiError& error) {
      return std::to_string(error.status()) + " " + error.type() + ": " + error.message();
    }
    return "";
  }
  FunctionCloud cloud_;
};

TEST_F(LambdaApi, InvokeAnswersWithTheFunctionsAnswer) {
  const rpc::Outcome outcome = invoke("users", R"("text")");
  EXPECT_EQ(outcome.response().status, 200);
  EXPECT_EQ(outcome.response().body, R"("text")");
  EXPECT_EQ(header(outcome, "X-Amz-Executed-Version"), "$LATEST");
  EXPECT_EQ(header(outcome, "X-Amz-Function-Error"), "");
  EXPECT_EQ(invoke("users", "").response().body, "{}");
  EXPECT_EQ(invoke("arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Ausers", "1").response().body, "1");
}

TEST_F(LambdaApi, InvokeChecksItsRequestInTransactionsToo) {
  const auto call = [this](const std::string& request) {
    std::string error;
    cloud_.store->writeAndWait([&](Transaction& transaction) {
      try {
        cloud_.operations.find("lambda")->call(transaction, "Invoke", request);
      } catch (const ApiError& refused) {
        error = refused.type();
      }
    });
    return error;
  };
  EXPECT_EQ(call(R"({"FunctionName":"users"})"), "");
  EXPECT_EQ(call(R"({"FunctionName":"users","Payload":""})"), "");
  EXPECT_EQ(call(R"({"FunctionName":"users","Payload":"{"})"), "InvalidRequestContentException");
  EXPECT_EQ(call(R"({"FunctionName":"users","ClientContext":"no base64"})"), "InvalidRequestContentException");
  EXPECT_EQ(call(R"({"FunctionName":"nobody"})"), "ResourceNotFoundException");
}

TEST_F(LambdaApi, InvokeFindsNoFunctionThatIsDeletedWhileItWaits) {
  cloud_.addFunction(cloud_.python(
      "hangs", "import time\ndef handler(event, context):\n    print('hanging', event)\n    time.sleep(1000)\n"));
  auto first = cloud_.begin("hangs", "1");
  auto second = cloud_.begin("hangs", "2");
  ASSERT_TRUE(cloud_.log.has("hangs: hanging 1"));
  ASSERT_TRUE(cloud_.log.has("hangs: hanging 2"));
  bool known = false;
  const auto match = cloud_.rest->find("POST", "/2015-03-31/functions/hangs/invocations", known);
  rpc::Request request;
  request.method = "POST";
  request.parameters = match.parameters;
  request.body = "{}";
  auto waiting = rpc::startCall(match.route->handler, request);
  EXPECT_EQ(waiting.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  cloud_.call("DELETE", "/2015-03-31/functions/hangs").response();
  EXPECT_EQ(refusal(waiting.get()).substr(0, 29), "404 ResourceNotFoundException");
  cloud_.process_clock.move(std::chrono::seconds(3));
  cloud_.end(std::move(first));
  cloud_.end(std::move(second));
}

TEST_F(LambdaApi, AnErrorOfTheFunctionIsAnAnswerToo) {
  const rpc::Outcome outcome = invoke("users", R"("fail")");
  EXPECT_EQ(outcome.response().status, 200);
  EXPECT_EQ(header(outcome, "X-Amz-Function-Error"), "Unhandled");
  EXPECT_EQ(text(parseJson(outcome.response().body), "errorType"), "ValueError");
}

TEST_F(LambdaApi, TheLogComesWithTheAnswerIfAsked) {
  const std::string log = header(invoke("users", "1", {{"x-amz-log-type", "Tail"}}), "X-Amz-Log-Result");
  EXPECT_NE(fromBase64(log)->find("hello\nEND RequestId: "), std::string::npos);
  EXPECT_EQ(header(invoke("users", "1"), "X-Amz-Log-Result"), "");
}

TEST_F(LambdaApi, EventsAreQueuedAndDryRunsOnlyChecked) {
  cloud_.service->start();
  const rpc::Outcome event = invoke("users", R"("event")", {{"x-amz-invocation-type", "Event"}});
  EXPECT_EQ(event.response().status, 202);
  EXPECT_EQ(event.response().body, "");
  EXPECT_TRUE(cloud_.log.has("users: hello"));
  EXPECT_EQ(invoke("users", "1", {{"x-amz-invocation-type", "DryRun"}}).response().status, 204);
}

TEST_F(LambdaApi, RefusesAsLambdaDoes) {
  EXPECT_EQ(refusal(invoke("nobody", "{}")),
            "404 ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody");
  EXPECT_TRUE(refusal(invoke("users", "{not json"))
                  .starts_with("400 InvalidRequestContentException: Could not parse request body into json: "));
  EXPECT_TRUE(refusal(invoke("users", std::string((6u << 20) + 1, ' '))).starts_with("413 RequestTooLargeException: "));
  EXPECT_TRUE(refusal(invoke("users", std::string((1u << 20) + 1, ' '), {{"x-amz-invocation-type", "Event"}}))
                  .starts_with("413 RequestTooLargeException: "));
  EXPECT_TRUE(
      refusal(invoke("users", "{}", {{"x-amz-invocation-type", "Now"}})).starts_with("400 ValidationException: "));
  EXPECT_TRUE(refusal(invoke("users", "{}", {{"x-amz-log-type", "All"}})).starts_with("400 ValidationException: "));
  EXPECT_TRUE(refusal(invoke("users", "{}", {{"x-amz-client-context", "%"}}))
                  .starts_with("400 InvalidRequestContentException: "));
}

TEST_F(LambdaApi, ReservedConcurrencyThatIsUsedUpThrottles) {
  Function never = cloud_.python("never", "");
  never.reserved_concurrency = 0;
  cloud_.addFunction(never);
  EXPECT_EQ(refusal(invoke("never", "{}")), "429 TooManyRequestsException: Rate Exceeded.");
}

TEST_F(LambdaApi, DescribesFunctions) {
  const json::value list = parseJson(cloud_.call("GET", "/2015-03-31/functions").response().body);
  ASSERT_EQ(list.at("Functions").as_array().size(), 1u);
  EXPECT_EQ(text(list.at("Functions").as_array()[0], "FunctionName"), "users");
  const json::value configuration =
      parseJson(cloud_.call("GET", "/2015-03-31/functions/users/configuration").response().body);
  EXPECT_EQ(text(configuration, "FunctionArn"), "arn:aws:lambda:us-east-1:000000000000:function:users");
  EXPECT_EQ(text(configuration, "Runtime"), "python3.11");
  EXPECT_EQ(text(configuration, "Timeout"), "3");
  EXPECT_EQ(text(configuration.at("Environment").at("Variables"), "TABLE"), "core");
  const json::value function = parseJson(cloud_.call("GET", "/2015-03-31/functions/users").response().body);
  EXPECT_EQ(text(function.at("Configuration"), "FunctionName"), "users");
  EXPECT_TRUE(refusal(cloud_.call("GET", "/2019-09-25/functions/users/event-invoke-config"))
                  .starts_with("404 ResourceNotFoundException"));
  EXPECT_EQ(cloud_.call("GET", "/2019-09-30/functions/users/concurrency").response().body, "{}");
  EXPECT_TRUE(refusal(cloud_.call("GET", "/2015-03-31/functions/nobody")).starts_with("404 ResourceNotFoundException"));
}

TEST_F(LambdaApi, DescribesMappings) {
  cloud_.addMapping(cloud_.mapping("logs", "users"));
  cloud_.service->start();
  const json::value list = parseJson(cloud_.call("GET", "/2015-03-31/event-source-mappings").response().body);
  ASSERT_EQ(list.at("EventSourceMappings").as_array().size(), 1u);
  const std::string uuid = text(list.at("EventSourceMappings").as_array()[0], "UUID");
  const json::value mapping =
      parseJson(cloud_.call("GET", "/2015-03-31/event-source-mappings/" + uuid).response().body);
  EXPECT_EQ(text(mapping, "BatchSize"), "100");
  EXPECT_EQ(text(mapping, "State"), "Enabled");
  EXPECT_TRUE(refusal(cloud_.call("GET", "/2015-03-31/event-source-mappings/none"))
                  .starts_with("404 ResourceNotFoundException"));
}

}  // namespace
}  // namespace ddblog::lambda
