#include "expression/update_charge.h"

#include "unit/expression/fixtures.h"

namespace ddblog {
namespace {

std::size_t chargeOf(std::string_view text, std::string_view values, std::string_view names = "") {
  Substitutions given = substitutions(names, values);
  return requestCharge(parseUpdate(text, given));
}

TEST(UpdateCharge, CountsTargetsAndWhatIsWritten) {
  EXPECT_EQ(chargeOf("SET abc = :v", R"({":v": {"S": "hello"}})"), 3u + 19 + 3 + 5);
  EXPECT_EQ(chargeOf("SET #n = :v", R"({":v": {"S": ""}})", R"({"#n": "longer"})"), 3u + 19 + 6);
  EXPECT_EQ(chargeOf("ADD n :v", R"({":v": {"N": "12"}})"), 3u + 19 + 1 + 2);
  EXPECT_EQ(chargeOf("REMOVE a, bb", ""), 3u + (1 + 1) + (1 + 2));
  EXPECT_EQ(chargeOf("DELETE a :v", R"({":v": {"SS": ["many", "members"]}})"), 3u + 1 + 1);
}

TEST(UpdateCharge, CountsStepsOfPaths) {
  EXPECT_EQ(chargeOf("REMOVE a.bc[12]", ""), 3u + 1 + 1 + (4 + 2) + (4 + 2));
  EXPECT_EQ(chargeOf("SET a = b.c", ""), 3u + 19 + 1 + (1 + 14 + 1 + 14 + 1));
}

TEST(UpdateCharge, CountsOperatorsAndFunctions) {
  EXPECT_EQ(chargeOf("SET a = b + :v", R"({":v": {"N": "1"}})"), 3u + 19 + 1 + 34 + (1 + 14 + 1) + 2);
  EXPECT_EQ(chargeOf("SET a = b - :v", R"({":v": {"N": "1"}})"), 3u + 19 + 1 + 37 + (1 + 14 + 1) + 2);
  EXPECT_EQ(chargeOf("SET a = if_not_exists(b, :v)", R"({":v": {"S": "xy"}})"), 3u + 19 + 1 + 39 + (1 + 14 + 1) + 2);
  EXPECT_EQ(chargeOf("SET a = list_append(b, :v)", R"({":v": {"L": []}})"), 3u + 19 + 1 + 37 + (1 + 14 + 1) + 3);
}

}  // namespace
}  // namespace ddblog
