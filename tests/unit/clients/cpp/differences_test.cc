#include <gtest/gtest.h>

#include "ddblog/local_cloud.h"

namespace ddblog {
namespace {

Payload user() {
  return Payload(R"({"name": "Ada", "phones": 2, "location": {"long": 1.50, "tags": ["a", {"b": null}]}})");
}

TEST(Differences, AreNoneIfTheExpectedMembersAreThere) {
  EXPECT_EQ(differences(user(), "{}"), "");
  EXPECT_EQ(differences(user(), R"({"phones": 2.0, "location": {"tags": ["a", {"b": null}], "long": 15e-1}})"), "");
}

TEST(Differences, NameEachMemberThatIsNotAsExpected) {
  EXPECT_EQ(differences(user(), R"({"name": "Bea", "age": 7})"),
            "name: \"Ada\", expected \"Bea\"\nage: absent, expected 7");
  for (const char* expected :
       {R"({"phones": "2"})", R"({"location": {"long": 1.5}})", R"({"location": {"long": 1.5, "tags": ["a"]}})",
        R"({"location": {"long": 1.5, "tags": ["a", {"b": null}], "more": 1}})", R"({"name": null})"}) {
    EXPECT_NE(differences(user(), expected), "") << expected;
  }
}

TEST(Differences, OfAnItemThatIsNotThere) { EXPECT_EQ(differences(std::nullopt, "{}"), "it does not exist"); }

TEST(Differences, NeedAnObjectToCompareWith) { EXPECT_THROW(differences(user(), "[1]"), InvalidArgument); }

TEST(HandlersFailed, SaysWhatFailedWithItsStackAndLog) {
  const HandlersFailed failed(
      {{"Error: no", "line 1\nline 2\n", R"({"error":{"stackTrace":["at f"]},"payload":{"a":1}})"}});
  EXPECT_STREQ(failed.what(),
               "1 failed:\n  Error: no\n  error:\n    {\"stackTrace\":[\"at f\"]}\n  payload:\n    {\"a\":1}\n"
               "  log:\n    line 1\n    line 2");
}

}  // namespace
}  // namespace ddblog
