#include "services/lambda/functions/functions.h"

#include <gtest/gtest.h>

#include "base/api_error.h"
#include "services/lambda/functions/aliases.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/functions/stored_code.h"

namespace ddblog::lambda {
namespace {

Function named(const std::string& name) {
  Function function;
  function.name = name;
  return function;
}

std::unique_ptr<Store> openInMemory() {
  StoreOptions options;
  options.in_memory = true;
  return Store::open(options);
}

class FunctionNames : public testing::Test {
 protected:
  FunctionNames() { put(named("users")); }
  void put(const Function& function) {
    store_->writeAndWait([&](Transaction& transaction) { functions_.put(transaction, function); });
  }

  std::unique_ptr<Store> store_ = openInMemory();
  Functions functions_{*store_, "us-east-1", "000000000000", {{"trigger", {"/bin/trigger"}}}};
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
    rpc::Request request;
    request.method = "GET";
    request.parameters = {{"FunctionName", name}};
    request.query = {{"Qualifier", qualifier}};
    rpc::RequestReader reader(request);
    const FunctionReference reference = readFunctionReference(reader);
    EXPECT_EQ(reference.name, name);
    EXPECT_EQ(reference.qualifier, qualifier);
    try {
      reader.finish();
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
    EXPECT_THROW(functions_.check(function), ApiError);
  };
  refused([](Function& f) { f.name = ""; });
  refused([](Function& f) { f.name = "a b"; });
  refused([](Function& f) { f.name = std::string(65, 'a'); });
  refused([](Function& f) { f.built_in = "unknown"; });
  refused([](Function& f) { f.timeout = Duration(0); });
  refused([](Function& f) { f.timeout = std::chrono::seconds(901); });
  refused([](Function& f) { f.reserved_concurrency = -1; });
  refused([](Function& f) { f.asynchronous.maximum_retry_attempts = 3; });
  refused([](Function& f) { f.asynchronous.maximum_retry_attempts = -1; });
  refused([](Function& f) { f.asynchronous.maximum_event_age = std::chrono::seconds(59); });
  refused([](Function& f) { f.asynchronous.maximum_event_age = std::chrono::seconds(21'601); });
}

TEST_F(FunctionNames, PuttingAFunctionAgainReplacesIt) {
  const FunctionPointer first = functions_.get("users");
  EXPECT_EQ(functions_.get("users"), first);
  Function changed = named("users");
  changed.memory_size = 512;
  put(changed);
  EXPECT_EQ(functions_.get("users")->memory_size, 512);
  EXPECT_EQ(functions_.list(*store_->snapshot()).size(), 1u);
  const FunctionPointer second = functions_.get("users");
  put(changed);  // also if nothing is different: its code may be
  EXPECT_NE(functions_.get("users"), second);
}

TEST_F(FunctionNames, AFunctionIsThereAfterARestartAsItWas) {
  Function function = named("whole");
  function.runtime = "nodejs20.x";
  function.handler = "index.handler";
  function.description = "says \"hello\"";
  function.code_directory = "/home/me/code";
  function.environment = {{"A", "1"}, {"B", ""}};
  function.timeout = Duration(1500);
  function.memory_size = 256;
  function.reserved_concurrency = 0;
  function.asynchronous = {1, std::chrono::seconds(60), "arn:success", "arn:failure"};
  function.dead_letter_arn = "arn:dead";
  put(function);
  const Functions restarted(*store_, "us-east-1", "000000000000");
  const FunctionPointer found = restarted.get("whole");
  EXPECT_EQ(found->arn, "arn:aws:lambda:us-east-1:000000000000:function:whole");
  EXPECT_EQ(found->runtime, function.runtime);
  EXPECT_EQ(found->handler, function.handler);
  EXPECT_EQ(found->description, function.description);
  EXPECT_EQ(found->code_directory, function.code_directory);
  EXPECT_EQ(found->environment, function.environment);
  EXPECT_EQ(found->timeout, function.timeout);
  EXPECT_EQ(found->memory_size, 256);
  EXPECT_EQ(found->reserved_concurrency, 0);
  EXPECT_EQ(found->asynchronous.maximum_retry_attempts, 1);
  EXPECT_EQ(found->asynchronous.maximum_event_age, std::chrono::seconds(60));
  EXPECT_EQ(found->asynchronous.on_success, "arn:success");
  EXPECT_EQ(found->asynchronous.on_failure, "arn:failure");
  EXPECT_EQ(found->dead_letter_arn, "arn:dead");
}

TEST_F(FunctionNames, WhatTheApiAddsIsThereAfterARestart) {
  Function function = named("whole");
  function.code = {std::string(64, 'a'), 5};
  function.layers = {{"arn:layer:1", {std::string(64, 'b'), 6}}};
  function.role = "arn:role";
  function.kept = R"({"A":1})";
  function.tags = {{"team", "blue"}};
  function.revision_id = "revision";
  function.last_modified = Timestamp(Duration(1234));
  function.asynchronous.configured_at = Timestamp(Duration(5678));
  put(function);
  const FunctionPointer found = Functions(*store_, "us-east-1", "000000000000").get("whole");
  EXPECT_EQ(found->code, function.code);
  ASSERT_EQ(found->layers.size(), 1u);
  EXPECT_EQ(found->layers[0].arn, "arn:layer:1");
  EXPECT_EQ(found->layers[0].code, function.layers[0].code);
  EXPECT_EQ(found->role, "arn:role");
  EXPECT_EQ(found->kept, function.kept);
  EXPECT_EQ(found->tags, function.tags);
  EXPECT_EQ(found->revision_id, "revision");
  EXPECT_EQ(found->last_modified, function.last_modified);
  EXPECT_EQ(found->asynchronous.configured_at, function.asynchronous.configured_at);
}

TEST_F(FunctionNames, AVersionIsPublishedWhenSomethingHasChanged) {
  const auto publish = [&] {
    std::string version;
    store_->writeAndWait([&](Transaction& transaction) {
      const FunctionPointer latest = functions_.get(transaction, "users");
      version = functions_.publish(transaction, *latest, std::nullopt)->version;
    });
    return version;
  };
  EXPECT_EQ(publish(), "1");
  EXPECT_EQ(publish(), "1");
  Function changed = named("users");
  changed.memory_size = 512;
  put(changed);
  EXPECT_EQ(publish(), "2");
  EXPECT_EQ(functions_.get("users:1")->memory_size, 128);
  EXPECT_EQ(functions_.get("users:1"), functions_.get("users", "1"));
  EXPECT_EQ(functions_.get("users:2")->memory_size, 512);
  EXPECT_EQ(functions_.get("users:2")->arn, "arn:aws:lambda:us-east-1:000000000000:function:users:2");
  EXPECT_EQ(functions_.versions(*store_->snapshot(), "users").size(), 2u);
  EXPECT_THROW(functions_.get("users:1", "2"), ApiError);
}

TEST_F(FunctionNames, AnAliasIsTheVersionThatItPointsTo) {
  store_->writeAndWait([&](Transaction& transaction) {
    functions_.publish(transaction, *functions_.get(transaction, "users"), std::nullopt);
    Alias alias;
    alias.name = "live";
    alias.version = "1";
    alias.weights = {{"2", 0.25}};  // there is no version 2 yet
    alias.asynchronous.maximum_retry_attempts = 0;
    putAlias(transaction, "users", alias);
  });
  const FunctionPointer live = functions_.get("users:live");
  EXPECT_EQ(live->reference(), "users:live");
  EXPECT_EQ(live->arn, "arn:aws:lambda:us-east-1:000000000000:function:users:live");
  EXPECT_EQ(live->version, "1");
  EXPECT_EQ(live->target, functions_.get("users:1"));
  EXPECT_EQ(live->asynchronous.maximum_retry_attempts, 0);
  EXPECT_TRUE(live->routes.empty());
  EXPECT_EQ(functions_.get("users:live"), live);
  Function changed = named("users");
  changed.memory_size = 512;
  changed.last_version = 1;
  put(changed);
  store_->writeAndWait([&](Transaction& transaction) {
    functions_.publish(transaction, *functions_.get(transaction, "users"), std::nullopt);
  });
  ASSERT_EQ(functions_.get("users:live")->routes.size(), 1u);
  EXPECT_EQ(functions_.get("users:live")->routes[0].function, functions_.get("users:2"));
}

TEST_F(FunctionNames, CodeIsThereAsLongAsAVersionHasIt) {
  const std::string zip(600 << 10, 'z');  // of several parts
  const Code code = codeOf(zip);
  Function function = named("zipped");
  function.code = code;
  store_->writeAndWait([&](Transaction& transaction) {
    putCode(transaction, code, zip);
    functions_.put(transaction, function);
    functions_.publish(transaction, *functions_.get(transaction, "zipped"), std::nullopt);
    function.code = codeOf("other");
    putCode(transaction, function.code, "other");
    functions_.put(transaction, function);
  });
  EXPECT_EQ(readCode(*store_->snapshot(), code), zip);  // version 1 has it
  EXPECT_EQ(readCode(*store_->snapshot(), function.code), "other");
  store_->writeAndWait([&](Transaction& transaction) {
    functions_.eraseVersion(transaction, *functions_.get(transaction, "zipped:1"));
  });
  EXPECT_THROW(readCode(*store_->snapshot(), code), std::runtime_error);
  EXPECT_EQ(readCode(*store_->snapshot(), function.code), "other");
  store_->writeAndWait([&](Transaction& transaction) { functions_.erase(transaction, "zipped"); });
  EXPECT_THROW(readCode(*store_->snapshot(), function.code), std::runtime_error);
}

TEST_F(FunctionNames, ABuiltInFunctionHasTheCommandOfThisProgram) {
  Function function = named("trigger");
  function.built_in = "trigger";
  function.command = {"/bin/evil"};
  put(function);
  EXPECT_EQ(functions_.get("trigger")->command, std::vector<std::string>{"/bin/trigger"});
  EXPECT_TRUE(Functions(*store_, "us-east-1", "000000000000").get("trigger")->command.empty());
}

TEST_F(FunctionNames, AFunctionThatIsErasedOrWhoseTransactionFailedIsNotThere) {
  EXPECT_THROW(store_->writeAndWait([&](Transaction& transaction) {
    functions_.put(transaction, named("other"));
    EXPECT_NE(functions_.find(transaction, "other"), nullptr);
    throw std::runtime_error("refused");
  }),
               std::runtime_error);
  EXPECT_EQ(functions_.find("other"), nullptr);
  store_->writeAndWait([&](Transaction& transaction) { functions_.erase(transaction, "users"); });
  EXPECT_EQ(functions_.find("users"), nullptr);
  EXPECT_TRUE(functions_.list(*store_->snapshot()).empty());
}

TEST_F(FunctionNames, AVersionNumberDoesNotComeBackWhenAFunctionIsErasedTwice) {
  const auto publish = [&] {
    std::string version;
    store_->writeAndWait([&](Transaction& transaction) {
      version = functions_.publish(transaction, *functions_.get(transaction, "users"), std::nullopt)->version;
    });
    return version;
  };
  EXPECT_EQ(publish(), "1");
  for (int i = 0; i < 2; ++i) {
    store_->writeAndWait([&](Transaction& transaction) { functions_.erase(transaction, "users"); });
  }
  put(named("users"));
  EXPECT_EQ(publish(), "2");
}

TEST_F(FunctionNames, AreListedInOrderInPages) {
  for (const char* name : {"a", "b", "c"}) put(named(name));
  const auto names = [&](std::string_view after, std::size_t limit) {
    std::string found;
    for (const FunctionPointer& function : functions_.list(*store_->snapshot(), after, limit)) found += function->name;
    return found;
  };
  EXPECT_EQ(names("", 2), "ab");
  EXPECT_EQ(names("b", 2), "cusers");
  EXPECT_EQ(names("bb", 1), "c");
}

}  // namespace
}  // namespace ddblog::lambda
