#include "base/gzip.h"

#include <gtest/gtest.h>

namespace ddblog {
namespace {

TEST(Gzip, GivesBackWhatItWasGiven) {
  for (const std::size_t size : {0u, 1u, 100u, 16384u, 100'000u}) {
    const std::string text(size, 'a');
    std::string inflated;
    EXPECT_EQ(gunzip(gzip(text), size, inflated), std::nullopt);
    EXPECT_EQ(inflated, text);
  }
  std::string inflated;
  EXPECT_EQ(gunzip(gzip("two ") + gzip("members"), 100, inflated), std::nullopt);
  EXPECT_EQ(inflated, "two members");
}

TEST(Deflate, HasZlibsFormat) {
  const std::string text(10'000, 'a');
  const std::string deflated = compress(Compression::kDeflate, text);
  EXPECT_EQ(deflated.front(), '\x78');
  std::string inflated;
  EXPECT_EQ(decompress(Compression::kDeflate, deflated, text.size(), inflated), std::nullopt);
  EXPECT_EQ(inflated, text);
  EXPECT_EQ(decompress(Compression::kDeflate, deflated, text.size() - 1, inflated), DecompressionFailure::kTooLarge);
  EXPECT_EQ(decompress(Compression::kDeflate, deflated + deflated, 100'000, inflated),
            DecompressionFailure::kMalformed);
  EXPECT_EQ(decompress(Compression::kDeflate, gzip(text), text.size(), inflated), DecompressionFailure::kMalformed);
}

TEST(Gzip, RejectsWhatIsCutOffMalformedOrTooLarge) {
  const std::string zipped = gzip(std::string(1000, 'a'));
  std::string inflated;
  EXPECT_EQ(gunzip("", 1000, inflated), DecompressionFailure::kMalformed);
  EXPECT_EQ(gunzip("{}", 1000, inflated), DecompressionFailure::kMalformed);
  EXPECT_EQ(gunzip(zipped + "x", 1000, inflated), DecompressionFailure::kMalformed);
  for (std::size_t size = 1; size < zipped.size(); ++size) {
    EXPECT_EQ(gunzip(std::string_view(zipped).substr(0, size), 1000, inflated), DecompressionFailure::kMalformed)
        << size;
  }
  EXPECT_EQ(gunzip(zipped, 999, inflated), DecompressionFailure::kTooLarge);
}

}  // namespace
}  // namespace ddblog
