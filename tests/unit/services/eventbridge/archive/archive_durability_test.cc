// What the archive file took is in it after a power cut, whenever it comes: this fails when an fsync is missing.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

#include "services/eventbridge/archive/archive_file.h"
#include "unit/services/eventbridge/archive/power_cut_vfs.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::eventbridge {
namespace {

constexpr int kBatch = 3;

ArchivedEvent event(int number) {
  return {"2026-01-01T00:00:00.000Z", "log", "type", std::string(3000, 'e'), std::to_string(number)};
}

TEST(ArchiveDurability, WhatWasAddedIsThereAfterAPowerCut) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  PowerCutVfs vfs;
  TemporaryDirectory directory;
  ArchiveFile file(directory.path() / "archive.sqlite");
  std::atomic<int> added = 0;
  std::atomic<bool> stopping = false;
  std::thread adder([&] {
    for (int number = 0; !stopping; number += kBatch) {
      file.add(std::vector{event(number), event(number + 1), event(number + 2)});
      added += kBatch;
    }
  });
  for (int cut = 0; cut < 25 && !testing::Test::HasFailure(); ++cut) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
    TemporaryDirectory after;
    const int expected = added;
    vfs.copyAsAfterPowerCut(directory.path(), after.path(), random);
    const ArchiveFile left(after.path() / "archive.sqlite");
    EXPECT_GE(left.count({}), static_cast<std::uint64_t>(expected));
    EXPECT_EQ(left.count({}) % kBatch, 0u) << "half of a transaction";
  }
  stopping = true;
  adder.join();
}

}  // namespace
}  // namespace ddblog::eventbridge
