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

TEST(Gzip, RejectsWhatIsCutOffMalformedOrTooLarge) {
  const std::string zipped = gzip(std::string(1000, 'a'));
  std::string inflated;
  EXPECT_EQ(gunzip("", 1000, inflated), GunzipFailure::kMalformed);
  EXPECT_EQ(gunzip("{}", 1000, inflated), GunzipFailure::kMalformed);
  EXPECT_EQ(gunzip(zipped + "x", 1000, inflated), GunzipFailure::kMalformed);
  for (std::size_t size = 1; size < zipped.size(); ++size) {
    EXPECT_EQ(gunzip(std::string_view(zipped).substr(0, size), 1000, inflated), GunzipFailure::kMalformed) << size;
  }
  EXPECT_EQ(gunzip(zipped, 999, inflated), GunzipFailure::kTooLarge);
}

}  // namespace
}  // namespace ddblog
