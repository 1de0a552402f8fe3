// Faults of buses: entries that fail, and deliveries that come twice.
#include <gmock/gmock.h>

#include "base/faults.h"
#include "unit/services/eventbridge/event_cloud.h"

namespace ddblog::eventbridge {
namespace {

using testing::IsEmpty;

Faults with(Fault fault, double rate) {
  FaultSettings settings{.seed = 7};
  settings.rates[static_cast<std::size_t>(fault)] = rate;
  return Faults(settings);
}

constexpr const char* kTwo =
    R"({"Entries":[{"Source":"s","DetailType":"t","Detail":"{\"n\":1}"},
                   {"Source":"s","DetailType":"t","Detail":"{\"n\":2}"}]})";

TEST(EventFaults, FailEntriesAsAwsDoes) {
  Faults faults = with(Fault::kPartialFailure, 1);
  EventCloud cloud({}, &faults);
  cloud.route("default", "r", R"({"source":["s"]})");
  const std::string failed =
      R"({"ErrorCode":"InternalFailure","ErrorMessage":"The request processing has failed because of an unknown )"
      R"(error, exception or failure."})";
  EXPECT_EQ(cloud.call("PutEvents", kTwo).body, R"({"FailedEntryCount":2,"Entries":[)" + failed + "," + failed + "]}");
  EXPECT_THAT(cloud.deliveries().take(), IsEmpty());
}

TEST(EventFaults, SpareOurOwnRoute) {
  Faults faults = with(Fault::kPartialFailure, 1);
  EventCloud cloud({}, &faults);
  cloud.route("default", "r", R"({"source":["s"]})");
  EXPECT_EQ(parseJson(cloud.post("/_local/events", kTwo).body).at("FailedEntryCount").as_int64(), 0);
  EXPECT_EQ(cloud.deliveries().take().size(), 2u);
}

// Which of 40 events fail at a rate of a half.
std::string failures() {
  Faults faults = with(Fault::kPartialFailure, 0.5);
  EventCloud cloud({}, &faults);
  std::string failed;
  for (int i = 0; i < 40; ++i) {
    const std::string put =
        R"({"Entries":[{"Source":"s","DetailType":"t","Detail":"{\"n\":)" + std::to_string(i) + "}\"}]}";
    failed += cloud.ask("PutEvents", put).at("FailedEntryCount").as_int64() == 1 ? '!' : '.';
  }
  return failed;
}

TEST(EventFaults, FailTheSameEntriesWithTheSameSeed) {
  EXPECT_THAT(failures(), testing::AllOf(testing::HasSubstr("!"), testing::HasSubstr(".")));
  EXPECT_EQ(failures(), failures());
}

TEST(EventFaults, DeliverTheSameEventTwice) {
  Faults faults = with(Fault::kDuplicate, 1);
  EventCloud cloud({}, &faults);
  cloud.route("shop", "r", R"({"source":["test"]})");
  cloud.put("shop", R"({"n":1})");
  const std::vector<rpc::Message> deliveries = cloud.deliveries().take();
  ASSERT_EQ(deliveries.size(), 2u);
  EXPECT_EQ(deliveries[0].body.text(), deliveries[1].body.text());
}

TEST(EventFaults, DoNotHappenAtARateOfZero) {
  Faults faults = with(Fault::kDuplicate, 0);
  EventCloud cloud({}, &faults);
  cloud.route("shop", "r", R"({"source":["test"]})");
  for (int i = 0; i < 20; ++i) cloud.put("shop", R"({"n":1})");
  EXPECT_EQ(cloud.deliveries().take().size(), 20u);
}

}  // namespace
}  // namespace ddblog::eventbridge
