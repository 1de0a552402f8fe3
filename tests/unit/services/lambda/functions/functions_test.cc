#include "services/lambda/functions/functions.h"

#include <gtest/gtest.h>

#include "base/api_error.h"

namespace ddblog::lambda {
namespace {

Function named(const std::string& name) {
  Function function;
  function.name = name;
  return function;
}

class FunctionNames : public testing::Test {
 protected:
  FunctionNames() { functions_.set(named("users")); }
  Functions functions_{"us-east-1", "000000000000"};
};

TEST_F(FunctionNames, AllWaysToNameAFunctionLeadToIt) {
  for (const char* name : {"users", "users:$LATEST", "function:users", "000000000000:function:users",
                           "arn:aws:lambda:us-east-1:000000000000:function:users",
                           "arn:aws:lambda:us-east-1:000000000000:function:users:$LATEST"}) {
    EXPECT_NE(functions_.find(name), nullptr) << name;
  }
  EXPECT_EQ(functions_.get("users")->arn, "arn:aws:lambda:us-east-1:000000000000:function:users");
}

TEST_F(FunctionNames, OthersAreNotFound) {
  for (const char* name : {"", "user", "users:1", "111111111111:function:users", "function:", "users:$LATEST:x",
                           "arn:aws:lambda:eu-west-1:000000000000:function:users"}) {
    EXPECT_EQ(functions_.find(name), nullptr) << name;
  }
}

TEST_F(FunctionNames, TheRefusalShowsTheArn) {
  const auto message = [&](const char* name, const char* qualifier) {
    try {
      functions_.get(name, qualifier);
    } catch (const ApiError& error) {
      EXPECT_EQ(error.type(), "ResourceNotFoundException");
      EXPECT_EQ(error.status(), 404);
      return error.message();
    }
    return std::string("found");
  };
  const std::string prefix = "Function not found: arn:aws:lambda:us-east-1:000000000000:function:";
  EXPECT_EQ(message("nobody", ""), prefix + "nobody");
  EXPECT_EQ(message("users:7", ""), prefix + "users:7");
  EXPECT_EQ(message("users", "live"), prefix + "users:live");
  EXPECT_EQ(message("arn:aws:lambda:eu-west-1:000000000000:function:users", ""),
            "Function not found: arn:aws:lambda:eu-west-1:000000000000:function:users");
  EXPECT_EQ(message("users", "$LATEST"), "found");
}

TEST_F(FunctionNames, WhatIsNoNameIsRefusedAsSuch) {
  const auto message = [&](const std::string& name, const std::string& qualifier = {}) -> std::string {
    try {
      functions_.get(name, qualifier);
    } catch (const ApiError& error) {
      return error.type() == "ValidationException" ? error.message() : "";
    }
    return "";
  };
  for (const std::string name :
       {"", "no name", "users/other", "users:", "a:b:c", "function:", "function:users:1:2", "arn:aws:s3:::bucket",
        "arn:aws:lambda:us-east-1:0:function:users", "arn:aws:lambda:us-east-1:000000000000:function:users:1:2",
        "arn:aws:lambda:us-east-1:000000000000:function:us ers", "arn:x:lambda:us-east-1:000000000000:function:users",
        "users:$OLDEST", "a:a:a:a:a:a:a:a:a:a:a:a"}) {
    EXPECT_TRUE(message(name).starts_with("1 validation error detected: Value '" + name +
                                          "' at 'functionName' failed to satisfy constraint: Member must satisfy "
                                          "regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?"))
        << name << ": " << message(name);
  }
  for (const std::string name :
       {"nobody", "no.body", "nobody:live", "nobody:$LATEST.PUBLISHED", "us-east-1:$LATEST",
        "us-east-1:function:nobody", "us-gov-west-1:000000000000:nobody", "us-isob-east-1:nobody", "function:function",
        "000000000000:live", "arn:aws-cn:lambda:cn-north-1:000000000000:function:nobody:live", "arn::lambda:nobody"}) {
    EXPECT_EQ(message(name), "") << name;
  }
  EXPECT_TRUE(
      message("users", "a b").starts_with("1 validation error detected: Value 'a b' at 'qualifier' failed to "));
  const std::string both = message(std::string(257, 'a').append("!"), "!");
  EXPECT_TRUE(both.starts_with("3 validation errors detected: Value 'aaa")) << both;
  EXPECT_NE(both.find("Member must have length less than or equal to 256; Value 'aaa"), std::string::npos) << both;
}

TEST_F(FunctionNames, WhatIsOutOfLimitsIsRefused) {
  const auto refused = [&](auto change) {
    Function function = named("other");
    change(function);
    EXPECT_THROW(functions_.set(function), std::invalid_argument);
  };
  refused([](Function& f) { f.name = ""; });
  refused([](Function& f) { f.name = "a b"; });
  refused([](Function& f) { f.name = std::string(65, 'a'); });
  refused([](Function& f) { f.timeout = Duration(0); });
  refused([](Function& f) { f.timeout = std::chrono::seconds(901); });
  refused([](Function& f) { f.reserved_concurrency = -1; });
  refused([](Function& f) { f.asynchronous.maximum_retry_attempts = 3; });
  refused([](Function& f) { f.asynchronous.maximum_retry_attempts = -1; });
  refused([](Function& f) { f.asynchronous.maximum_event_age = std::chrono::seconds(59); });
  refused([](Function& f) { f.asynchronous.maximum_event_age = std::chrono::seconds(21'601); });
}

TEST_F(FunctionNames, SettingAFunctionAgainReplacesIt) {
  Function changed = named("users");
  changed.memory_size = 512;
  functions_.set(changed);
  EXPECT_EQ(functions_.get("users")->memory_size, 512);
  EXPECT_EQ(functions_.all().size(), 1u);
}

}  // namespace
}  // namespace ddblog::lambda
