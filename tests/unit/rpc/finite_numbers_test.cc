#include "rpc/finite_numbers.h"

#include <gtest/gtest.h>

namespace ddblog::rpc {
namespace {

TEST(FiniteNumbers, AreThoseThatCanBeReadAgain) {
  EXPECT_TRUE(isFinite(parseJson(R"({"a":[1,2.5e300,"1e999",null]})")));
  for (const char* text : {R"({"a":[1e999]})", "[-1e999]", "[0,{\"b\":0e400}]"})
    EXPECT_FALSE(isFinite(parseJson(text))) << text;
}

}  // namespace
}  // namespace ddblog::rpc
