#include "server/request_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace ddblog::server {
namespace {

// What comes after a chunked body is neither a header nor does it move what the head's views refer
// to.
TEST(RequestParser, TrailersLeaveTheHeadAsItWas) {
  RequestParser parser(8192, 8192);
  std::string request = "POST /path?a=b HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n";
  for (int i = 0; i < 40; ++i) request += "X-Amz-Target: trailer number " + std::to_string(i) + "\r\n";
  request += "\r\n";
  std::size_t taken = 0;
  ASSERT_EQ(parser.parse(request, taken), RequestParser::State::kDone);
  EXPECT_EQ(taken, request.size());
  EXPECT_EQ(parser.head().method, "POST");
  EXPECT_EQ(parser.head().path, "/path");
  EXPECT_EQ(parser.head().query, "a=b");
  EXPECT_EQ(parser.head().host, "here");
  EXPECT_EQ(parser.head().headers.size(), 2u);
  EXPECT_EQ(parser.head().amz_target.data(), nullptr);
  EXPECT_EQ(parser.body(), "body");
}

// Each byte in a packet of its own, as a slow or hostile client sends them.
TEST(RequestParser, ChunkedBodiesMayComeByteByByte) {
  for (const std::string end : {"0\r\n\r\n", "0\r\nX-Trailer: 1\r\n\r\n", "0;last=1\r\n\r\n", "000\r\n\r\n"}) {
    const std::string request =
        "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n3\r\nbcd\r\n" + end;
    RequestParser parser(8192, 8192);
    std::string waiting;
    auto state = RequestParser::State::kReading;
    for (const char byte : request) {
      ASSERT_EQ(state, RequestParser::State::kReading) << end;
      waiting += byte;
      std::size_t taken = 0;
      state = parser.parse(waiting, taken);
      waiting.erase(0, taken);
    }
    EXPECT_EQ(state, RequestParser::State::kDone) << end;
    EXPECT_EQ(waiting, "") << end;
    EXPECT_EQ(parser.body(), "abcd") << end;
  }
}

TEST(RequestParser, AChunkThatIsNoneIsRefusedAtOnce) {
  RequestParser parser(8192, 8192);
  std::size_t taken = 0;
  EXPECT_EQ(parser.parse("POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", taken),
            RequestParser::State::kRefused);
}

// "Connection" describes the connection in the head only: whether the bytes come at once or one by one, a trailer of
// that name changes nothing.
TEST(RequestParser, ATrailerDoesNotCloseTheConnection) {
  RequestParser parser(8192, 8192);
  const std::string request =
      "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nConnection: close\r\n\r\n";
  std::size_t taken = 0;
  ASSERT_EQ(parser.parse(request, taken), RequestParser::State::kDone);
  EXPECT_TRUE(parser.head().keep_alive);
}

// The request line counts too, and it does not matter how many bytes come at once.
TEST(RequestParser, AHeadMayHaveAsManyBytesAsTheLimit) {
  const auto state_of = [](std::size_t head_size, std::size_t piece) {
    std::string request = "POST /path HTTP/1.1\r\nHost: here\r\nX: ";
    request += std::string(head_size - request.size() - 4, 'x') + "\r\n\r\n";
    RequestParser parser(500, 8192);
    std::string waiting;
    auto state = RequestParser::State::kReading;
    for (std::size_t at = 0; at < request.size() && state == RequestParser::State::kReading; at += piece) {
      waiting += request.substr(at, piece);
      std::size_t taken = 0;
      state = parser.parse(waiting, taken);
      waiting.erase(0, taken);
    }
    return state;
  };
  for (const std::size_t piece : {1, 7, 100, 499, 500, 501, 2000}) {
    EXPECT_EQ(state_of(499, piece), RequestParser::State::kDone) << piece;
    EXPECT_EQ(state_of(500, piece), RequestParser::State::kDone) << piece;
    EXPECT_EQ(state_of(501, piece), RequestParser::State::kRefused) << piece;
    EXPECT_EQ(state_of(520, piece), RequestParser::State::kRefused) << piece;
    EXPECT_EQ(state_of(2000, piece), RequestParser::State::kRefused) << piece;
  }
}

}  // namespace
}  // namespace ddblog::server
