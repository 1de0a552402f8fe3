// Who waits for a table's change records is woken by the commit that wrote some.
#include "services/dynamodb/core/change_notifiers.h"

#include <gtest/gtest.h>

#include "rpc/call.h"
#include "services/dynamodb/changes/change_records.h"
#include "services/dynamodb/operations.h"

namespace ddblog::dynamodb {
namespace {

TEST(ChangeNotifiersTest, WhoBeginsToListenBetweenACommandAndItsCommitIsNotified) {
  StoreOptions options;
  options.in_memory = true;
  const auto store = Store::open(options);
  AdjustableClock clock{AdjustableClock::Start::kFrozen};
  Ids ids{1};
  Context context{*store, clock, ids, "us-east-1", "000000000000"};
  rpc::JsonApi tables{protocol()};
  addOperations(tables, context);
  rpc::Request request;
  request.body = R"({"TableName": "log", "BillingMode": "PAY_PER_REQUEST",
      "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
      "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
      "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}})";
  rpc::callAndWait(*tables.find("CreateTable"), request).response();

  std::atomic<int> notified = 0;
  CommitNotifier::Subscription subscription;
  store->writeAndWait([&](Transaction& transaction) {
    auto table = context.catalog.get(transaction, "log");
    Table changed = *table;
    turnStreamOff(transaction, context, changed);  // ends a shard, as appending a change does
    subscription = context.change_notifiers.of("log").listen([&] { ++notified; });
  });
  store->drain();
  EXPECT_EQ(notified, 1);
}

}  // namespace
}  // namespace ddblog::dynamodb
