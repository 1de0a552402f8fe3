#include "snapshots/data_directory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <vector>

#include "store/directory_lock.h"

namespace ddblog::snapshots {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

class DataDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    root = fs::temp_directory_path() / ("data-directory-test-" + std::to_string(getpid()));
    fs::create_directories(root / "data" / "store");
    write("data/in-use.lock");
    write("data/store/CURRENT");
    write("data/archive.sqlite");
    write("data/archive.sqlite-wal");
  }
  void TearDown() override { fs::remove_all(root); }
  void write(const std::string& file) { std::ofstream(root / file) << "x"; }

  fs::path root;
};

TEST_F(DataDirectoryTest, IsRemovedWhole) {
  removeDataDirectory(root / "data");
  EXPECT_FALSE(fs::exists(root / "data"));
  EXPECT_TRUE(fs::exists(root));
}

TEST_F(DataDirectoryTest, IsRemovedWithoutItsArchive) {
  EXPECT_EQ(removeDataButArchives(root / "data"), Paths{root / "data-archive.sqlite"});
  EXPECT_FALSE(fs::exists(root / "data"));
  EXPECT_TRUE(fs::exists(root / "data-archive.sqlite"));
}

TEST_F(DataDirectoryTest, KeepsDamagedArchivesToo) {
  write("data/archive.sqlite.damaged");
  write("data/archive.sqlite.damaged-wal");
  fs::remove(root / "data/archive.sqlite-wal");
  EXPECT_TRUE(holdsArchive(root / "data"));
  EXPECT_EQ(removeDataButArchives(root / "data"),
            (Paths{root / "data-archive.sqlite", root / "data-archive.sqlite.damaged"}));
  EXPECT_TRUE(fs::exists(root / "data-archive.sqlite.damaged-wal"));
}

TEST_F(DataDirectoryTest, KeepsAnArchiveBesideThoseThatWereKeptBefore) {
  write("data-archive.sqlite");
  write("data-archive-2.sqlite-wal");  // SQLite would take it for that of the archive
  EXPECT_EQ(removeDataButArchives(root / "data/"), Paths{root / "data-archive-3.sqlite"});
  EXPECT_TRUE(fs::exists(root / "data-archive-3.sqlite"));
}

TEST_F(DataDirectoryTest, WithoutAnArchiveNoneIsKept) {
  fs::remove(root / "data/archive.sqlite");
  fs::remove(root / "data/archive.sqlite-wal");
  EXPECT_FALSE(holdsArchive(root / "data"));
  EXPECT_EQ(removeDataButArchives(root / "data"), Paths());
  EXPECT_FALSE(fs::exists(root / "data"));
}

TEST_F(DataDirectoryTest, NamesItsHolder) {
  EXPECT_EQ(holderOf(root / "data"), std::nullopt);
  EXPECT_EQ(holderOf(root / "nothing"), std::nullopt);
  const DirectoryLock lock(root / "data");
  EXPECT_EQ(holderOf(root / "data"), getpid());
  EXPECT_THROW(removeDataButArchives(root / "data"), StoreInUse);
}

TEST_F(DataDirectoryTest, IsNotRemovedWhileItIsInUse) {
  const DirectoryLock lock(root / "data");
  EXPECT_THROW(removeDataDirectory(root / "data"), StoreInUse);
  EXPECT_TRUE(fs::exists(root / "data/store/CURRENT"));
}

TEST_F(DataDirectoryTest, ADirectoryThatNeverWasOneIsRefused) {
  fs::remove(root / "data/in-use.lock");
  EXPECT_THROW(removeDataDirectory(root / "data"), std::invalid_argument);
  EXPECT_TRUE(fs::exists(root / "data/archive.sqlite"));
}

TEST_F(DataDirectoryTest, ADirectoryThatHoldsSomethingElseIsRefusedAndItIsNamed) {
  write("data/thesis.txt");
  try {
    removeDataDirectory(root / "data");
    FAIL();
  } catch (const std::invalid_argument& refused) {
    EXPECT_NE(std::string(refused.what()).find("thesis.txt"), std::string::npos);
  }
  EXPECT_TRUE(fs::exists(root / "data/archive.sqlite"));
}

TEST_F(DataDirectoryTest, WhatIsNotThereOrNoDirectoryIsRefused) {
  EXPECT_THROW(removeDataDirectory(root / "nothing"), std::invalid_argument);
  EXPECT_THROW(removeDataDirectory(root / "data/archive.sqlite"), std::invalid_argument);
  fs::create_symlink(root / "data", root / "link");
  EXPECT_THROW(removeDataDirectory(root / "link"), std::invalid_argument);
}

}  // namespace
}  // namespace ddblog::snapshots
