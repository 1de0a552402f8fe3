#include "server/response_encoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ddblog::server {
namespace {

constexpr auto kNone = std::nullopt;
constexpr auto kGzip = Compression::kGzip;
constexpr auto kDeflate = Compression::kDeflate;

struct Acceptance {
  std::string header;
  std::optional<Compression> expected;
};

TEST(AcceptedCompression, IsTheOneThatTheClientPrefers) {
  for (const auto& [header, expected] :
       std::vector<Acceptance>{{"gzip", kGzip},
                               {"deflate", kDeflate},
                               {"gzip, deflate, br", kGzip},
                               {"br, identity, deflate, gzip", kDeflate},
                               {"GZIP, identity", kGzip},
                               {"dog, gzip ,, cat", kGzip},
                               {"gzip;q=0.8, deflate;q=0.5", kGzip},
                               {"deflate;q=0.5, gzip;q=0.2", kDeflate},
                               {"br, gzip;q=0, deflate; q = 0.5 , identity;q=0", kDeflate},
                               {"br, identity;q=0.5, gzip;q=0.0001", kGzip},
                               {"gzip;q=0.5,identity;q=0.8", kGzip}}) {
    EXPECT_EQ(acceptedCompression(header), expected) << header;
  }
}

TEST(AcceptedCompression, MayBeNone) {
  for (const char* header :
       {"", "identity", "br", "x-gzip", "gzip;q=0", "gzip ;q=0", "gzip; Q=0.0", "*;q=0", "identity;q=0", "\"gzip\"",
        "gzip br", "gzip:q=1", "gzip;nq=1;q=0 ", "br;q=0.8,identity;q=0.5,*;q=0"}) {
    EXPECT_EQ(acceptedCompression(header), kNone) << header;
  }
}

TEST(AcceptedCompression, OfAnyIsGzipUnlessAnotherIsNamed) {
  for (const auto& [header, expected] : std::vector<Acceptance>{{"*", kGzip},
                                                                {"*, identity", kGzip},
                                                                {"*;q=0.5,identity", kGzip},
                                                                {"*, deflate;q=0.5", kGzip},
                                                                {"*, deflate", kDeflate},
                                                                {"*, gzip;q=0.5", kDeflate}}) {
    EXPECT_EQ(acceptedCompression(header), expected) << header;
  }
}

TEST(AcceptedCompression, TakesMalformedQualitiesAsDynamoDbDoes) {
  for (const auto& [header, expected] : std::vector<Acceptance>{{"deflate;q=0.5, gzip;q=31", kGzip},
                                                                {"gzip;q=31,deflate;q=51", kGzip},
                                                                {"deflate;q=0.5, gzip;q=1;q=0.2", kGzip},
                                                                {"deflate;q=0.5,gzip;q=0.", kDeflate},
                                                                {"deflate;q=0.5,gzip;q=0.x", kGzip},
                                                                {"deflate;q=-0.5,gzip;q=0.2", kGzip},
                                                                {"gzip;q=0, gzip;q=1, gzip;q=0", kGzip}}) {
    EXPECT_EQ(acceptedCompression(header), expected) << header;
  }
}

std::string headOf(std::size_t body_size, int status) {
  rpc::Response response;
  response.status = status;
  response.body = std::string(body_size, 'x');
  EncodingOptions options;
  options.compression = kDeflate;
  return encodeResponse(std::move(response), options).head;
}

TEST(EncodedResponse, IsCompressedFrom4096BytesOnUnlessItIsAnError) {
  const std::string coding = "Content-Encoding: deflate\r\n";
  EXPECT_EQ(headOf(4095, 200).find(coding), std::string::npos);
  EXPECT_NE(headOf(4096, 200).find(coding), std::string::npos);
  EXPECT_EQ(headOf(100'000, 400).find(coding), std::string::npos);
}

}  // namespace
}  // namespace ddblog::server
