// Archives that are what they seem, and archives that are not. (Compressed ones, and one that becomes too large:
// tests/e2e/function_api_test.py.)
#include "services/lambda/code/zip_archive.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "base/gzip.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::lambda {
namespace {

namespace fs = std::filesystem;

struct Entry {
  std::string name;
  std::string content;
  std::uint32_t mode = S_IFREG | 0644;
  std::optional<std::uint32_t> claimed_size = {};  // in place of the true one
  std::optional<std::uint32_t> crc = {};           // in place of the true one
};

std::string number(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}

// An archive of entries that are not compressed.
std::string zipOf(const std::vector<Entry>& entries) {
  std::string files;
  std::string directory;
  for (const Entry& entry : entries) {
    const std::string common = number(20, 2) + number(0, 2) + number(0, 2) + number(0, 4) +
                               number(entry.crc.value_or(crc32(entry.content)), 4) + number(entry.content.size(), 4) +
                               number(entry.claimed_size.value_or(entry.content.size()), 4) +
                               number(entry.name.size(), 2) + number(0, 2);
    directory += std::string("PK\1\2") + number(3 << 8 | 20, 2) + common + number(0, 2) + number(0, 2) + number(0, 2) +
                 number(static_cast<std::uint64_t>(entry.mode) << 16, 4) + number(files.size(), 4) + entry.name;
    files += std::string("PK\3\4") + common + entry.name + entry.content;
  }
  return files + directory + "PK\5\6" + number(0, 4) + number(entries.size(), 2) + number(entries.size(), 2) +
         number(directory.size(), 4) + number(files.size(), 4) + number(0, 2);
}

std::string contentOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class ZipArchives : public testing::Test {
 protected:
  // Why it is refused; both by looking at it and by unpacking it.
  std::optional<BadZip::Kind> refusal(const std::string& zip) {
    std::optional<BadZip::Kind> kind;
    try {
      unpackZip(zip, directory_.path());
    } catch (const BadZip& bad) {
      kind = bad.kind();
    }
    try {
      checkZip(zip);
      EXPECT_FALSE(kind);
    } catch (const BadZip& bad) {
      EXPECT_EQ(kind, bad.kind());
    }
    return kind;
  }

  TemporaryDirectory directory_;
};

TEST_F(ZipArchives, AreUnpackedWithDirectoriesPermissionsAndLinks) {
  unpackZip(zipOf({{"empty/", "", S_IFDIR | 0755},
                   {"src/deep/index.js", "code"},
                   {"bootstrap", "program", S_IFREG | 0755},
                   {"windows.txt", "made elsewhere", 0},
                   {"link", "src/deep/index.js", S_IFLNK | 0777}}),
            directory_.path());
  EXPECT_TRUE(fs::is_directory(directory_.path() / "empty"));
  EXPECT_EQ(contentOf(directory_.path() / "src/deep/index.js"), "code");
  EXPECT_EQ(contentOf(directory_.path() / "link"), "code");
  const auto permissions = [&](const char* name) { return fs::status(directory_.path() / name).permissions(); };
  EXPECT_NE(permissions("bootstrap") & fs::perms::owner_exec, fs::perms::none);
  EXPECT_EQ(permissions("src/deep/index.js") & fs::perms::owner_exec, fs::perms::none);
  EXPECT_NE(permissions("windows.txt") & fs::perms::owner_read, fs::perms::none);
}

TEST_F(ZipArchives, ThatAreDamagedAreRefused) {
  const std::string zip = zipOf({{"index.js", "code"}});
  EXPECT_EQ(refusal(""), BadZip::Kind::kUnreadable);
  EXPECT_EQ(refusal("no archive"), BadZip::Kind::kUnreadable);
  EXPECT_EQ(refusal(zip.substr(0, zip.size() - 10)), BadZip::Kind::kUnreadable);
  EXPECT_EQ(refusal(zipOf({{"index.js", "code", S_IFREG | 0644, std::nullopt, 7}})), BadZip::Kind::kUnreadable);
  EXPECT_EQ(refusal(zip), std::nullopt);
}

TEST_F(ZipArchives, WithEntriesOutsideAreRefused) {
  for (const char* name : {"../out", "a/../../out", "/out", "a/.."}) {
    EXPECT_EQ(refusal(zipOf({{name, "evil"}})), BadZip::Kind::kUnreadable) << name;
  }
  EXPECT_FALSE(fs::exists(directory_.path().parent_path() / "out"));
}

TEST_F(ZipArchives, NothingIsWrittenThroughALink) {
  const fs::path outside = directory_.path() / "outside";
  const fs::path inside = directory_.path() / "inside";
  fs::create_directories(outside);
  fs::create_directories(inside);
  EXPECT_ANY_THROW(unpackZip(zipOf({{"way", outside.string(), S_IFLNK | 0777}, {"way/file", "evil"}}), inside));
  EXPECT_TRUE(fs::is_empty(outside));
}

// Each entry of such an archive is read, although all of them are the same bytes.
TEST_F(ZipArchives, WithEntriesThatOverlapAreRefused) {
  const std::string zip = zipOf({{"a", std::string(1000, 'x')}, {"b", std::string(1000, 'x')}});
  EXPECT_EQ(refusal(zip), std::nullopt);
  const std::string first = zipOf({{"a", std::string(1000, 'x')}});
  const std::size_t end = first.size() - 22;
  const std::size_t directory = first.find("PK\1\2");
  const std::string entry = first.substr(directory, end - directory);
  EXPECT_EQ(refusal(first.substr(0, end) + entry + "PK\5\6" + number(0, 4) + number(2, 2) + number(2, 2) +
                    number(2 * entry.size(), 4) + number(directory, 4) + number(0, 2)),
            BadZip::Kind::kUnreadable);
}

TEST_F(ZipArchives, ThatSayTheyBecomeTooLargeAreRefused) {
  EXPECT_EQ(refusal(zipOf({{"index.js", "code", S_IFREG | 0644, 300'000'000}})), BadZip::Kind::kTooLarge);
}

}  // namespace
}  // namespace ddblog::lambda
