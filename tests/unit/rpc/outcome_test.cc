#include <gtest/gtest.h>

#include "rpc/call.h"
#include "rpc/synchronous.h"

namespace ddblog::rpc {
namespace {

TEST(Outcome, IsAResponseOrAnError) {
  const Outcome good = Outcome::ofBody("{}");
  EXPECT_FALSE(good.isError());
  EXPECT_EQ(good.error(), nullptr);
  EXPECT_EQ(good.response().status, 200);
  const Outcome bad = validationError("no");
  EXPECT_TRUE(bad.isError());
  EXPECT_THROW(bad.response(), ApiError);
}

TEST(Outcome, OfAHandlerIsWhatItReturnsOrThrows) {
  const Handler handler = synchronous([](const Request& request) {
    if (request.body.empty()) throw validationError("empty");
    return request.body;
  });
  Request request;
  request.body = "1";
  EXPECT_EQ(callAndWait(handler, request).response().body, "1");
  EXPECT_THROW(callAndWait(handler, {}).response(), ApiError);
  const Handler created = synchronous([](const Request&) { return Response{201, "made", "text/plain", {}}; });
  EXPECT_EQ(callAndWait(created, {}).response().status, 201);
}

}  // namespace
}  // namespace ddblog::rpc
