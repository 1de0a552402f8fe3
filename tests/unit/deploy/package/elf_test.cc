#include "deploy/package/elf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "unit/deploy/package/elf_bytes.h"

namespace ddblog::deploy {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Elf, SaysTheArchitectureAndThatAProgramIsStatic) {
  EXPECT_EQ(readExecutable(elfBytes({}))->architecture, "x86_64");
  EXPECT_THAT(readExecutable(elfBytes({}))->libraries, IsEmpty());
  EXPECT_EQ(readExecutable(elfBytes({EM_AARCH64, {}, {}}))->architecture, "arm64");
  EXPECT_EQ(readExecutable(elfBytes({EM_RISCV, {}, {}}))->architecture, "machine 243");
}

TEST(Elf, NamesTheSharedLibrariesAndTheNewestVersions) {
  const auto program = readExecutable(elfBytes({EM_X86_64,
                                                {"libc.so.6", "libstdc++.so.6"},
                                                {{"libc.so.6", {"GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.9"}},
                                                 {"libstdc++.so.6", {"GLIBCXX_3.4.9", "GLIBCXX_3.4.30"}}}}));
  EXPECT_THAT(program->libraries, ElementsAre("libc.so.6", "libstdc++.so.6"));
  EXPECT_EQ(program->glibc, "2.34");
  EXPECT_EQ(program->libstdcxx, "3.4.30");
}

TEST(Elf, ReadsThisProgramItself) {
  std::ifstream in("/proc/self/exe", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto program = readExecutable(bytes);
  ASSERT_TRUE(program);
  EXPECT_THAT(program->libraries, Contains("libc.so.6"));
  EXPECT_NE(program->glibc, "");
}

TEST(Elf, TakesNothingElseForAProgram) {
  EXPECT_FALSE(readExecutable(""));
  EXPECT_FALSE(readExecutable("#!/bin/sh\n"));
  std::string other = elfBytes({});
  other[EI_CLASS] = ELFCLASS32;
  EXPECT_FALSE(readExecutable(other));
}

TEST(Elf, StaysWithinADamagedFile) {
  const std::string whole = elfBytes({EM_X86_64, {"libc.so.6"}, {{"libc.so.6", {"GLIBC_2.34"}}}});
  for (std::size_t size = 0; size <= whole.size(); ++size) readExecutable(whole.substr(0, size));
  for (std::size_t place = sizeof(Elf64_Ehdr); place < whole.size(); ++place) {
    std::string damaged = whole;
    damaged[place] = '\xff';
    readExecutable(damaged);
  }
}

TEST(Elf, SaysWhatAFunctionWouldNotFind) {
  const Executable old{"x86_64", {"libc.so.6", "libm.so.6", "libgcc_s.so.1"}, "2.34", ""};
  EXPECT_THAT(missingInLambda(old, "provided.al2023", {}), IsEmpty());
  EXPECT_THAT(missingInLambda(old, "provided.al2", {}), ElementsAre("glibc 2.34 (the runtime has 2.26)"));
  const Executable other{"x86_64", {"libc.so.6", "libpq.so.5", "libstdc++.so.6"}, "2.36", "3.4.30"};
  EXPECT_THAT(
      missingInLambda(other, "provided.al2023", {}),
      ElementsAre("libpq.so.5", "glibc 2.36 (the runtime has 2.34)", "libstdc++ 3.4.30 (the runtime has 3.4.29)"));
  EXPECT_THAT(missingInLambda(other, "provided.al2023", {"libpq.so.5", "libstdc++.so.6"}),
              ElementsAre("glibc 2.36 (the runtime has 2.34)"));
}

}  // namespace
}  // namespace ddblog::deploy
