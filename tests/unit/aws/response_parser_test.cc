// Responses are the same in whatever pieces they come.
#include "aws/http/response_parser.h"

#include <gtest/gtest.h>

namespace ddblog::aws {
namespace {

HttpResponse parseInPieces(const std::string& bytes, std::size_t piece) {
  ResponseParser parser(ResponseParser::Body::kMaybe, 4096, 4096);
  std::string unparsed;
  for (std::size_t start = 0; start < bytes.size(); start += piece) {
    unparsed += bytes.substr(start, piece);
    unparsed.erase(0, parser.parse(unparsed));
  }
  EXPECT_TRUE(parser.isDone()) << piece;
  EXPECT_TRUE(unparsed.empty()) << piece;
  return parser.take();
}

TEST(AResponseInPieces, IsTheSame) {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  for (const std::string& response : {interim + "HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 9\r\n\r\nWikipedia",
                                      interim + "HTTP/1.1 200 OK\r\nX-One: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
                                                "1\r\nW\r\n8;ext=\"1\"\r\nikipedia\r\n0\r\nX-One: 2\r\n\r\n"}) {
    for (std::size_t piece = 1; piece <= response.size(); ++piece) {
      const HttpResponse parsed = parseInPieces(response, piece);
      EXPECT_EQ(parsed.status, 200);
      EXPECT_EQ(parsed.headers.at("x-one"), "1");
      EXPECT_EQ(parsed.body, "Wikipedia");
    }
  }
}

TEST(AResponse, LeavesWhatComesAfterIt) {
  ResponseParser parser(ResponseParser::Body::kMaybe, 4096, 4096);
  const std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  EXPECT_EQ(parser.parse(response + "HTTP/1.1 200"), response.size());
  EXPECT_TRUE(parser.isDone());
  EXPECT_TRUE(parser.keepsAlive());
}

TEST(AResponse, OfNothingIsCutOff) {
  ResponseParser parser(ResponseParser::Body::kMaybe, 4096, 4096);
  EXPECT_THROW(parser.finish(), MalformedResponse);
}

}  // namespace
}  // namespace ddblog::aws
