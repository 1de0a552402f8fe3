#include <gtest/gtest.h>

#include "deploy/package/file_list.h"
#include "deploy/package/function_code.h"
#include "deploy/package/limits.h"
#include "deploy/package/package_error.h"
#include "deploy/package/zip_size.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::deploy {
namespace {

CodePackage ofBytes(std::uint64_t bytes, const std::string& largest) {
  CodePackage package;
  package.bytes = bytes;
  package.largest = {{largest, bytes}};
  return package;
}

TEST(Sizes, AFunctionAndItsLayersCountTogether) {
  const CodePackage code = ofBytes(limits::kUnzippedBytes - 10, "model.bin");
  const CodePackage small = ofBytes(10, "a"), large = ofBytes(11, "b");
  EXPECT_NO_THROW(checkSize("F", code, {&small}));
  try {
    checkSize("F", code, {&large});
    FAIL() << "was not refused";
  } catch (const PackageError& e) {
    EXPECT_STREQ(e.what(),
                 "function F: its code and layers are 262,144,001 bytes unzipped, and Lambda takes 262,144,000; the "
                 "largest files: model.bin (250 MB), b (1 MB)");
  }
}

TEST(Sizes, WhatIsTooLargeIsNotRead) {
  const TemporaryDirectory folder;
  const auto file = folder.write("huge", "");
  std::filesystem::resize_file(file, limits::kUnzippedBytes + 1);  // a hole: it takes no space
  FunctionCode function;
  function.name = "F";
  function.code = folder.path();
  function.runtime = "nodejs22.x";
  const CodePackage package = packageFunction(function);
  EXPECT_THROW(checkSize("F", package, {}), PackageError);
}

TEST(Sizes, OfAnArchiveThatIsTakenAsItIsAreThoseOfItsFiles) {
  const TemporaryDirectory folder;
  folder.write("code/a", std::string(100'000, 'a'));
  folder.write("code/b", "b");
  FunctionCode function;
  function.name = "F";
  function.code = folder.path() / "code";
  function.runtime = "nodejs22.x";
  function.code = folder.write("code.zip", packageFunction(function).zip());
  EXPECT_EQ(packageFunction(function).bytes, 100'001u);
  EXPECT_EQ(unzippedBytes("no archive"), std::nullopt);
}

TEST(Sizes, LinksThatFanOutAreCounted) {
  const TemporaryDirectory folder;
  folder.write("code/20/file", "");
  for (int level = 0; level < 20; ++level) {
    const auto directory = folder.path() / "code" / std::to_string(level);
    std::filesystem::create_directories(directory);
    for (const char* name : {"a", "b"}) {
      std::filesystem::create_symlink("../" + std::to_string(level + 1), directory / name);
    }
  }
  EXPECT_THROW(filesBelow(folder.path() / "code", Exclusions({"file"})), PackageError);
}

}  // namespace
}  // namespace ddblog::deploy
