// Functions that do not exist.
#include "services/lambda/invocations/function_recipient.h"

#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

class FunctionRecipients : public testing::Test {
 protected:
  FunctionCloud cloud_;
};

TEST_F(FunctionRecipients, HandleWhatWaitedWhenTheFunctionIsMadeAgain) {
  cloud_.service->start();
  cloud_.enqueue("users", R"({"n":1})");
  ASSERT_TRUE(cloud_.log.has("asynchronous invocations of users, which is not a function"));
  rpc::Request request;
  request.body = json::serialize(json::object{{"FunctionName", "users"},
                                              {"Runtime", "python3.11"},
                                              {"Handler", "index.handler"},
                                              {"CodeDirectory", (cloud_.directory.path() / "users").string()}});
  cloud_.write("users/index.py", "def handler(event, context): print('done', event['n'])\n");
  rpc::callAndWait(*cloud_.apis->findInternal("Lambda")->find("PutFunction"), std::move(request)).response();
  EXPECT_TRUE(cloud_.log.has("users: done 1"));
}

TEST_F(FunctionRecipients, HaveNothingPendingOfFunctionsThatAreNotThere) {
  cloud_.addFunction(cloud_.python("users", ""));
  for (const char* name : {"another", "users", "users", "yet-another"}) cloud_.enqueue(name, "{}");
  EXPECT_EQ(cloud_.recipients->pending(*cloud_.store->snapshot(), 10), 2u);
  EXPECT_EQ(cloud_.recipients->pending(*cloud_.store->snapshot(), 1), 1u);
}

TEST_F(FunctionRecipients, ThatAreNotThereTakeNothing) {
  cloud_.service->start();
  cloud_.store->writeAndWait([&](Transaction& transaction) {
    const auto failure =
        cloud_.recipients->deliver(transaction, {"arn:aws:lambda:us-east-1:000000000000:function:nobody", "{}"});
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, "NO_RESOURCE");
    EXPECT_TRUE(failure->is_permanent);
  });
  EXPECT_FALSE(cloud_.store->snapshot()->cursor("\x40", "\x42")->valid());
}

}  // namespace
}  // namespace ddblog::lambda
