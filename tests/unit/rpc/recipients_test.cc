#include "rpc/recipients.h"

#include <gtest/gtest.h>

namespace ddblog::rpc {
namespace {

class Noting : public Recipient {
 public:
  explicit Noting(std::string prefix) : prefix_(std::move(prefix)) {}
  bool accepts(std::string_view arn) const override { return arn.starts_with(prefix_); }
  std::optional<DeliveryFailure> deliver(Transaction&, const Message& message) override {
    bodies.push_back(message.body.text());
    return std::nullopt;
  }
  std::vector<std::string> bodies;

 private:
  const std::string prefix_;
};

TEST(Recipients, GetTheMessagesForTheirArns) {
  StoreOptions options;
  options.in_memory = true;
  const auto store = Store::open(options);
  Noting queues("arn:aws:sqs:");
  Noting buses("arn:aws:events:");
  Recipients recipients;
  recipients.add(queues);
  recipients.add(buses);
  EXPECT_EQ(recipients.find("arn:aws:events:b"), &buses);
  EXPECT_EQ(recipients.find("arn:aws:sns:t"), nullptr);
  store->writeAndWait([&](Transaction& transaction) {
    EXPECT_FALSE(recipients.deliver(transaction, {"arn:aws:sqs:q", "1"}));
    const auto failure = recipients.deliver(transaction, {"arn:aws:sns:t", "2"});
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, "NO_RESOURCE");
    EXPECT_TRUE(failure->is_permanent);
  });
  EXPECT_EQ(queues.bodies, std::vector<std::string>{"1"});
  EXPECT_TRUE(buses.bodies.empty());
}

}  // namespace
}  // namespace ddblog::rpc
