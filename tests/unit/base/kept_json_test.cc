#include "base/kept_json.h"

#include <gtest/gtest.h>

#include <boost/json/monotonic_resource.hpp>

namespace ddblog {
namespace {

// The request's memory is gone when a write runs.
TEST(WithoutNulls, IsNeverInTheMemoryOfWhatItIsGiven) {
  json::monotonic_resource memory;
  for (const char* text : {R"("a text that is longer than one that needs no memory")", "[1,[2]]",
                           R"({"a":[1,{"b":null}],"c":null,"d":{"e":null,"f":"g"}})"}) {
    const json::value given = parseJson(text, &memory);
    ASSERT_EQ(given.storage().get(), &memory);
    EXPECT_EQ(*withoutNulls(given).storage(), *json::storage_ptr()) << text;
  }
  const json::value kept = withoutNulls(parseJson(R"({"a":[1,{"b":null}],"c":null,"d":{"e":null,"f":"g"}})", &memory));
  EXPECT_EQ(*kept.at("a").storage(), *json::storage_ptr());
  EXPECT_EQ(json::serialize(kept), R"({"a":[1,{"b":null}],"d":{"f":"g"}})");
}

}  // namespace
}  // namespace ddblog
