// Mappings whose function comes and goes.
#include "services/lambda/mappings/running_mappings.h"

#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

constexpr const char* kHandler = R"(
def handler(event, context):
    print('batch', *[record['dynamodb']['Keys']['pk']['S'] for record in event['Records']])
)";

class RunningMappingsTest : public testing::Test {
 protected:
  FunctionCloud cloud_;
};

TEST_F(RunningMappingsTest, OfAFunctionThatIsGoneSaySoOnceAndGoOnWhenItIsMadeAgain) {
  cloud_.createTable("logs");
  cloud_.addFunction(cloud_.python("trigger", kHandler));
  cloud_.addMapping(cloud_.mapping("logs", "trigger"));
  cloud_.service->start();
  const auto erase = [&] {
    cloud_.store->writeAndWait(
        [&](Transaction& transaction) { cloud_.service->functions().erase(transaction, "trigger"); });
  };
  erase();
  cloud_.put("logs", "a");
  ASSERT_TRUE(cloud_.log.has("there is no function trigger"));
  for (int i = 0; i < 20; ++i) {  // several back-offs
    cloud_.clock.move(std::chrono::seconds(10));
    ::usleep(5000);
  }
  EXPECT_EQ(cloud_.log.countNow("there is no function trigger"), 1);
  cloud_.addFunction(cloud_.python("trigger", kHandler));
  EXPECT_TRUE(cloud_.eventually("trigger: batch a", 1, Duration(100)));

  erase();
  cloud_.restart();
  cloud_.service->start();
  cloud_.put("logs", "second");
  ASSERT_TRUE(cloud_.log.has("there is no function trigger", 2));
  cloud_.addFunction(cloud_.python("trigger", kHandler));
  EXPECT_TRUE(cloud_.eventually("second", 1, Duration(100)));
}

}  // namespace
}  // namespace ddblog::lambda
