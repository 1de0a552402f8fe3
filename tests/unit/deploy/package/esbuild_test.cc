#include "deploy/package/esbuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/package/package_error.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::deploy {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

json::object properties(const char* text) { return parseJson(text).as_object(); }

TEST(Esbuild, PropertiesBecomeItsOptions) {
  EXPECT_THAT(esbuildArguments("app.ts", "nodejs22.x", {}),
              ElementsAre("--bundle", "--platform=node", "--log-level=warning", "--color=false", "app.ts", "--minify",
                          "--target=node22"));
  EXPECT_THAT(esbuildArguments("", "nodejs22.x", properties(R"({
      "EntryPoints": ["a.ts", "b.ts"], "Minify": false, "Target": "es2022", "Sourcemap": true, "Format": "esm",
      "External": ["@aws-sdk/*"], "OutExtension": [".js=.mjs"], "Loader": {".png": "file"},
      "MainFields": ["module", "main"]})")),
              ElementsAre("--bundle", "--platform=node", "--log-level=warning", "--color=false", "a.ts", "b.ts",
                          "--target=es2022", "--sourcemap", "--format=esm", "--external:@aws-sdk/*",
                          "--out-extension:.js=.mjs", "--loader:.png=file", "--main-fields=module,main"));
  EXPECT_THROW(esbuildArguments("a.ts", "nodejs22.x", properties(R"({"Minfy": true})")), PackageError);
}

// An esbuild that only copies.
class Project : public testing::Test {
 protected:
  Project() {
    fs::permissions(folder.write("node_modules/.bin/esbuild", R"sh(#!/bin/sh
for argument; do case $argument in --outdir=*) out=${argument#--outdir=};; --*) ;; *) entry=$argument;; esac; done
[ -e "$entry.broken" ] && { echo "✘ [ERROR] Unexpected end of file"; echo; echo "  $entry:1:0"; exit 1; }
mkdir -p "$out/$(dirname "$entry")" && cp "$entry" "$out/${entry%.ts}.js"
)sh"),
                    fs::perms(0755));
    folder.write("code/src/app.ts", "export const handler = 1;");
  }
  Bundle bundle(const char* handler) const {
    return bundled(folder.path() / "code", folder.path(), handler, "nodejs22.x", {});
  }
  TemporaryDirectory folder;
};

TEST_F(Project, BundlesTheHandlersModuleAndCleansUp) {
  fs::path made;
  {
    const Bundle result = bundle("src/app.handler");
    made = result.directory();
    EXPECT_TRUE(fs::exists(made / "src/app.js"));
  }
  EXPECT_FALSE(fs::exists(made));
}

TEST_F(Project, SaysWhatEsbuildSays) {
  folder.write("code/src/app.ts.broken", "");
  try {
    bundle("src/app.handler");
    FAIL() << "was not refused";
  } catch (const PackageError& e) {
    EXPECT_STREQ(e.what(), "esbuild: Unexpected end of file");
  }
}

TEST_F(Project, NeedsAnEntryPointAndEsbuild) {
  EXPECT_THROW(bundle("src/other.handler"), PackageError);
  fs::remove_all(folder.path() / "node_modules");
  try {
    bundle("src/app.handler");
    FAIL() << "was not refused";
  } catch (const PackageError& e) {
    EXPECT_STREQ(e.what(),
                 "its BuildMethod is esbuild, which the project does not have: run `npm install --save-dev esbuild`");
  }
}

}  // namespace
}  // namespace ddblog::deploy
