// States that clients read piece by piece: how many there may be.
#include "snapshots/snapshot_leases.h"

#include <gmock/gmock.h>

#include "base/api_error.h"
#include "rpc/call.h"
#include "unit/snapshots/states.h"

namespace ddblog::snapshots {
namespace {

class SnapshotLeasesTest : public testing::Test {
 protected:
  SnapshotLeasesTest() { leases_.addRoutes(api_); }

  // "" or the type of the refusal.
  std::string take() {
    bool path_known = false;
    try {
      rpc::callAndWait(api_.find("POST", "/_local/snapshots", path_known).route->handler, {}).response();
      return "";
    } catch (const ApiError& error) {
      return error.type();
    }
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Store> store_ = Store::open({.directory = {}, .in_memory = true});
  std::function<void()> while_reading_ = [] {};
  SnapshotLeases leases_{clock_, ids_, [this] {
                           std::exchange(while_reading_, [] {})();
                           return StateReader::ofClosedStore(clock_, *store_, nullptr);
                         }};
  rpc::RestApi api_;
};

TEST_F(SnapshotLeasesTest, AreNoMoreThanTheirLimit) {
  for (std::size_t i = 0; i < SnapshotLeases::kMaxLeases; ++i) EXPECT_EQ(take(), "");
  EXPECT_EQ(take(), "SnapshotsInUse");
}

// The others ask while the first one's state is being read.
TEST_F(SnapshotLeasesTest, AreNoMoreThanTheirLimitWhenManyAskAtOnce) {
  while_reading_ = [this] {
    for (std::size_t i = 0; i < SnapshotLeases::kMaxLeases; ++i) EXPECT_EQ(take(), "");
  };
  EXPECT_EQ(take(), "SnapshotsInUse");
}

}  // namespace
}  // namespace ddblog::snapshots
