// What is missing of streams, in whatever order their events arrive.
#include "deploy/replays/stream_versions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <stdexcept>

namespace ddblog::replays {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pointee;

void addAll(StreamVersions& versions, const std::string& stream, std::initializer_list<std::uint64_t> all) {
  for (const std::uint64_t version : all) versions.add(stream, version);
}

TEST(StreamVersions, AWholeStreamHasNoGap) {
  StreamVersions versions;
  addAll(versions, "a", {1, 2, 3});
  EXPECT_THAT(versions.gaps("a", 1), IsEmpty());
  EXPECT_EQ(versions.highest("a"), 3u);
}

TEST(StreamVersions, GapsAreBeforeAndBetweenWhatArrived) {
  StreamVersions versions;
  addAll(versions, "a", {9, 3, 4, 7});
  EXPECT_THAT(versions.gaps("a", 1), ElementsAre(VersionRange{1, 2}, VersionRange{5, 6}, VersionRange{8, 8}));
  EXPECT_THAT(versions.gaps("a", 3), ElementsAre(VersionRange{5, 6}, VersionRange{8, 8}));
  EXPECT_EQ(versions.lowest("a"), 3u);
}

TEST(StreamVersions, TheOrderOfArrivalDoesNotMatter) {
  std::vector<std::uint64_t> order;
  for (std::uint64_t version = 1; version <= 200; ++version) {
    if (version != 77 && version != 150) order.push_back(version);
  }
  std::mt19937 random(20261128);
  for (int round = 0; round < 20; ++round) {
    std::ranges::shuffle(order, random);
    StreamVersions versions;
    for (const std::uint64_t version : order) EXPECT_TRUE(versions.add("a", version));
    EXPECT_THAT(versions.gaps("a", 1), ElementsAre(VersionRange{77, 77}, VersionRange{150, 150}));
  }
}

TEST(StreamVersions, WhatArrivesAgainIsNoticed) {
  StreamVersions versions;
  addAll(versions, "a", {1, 2, 3, 5});
  for (const std::uint64_t version : {1, 2, 3, 5}) EXPECT_FALSE(versions.add("a", version));
  EXPECT_TRUE(versions.add("a", 4));
  EXPECT_TRUE(versions.add("b", 1));
  EXPECT_THAT(versions.streams(), ElementsAre(Pointee(std::string("a")), Pointee(std::string("b"))));
}

TEST(StreamVersions, TheMemoryHasALimit) {
  StreamVersions versions(2, 3);
  addAll(versions, "a", {1, 3});
  versions.add("b", 1);
  EXPECT_THROW(versions.add("c", 1), std::runtime_error);
  EXPECT_THROW(versions.add("a", 5), std::runtime_error);
  versions.add("a", 2);  // two ranges become one
  versions.add("a", 5);
}

}  // namespace
}  // namespace ddblog::replays
