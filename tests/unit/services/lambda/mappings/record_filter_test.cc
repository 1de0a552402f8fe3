#include "services/lambda/mappings/record_filter.h"

#include <gtest/gtest.h>

#include <string>

namespace ddblog::lambda {
namespace {

TEST(FilterOfRecords, SelectsWhatOneOfItsPatternsMatches) {
  const RecordFilter filter({R"({"a":[1]})", R"({"b":[2]})"});
  EXPECT_TRUE(filter.passes(R"({"a":1})"));
  EXPECT_TRUE(filter.passes(R"({"b":2})"));
  EXPECT_FALSE(filter.passes(R"({"a":2,"b":1})"));
  EXPECT_TRUE(RecordFilter({}).passes("{}"));
}

// It is in front of all later records of its shard.
TEST(FilterOfRecords, PassesOnARecordThatIsTooLargeToLookInto) {
  std::string record = "{\"" + std::string(100'000, 'n') + "\":[";
  for (int i = 0; i < 400; ++i) record += R"({"a":1,"b":1},)";
  record.back() = ']';
  record += '}';
  EXPECT_TRUE(RecordFilter({R"({"a":[1]})"}).passes(record));
}

}  // namespace
}  // namespace ddblog::lambda
