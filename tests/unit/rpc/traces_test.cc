// Which invocation of a function has sent a request.
#include "rpc/traces.h"

#include <gtest/gtest.h>

namespace ddblog::rpc {
namespace {

TEST(CauseOf, IsTheRootOfTheTraceId) {
  EXPECT_EQ(causeOf("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0", ""),
            "1-5759e988-bd862e3fe1be46a994272793");
  EXPECT_EQ(causeOf("Parent=53995c3f42cd8ad8;Root=1-5759e988-bd862e3fe1be46a994272793", ""),
            "1-5759e988-bd862e3fe1be46a994272793");
}

TEST(CauseOf, IsElseTheKeyOfAFunctionsProcess) {
  EXPECT_EQ(causeOf("", "AWS4-HMAC-SHA256 Credential=DDBLOG0PROCESS01/20261128/us-east-1/dynamodb/aws4_request, …"),
            "DDBLOG0PROCESS01");
  EXPECT_EQ(causeOf("Parent=1", "AWS4-HMAC-SHA256 Credential=DDBLOG0PROCESS01/20261128"), "DDBLOG0PROCESS01");
}

TEST(CauseOf, IsNothingForOthers) {
  EXPECT_EQ(causeOf("", ""), "");
  EXPECT_EQ(causeOf({}, {}), "");
  EXPECT_EQ(causeOf("", "AWS4-HMAC-SHA256 Credential=local/20261128/us-east-1/dynamodb/aws4_request"), "");
}

}  // namespace
}  // namespace ddblog::rpc
