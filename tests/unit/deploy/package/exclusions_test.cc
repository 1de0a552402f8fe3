#include "deploy/package/exclusions.h"

#include <gtest/gtest.h>

#include "deploy/package/package_error.h"

namespace ddblog::deploy {
namespace {

bool leavesOut(const std::vector<std::string>& patterns, std::string_view path) {
  return Exclusions(patterns).leavesOut(path, false);
}

TEST(Exclusions, LeaveOutWhatNobodyWantsToUpload) {
  for (const char* path : {".git", "a/__pycache__", "a.pyc", "b/c.pyc", ".env", ".env.local", "node_modules/.cache",
                           "packages/a/node_modules/.bin", "CMakeFiles", ".dynamodb-log"}) {
    EXPECT_TRUE(leavesOut({}, path)) << path;
  }
  for (const char* path : {"index.js", "environment", "git", ".npmrc", "node_modules"}) {
    EXPECT_FALSE(leavesOut({}, path)) << path;
  }
}

TEST(Exclusions, APatternWithoutSlashIsForNamesAtAnyDepth) {
  EXPECT_TRUE(leavesOut({"*.md"}, "README.md"));
  EXPECT_TRUE(leavesOut({"*.md"}, "a/b/README.md"));
  EXPECT_TRUE(leavesOut({"tests/"}, "a/tests"));
  EXPECT_FALSE(leavesOut({"/tests"}, "a/tests"));
  EXPECT_TRUE(leavesOut({"./tests"}, "tests"));
}

TEST(Exclusions, StarsAndAlternatives) {
  EXPECT_FALSE(leavesOut({"src/*.js"}, "src/a/b.js"));
  EXPECT_TRUE(leavesOut({"src/**/*.js"}, "src/b.js"));
  EXPECT_TRUE(leavesOut({"src/**/*.js"}, "src/a/b/c.js"));
  EXPECT_TRUE(leavesOut({"**/a/**/b"}, "x/a/y/z/b"));
  EXPECT_FALSE(leavesOut({"**/a/**/b"}, "x/a/y/z/c"));
  EXPECT_TRUE(leavesOut({"*.{ts,map}"}, "a/b.map"));
  EXPECT_FALSE(leavesOut({"*.{ts,map}"}, "a/b.js"));
}

TEST(Exclusions, TheLastPatternDecides) {
  EXPECT_FALSE(leavesOut({"*.md", "!LICENSE.md"}, "LICENSE.md"));
  EXPECT_TRUE(leavesOut({"!LICENSE.md", "*.md"}, "LICENSE.md"));
  EXPECT_FALSE(leavesOut({"!.env"}, ".env"));
  EXPECT_TRUE(Exclusions({"a"}).leavesOut("a/b", true));
  EXPECT_FALSE(Exclusions({"a", "!a/b"}).leavesOut("a/b", true));
}

TEST(Exclusions, HaveALimit) {
  EXPECT_THROW(Exclusions(std::vector<std::string>(1001, "a")), PackageError);
  EXPECT_THROW(Exclusions({std::string(1001, 'a')}), PackageError);
  std::string empty;
  for (int i = 0; i < 40; ++i) empty += "{,}";
  EXPECT_THROW(Exclusions({empty}), PackageError);
  EXPECT_THROW(Exclusions({"{a,a,a,a,a,a,a,a,a,a}{a,a,a,a,a,a,a,a,a,a}{a,a,a,a,a,a,a,a,a,a}"}), PackageError);
}

}  // namespace
}  // namespace ddblog::deploy
