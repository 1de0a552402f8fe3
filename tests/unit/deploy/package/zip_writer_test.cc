#include "deploy/package/zip_writer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "deploy/package/file_content.h"
#include "deploy/package/package_error.h"
#include "services/lambda/code/zip_archive.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::deploy {
namespace {

namespace fs = std::filesystem;

std::vector<PackedFile> filesIn(const TemporaryDirectory& directory) {
  return filesBelow(directory.path(), Exclusions());
}

std::string zip(const std::vector<PackedFile>& files) { return zipOf(files, contentKey(files)); }

// Of a directory's central record: the first one, which begins with "PK\1\2".
std::string centralRecord(const std::string& bytes) { return bytes.substr(bytes.find("PK\1\2"), 46); }

TEST(ZipWriter, WhatItWritesUnpacksToTheSameFiles) {
  const TemporaryDirectory source, target;
  source.write("src/åäö.js", "text");
  source.write("empty", "");
  source.write("large", std::string(3'000'000, 'x'));
  fs::permissions(source.write("bootstrap", "#!/bin/sh\n"), fs::perms(0700));
  fs::permissions(source.write("private", "p"), fs::perms(0600));
  lambda::unpackZip(zip(filesIn(source)), target.path());
  EXPECT_EQ(target.read("src/åäö.js"), "text");
  EXPECT_EQ(target.read("empty"), "");
  EXPECT_EQ(target.read("large").size(), 3'000'000u);
  struct stat status {};
  ::stat((target.path() / "bootstrap").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0755u);
  ::stat((target.path() / "private").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0644u);
}

TEST(ZipWriter, TimesAndPlacesDoNotMatter) {
  const TemporaryDirectory one, other;
  for (const TemporaryDirectory* directory : {&one, &other}) {
    directory->write("b.js", "b");
    directory->write("a/c.js", "c");
  }
  fs::last_write_time(other.path() / "b.js", fs::file_time_type::clock::now() - std::chrono::hours(24 * 365));
  EXPECT_EQ(contentKey(filesIn(one)), contentKey(filesIn(other)));
  EXPECT_EQ(zip(filesIn(one)), zip(filesIn(other)));
}

TEST(ZipWriter, ModesPathsAndContentMatter) {
  const TemporaryDirectory directory;
  const fs::path file = directory.write("a", "1");
  const std::string key = contentKey(filesIn(directory));
  fs::permissions(file, fs::perms(0755));
  EXPECT_NE(contentKey(filesIn(directory)), key);
  fs::permissions(file, fs::perms(0644));
  EXPECT_EQ(contentKey(filesIn(directory)), key);
  directory.write("a", "2");
  EXPECT_NE(contentKey(filesIn(directory)), key);
  directory.write("a", "1");
  fs::rename(file, directory.path() / "b");
  EXPECT_NE(contentKey(filesIn(directory)), key);
}

TEST(ZipWriter, AnEntrySaysUnixUtf8AndTheFirstTime) {
  const TemporaryDirectory directory;
  directory.write("a", "1");
  const std::string record = centralRecord(zip(filesIn(directory)));
  EXPECT_EQ(record.substr(4, 2), std::string("\x14\x03", 2));           // made by Unix
  EXPECT_EQ(record.substr(8, 2), std::string("\x00\x08", 2));           // UTF-8
  EXPECT_EQ(record.substr(12, 4), std::string("\x00\x00\x21\x00", 4));  // 1980-01-01 00:00
  EXPECT_EQ(record.substr(38, 4), std::string("\x00\x00\xa4\x81", 4));  // a file, 0644
}

// The key is what the archive is named after: other bytes under it would be there for ever.
TEST(ZipWriter, RefusesFilesThatHaveChangedSinceTheirKeyWasMade) {
  const TemporaryDirectory directory;
  directory.write("a", "1");
  const std::vector<PackedFile> files = filesIn(directory);
  const std::string key = contentKey(files);
  directory.write("a", "2");
  EXPECT_THROW(zipOf(files, key), PackageError);
  directory.write("a", "longer");
  EXPECT_THROW(zipOf(files, key), PackageError);
}

}  // namespace
}  // namespace ddblog::deploy
