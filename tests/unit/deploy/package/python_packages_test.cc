#include "deploy/package/python_packages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "deploy/package/function_code.h"
#include "deploy/package/package_error.h"
#include "services/lambda/code/zip_archive.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::deploy {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsSupersetOf;

// A python3 in PATH that writes down how it is called, and makes a package; and a cache of its own.
class Pip : public testing::Test {
 protected:
  Pip() {
    script("mkdir -p \"$8/tiny\" \"$8/bin\" && echo 'x = 1' > \"$8/tiny/__init__.py\" && echo tool > \"$8/bin/tool\"");
    set("PATH", (folder.path() / "bin").string() + ":" + path_);
    set("XDG_CACHE_HOME", (folder.path() / "cache").string());
  }
  ~Pip() override {
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("XDG_CACHE_HOME");
  }

  static void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }
  void script(const std::string& text) {
    fs::permissions(folder.write("bin/python3", "#!/bin/sh\necho \"$*\" >> " + (folder.path() / "calls").string() +
                                                    "\n" + text + "\n"),
                    fs::perms(0755));
  }
  std::size_t calls() const {
    const std::string lines = folder.read("calls");
    return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
  }

  TemporaryDirectory folder;
  const PythonTarget target{"python3.13", "x86_64"};

 private:
  const std::string path_ = std::getenv("PATH");
};

TEST(PipOptions, NameThePlatformsOfTheRuntime) {
  EXPECT_THAT(pipOptions({"python3.13", "x86_64"}),
              IsSupersetOf({"--only-binary=:all:", "3.13", "manylinux_2_34_x86_64", "manylinux_2_28_x86_64",
                            "manylinux2014_x86_64"}));
  EXPECT_THAT(pipOptions({"python3.12", "arm64"}), IsSupersetOf({"3.12", "manylinux_2_34_aarch64"}));
  EXPECT_THAT(pipOptions({"python3.11", "x86_64"}), IsSupersetOf({"3.11", "manylinux_2_26_x86_64"}));
}

TEST_F(Pip, RunsOnceForTheSameRequirements) {
  const fs::path requirements = folder.write("code/requirements.txt", "tiny==1.0\n");
  const fs::path packages = pythonPackages(requirements, target);
  EXPECT_TRUE(fs::exists(packages / "tiny/__init__.py"));
  EXPECT_THAT(folder.read("calls"), HasSubstr("--platform manylinux_2_34_x86_64"));
  EXPECT_EQ(pythonPackages(requirements, target), packages);
  EXPECT_EQ(calls(), 1u);
  EXPECT_NE(pythonPackages(requirements, {"python3.13", "arm64"}), packages);
  EXPECT_EQ(calls(), 2u);
}

TEST_F(Pip, AFileThatRequirementsIncludeCounts) {
  const fs::path requirements = folder.write("code/requirements.txt", "-r base.txt\n--constraint=limits.txt\n");
  folder.write("code/base.txt", "tiny==1.0\n");
  folder.write("code/limits.txt", "tiny<2\n");
  const fs::path packages = pythonPackages(requirements, target);
  folder.write("code/limits.txt", "tiny<3\n");
  EXPECT_NE(pythonPackages(requirements, target), packages);
}

TEST_F(Pip, AFolderThatRequirementsNameCounts) {
  const fs::path requirements = folder.write("code/requirements.txt", "-e ../lib\n./wheel-1.whl  # ours\n");
  folder.write("lib/lib.py", "x = 1\n");
  folder.write("code/wheel-1.whl", "1");
  const fs::path packages = pythonPackages(requirements, target);
  folder.write("lib/lib.py", "x = 2\n");
  const fs::path changed = pythonPackages(requirements, target);
  EXPECT_NE(changed, packages);
  folder.write("code/wheel-1.whl", "2");
  EXPECT_NE(pythonPackages(requirements, target), changed);
}

TEST_F(Pip, WhatItWroteDownDoesNotNameScriptsOfThisMachine) {
  script(
      "mkdir -p \"$8/a-1.dist-info\" && printf '../../bin/tool,sha256=x,1\\na.py,sha256=y,2\\n' > "
      "\"$8/a-1.dist-info/RECORD\"");
  const fs::path packages = pythonPackages(folder.write("code/requirements.txt", "a==1\n"), target);
  EXPECT_EQ(folder.read(fs::relative(packages / "a-1.dist-info/RECORD", folder.path()).string()), "a.py,sha256=y,2\n");
}

TEST_F(Pip, RequirementsWithoutAVersionAreNamed) {
  folder.write("code/base.txt", "other>=1  # at least\nfixed==2\n");
  const fs::path requirements =
      folder.write("code/requirements.txt", "# all\n-r base.txt\ntiny\n./lib\nx @ https://example.com/x.whl\n");
  EXPECT_THAT(unpinnedRequirements(requirements), testing::UnorderedElementsAre("tiny", "other>=1"));
  folder.write("code/base.txt", "-c limits.txt\n");
  folder.write("code/limits.txt", "tiny==1\n");
  EXPECT_THAT(unpinnedRequirements(requirements), testing::IsEmpty());
}

TEST_F(Pip, IsEndedWithItsChildrenWhenItIsInterrupted) {
  script("sleep 1000 & echo $! > " + (folder.path() / "child").string() + "; echo started; wait");
  const fs::path requirements = folder.write("code/requirements.txt", "tiny==1\n");
  const auto is_started = [this] { return fs::exists(folder.path() / "child") && !folder.read("child").empty(); };
  EXPECT_THROW(pythonPackages(requirements, target, is_started), PackageError);
}

TEST_F(Pip, PackagesStandBesideTheFunctionWhoseOwnFilesWin) {
  folder.write("code/requirements.txt", "tiny\n");
  folder.write("code/users.py", "import tiny\n");
  folder.write("code/tiny/__init__.py", "x = 2\n");
  FunctionCode function;
  function.name = "Users";
  function.code = folder.path() / "code";
  function.runtime = "python3.13";
  const TemporaryDirectory target_folder;
  lambda::unpackZip(packageFunction(function).zip(), target_folder.path());
  EXPECT_EQ(target_folder.read("tiny/__init__.py"), "x = 2\n");
  EXPECT_FALSE(fs::exists(target_folder.path() / "bin"));
}

TEST_F(Pip, SaysWhatPipSaysAndKeepsNothing) {
  script("echo 'noise'; echo 'ERROR: No matching distribution found for tiny==9'; exit 1");
  const fs::path requirements = folder.write("code/requirements.txt", "tiny==9\n");
  try {
    pythonPackages(requirements, target);
    FAIL() << "was not refused";
  } catch (const PackageError& e) {
    EXPECT_EQ(std::string(e.what()),
              "pip cannot install " + requirements.string() + ": No matching distribution found for tiny==9");
  }
  EXPECT_TRUE(fs::is_empty(folder.path() / "cache/dynamodb-log/python"));
}

}  // namespace
}  // namespace ddblog::deploy
