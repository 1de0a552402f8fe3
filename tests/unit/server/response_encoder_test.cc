#include "server/response_encoder.h"

#include <gtest/gtest.h>

namespace ddblog::server {
namespace {

TEST(AcceptingGzip, IsSaidInSeveralWays) {
  for (const char* accepts : {"gzip", "gzip, deflate, br", "deflate , gzip;q=0.5", "gzip;q=1"}) {
    EXPECT_TRUE(acceptsGzip(accepts)) << accepts;
  }
  for (const char* refuses : {"", "identity", "gzip;q=0", "gzip; q=0.0", "xgzip", "deflate"}) {
    EXPECT_FALSE(acceptsGzip(refuses)) << refuses;
  }
}

}  // namespace
}  // namespace ddblog::server
