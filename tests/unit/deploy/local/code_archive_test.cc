// Archives of code that stands in a template.
#include "deploy/local/code_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/local/service_calls.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::deploy {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

templates::App::Function function(const std::string& runtime, const std::string& code) {
  templates::App::Function made;
  made.name = "f";
  made.runtime = runtime;
  made.inline_code = code;
  return made;
}

TEST(CodeArchive, OfCodeInTheTemplateHasTheModuleIndex) {
  EXPECT_THAT(codeArchive(function("nodejs22.x", "exports.handler = 1;")), StartsWith("PK"));
  EXPECT_THAT(codeArchive(function("nodejs22.x", "exports.handler = 1;")), HasSubstr("index.js"));
  EXPECT_THAT(codeArchive(function("nodejs22.x", "\nexport const handler = 1;")), HasSubstr("index.mjs"));
  EXPECT_THAT(codeArchive(function("python3.11", "handler = 1")), HasSubstr("index.py"));
  EXPECT_THROW(codeArchive(function("provided.al2023", "code")), ProvisionError);
}

TEST(CodeArchive, OfTheSameCodeIsTheSame) {
  EXPECT_EQ(codeArchive(function("python3.11", "a = 1")), codeArchive(function("python3.11", "a = 1")));
  EXPECT_NE(codeArchive(function("python3.11", "a = 1")), codeArchive(function("python3.11", "a = 2")));
}

TEST(CodeArchive, IsTheFileThatTheTemplateNames) {
  const TemporaryDirectory directory;
  templates::App::Function made;
  made.name = "f";
  EXPECT_EQ(codeArchive(made), "");
  made.code_archive = directory.write("code.zip", "bytes");
  EXPECT_EQ(codeArchive(made), "bytes");
  made.code_archive = directory.path() / "gone.zip";
  EXPECT_THROW(codeArchive(made), ProvisionError);
}

TEST(ProvisionError, BeginsWithThePlace) {
  const ProvisionError error("table t: it is wrong", "template.yaml:3: ");
  EXPECT_STREQ(error.what(), "template.yaml:3: table t: it is wrong");
  EXPECT_EQ(error.place(), "template.yaml:3: ");
  EXPECT_EQ(error.text(), "table t: it is wrong");
}

}  // namespace
}  // namespace ddblog::deploy
