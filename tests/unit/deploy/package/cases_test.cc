// The cases of cases/*.cases: a function's folder in, the entries of its package out.
//
//   case A name
//   runtime nodejs22.x            as templates say it; the default is nodejs22.x
//   architecture arm64            the default is x86_64
//   code FOLDER                   the default is the case's folder
//   bootstrap FILE, exclude PATTERN, handler NAME, trigger, without dev dependencies
//   this program FILE             what the trigger is made of, if nothing else is named
//   file FILE TEXT                the default text is the file's name; "executable FILE TEXT" is one with mode 0755
//   link FILE TARGET
//   program FILE ARCHITECTURE LIBRARY…     an ELF file; without libraries it is static
//   entry MODE PATH               all entries of the package, in order
//   note TEXT                     all notes
//   refused TEXT                  instead; @ is the case's folder
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "deploy/package/function_code.h"
#include "deploy/package/package_error.h"
#include "services/lambda/code/zip_archive.h"
#include "unit/deploy/package/elf_bytes.h"
#include "unit/support/case_lines.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::deploy {
namespace {

namespace fs = std::filesystem;

// "src/a.js text" is the file and the text; without a text it is the file's name.
std::pair<std::string, std::string> fileAndText(const std::string& rest) {
  const std::size_t space = rest.find(' ');
  return {rest.substr(0, space), space == std::string::npos ? rest : rest.substr(space + 1)};
}

class CaseRun {
 public:
  void run(const CaseLines& one) {
    function_.name = "F";
    function_.runtime = "nodejs22.x";
    function_.handler = "index.handler";
    function_.code = folder_.path();
    function_.project_directory = folder_.path();
    function_.program = folder_.path() / "no program";
    for (const CaseLine& line : one.lines) take(line.word, line.rest);
    try {
      const CodePackage package = packageFunction(function_);
      EXPECT_EQ(refused_, "") << "was not refused";
      EXPECT_EQ(unpacked(package), entries_);
      EXPECT_EQ(package.notes.size(), notes_.size());
      for (std::size_t i = 0; i < std::min(notes_.size(), package.notes.size()); ++i) {
        EXPECT_EQ(shortened(package.notes[i]), notes_[i]);
      }
    } catch (const PackageError& e) {
      EXPECT_EQ(shortened(e.what()), refused_);
    }
  }

 private:
  void take(const std::string& word, const std::string& rest) {
    const fs::path path = (folder_.path() / fileAndText(rest).first).lexically_normal();
    if (word == "runtime")
      function_.runtime = rest;
    else if (word == "architecture")
      function_.architecture = rest;
    else if (word == "handler")
      function_.handler = rest;
    else if (word == "code")
      function_.code = path;
    else if (word == "bootstrap")
      function_.bootstrap = path;
    else if (word == "exclude")
      function_.exclude.push_back(rest);
    else if (word == "trigger")
      function_.is_trigger = true;
    else if (word == "without")
      function_.exclude_dev_dependencies = true;
    else if (word == "this")
      function_.program = folder_.path() / fileAndText(rest).second;
    else if (word == "refused")
      refused_ = rest;
    else if (word == "entry")
      entries_.push_back(rest);
    else if (word == "note")
      notes_.push_back(rest);
    else
      takeFile(word, rest, path);
  }

  void takeFile(const std::string& word, const std::string& rest, const fs::path& path) {
    const auto [name, text] = fileAndText(rest);
    if (word == "link") {
      fs::create_directories(path.parent_path());
      fs::create_symlink(text, path);
    } else if (word == "program") {
      std::istringstream words(text);
      std::string architecture;
      words >> architecture;
      ElfWish wish{static_cast<std::uint16_t>(architecture == "arm64" ? EM_AARCH64 : EM_X86_64), {}, {}};
      for (std::string library; words >> library;) wish.libraries.push_back(library);
      fs::permissions(folder_.write(name, elfBytes(wish)), fs::perms(0755));
    } else if (word == "executable") {
      fs::permissions(folder_.write(name, text), fs::perms(0755));
    } else if (word == "file") {
      folder_.write(name, text);
    } else {
      ADD_FAILURE() << "unknown word " << word;
    }
  }

  // "0644 src/a.js" for each file.
  static std::vector<std::string> unpacked(const CodePackage& package) {
    const TemporaryDirectory target;
    lambda::unpackZip(package.zip(), target.path());
    std::vector<std::string> entries;
    for (const auto& entry : fs::recursive_directory_iterator(target.path())) {
      if (!entry.is_regular_file()) continue;
      const bool is_executable = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
      entries.push_back((is_executable ? "0755 " : "0644 ") + entry.path().lexically_relative(target.path()).string());
    }
    std::ranges::sort(entries, {}, [](const std::string& entry) { return entry.substr(5); });
    return entries;
  }

  std::string shortened(std::string text) const {
    const std::string folder = folder_.path().string();
    for (std::size_t place; (place = text.find(folder)) != std::string::npos;) text.replace(place, folder.size(), "@");
    return text;
  }

  TemporaryDirectory folder_;
  FunctionCode function_;
  std::vector<std::string> entries_;
  std::vector<std::string> notes_;
  std::string refused_;
};

TEST(PackageCases, GiveTheirEntries) {
  for (const CaseLines& one : readCaseLines(DDBLOG_PACKAGE_CASES)) {
    SCOPED_TRACE(one.place);
    CaseRun().run(one);
  }
}

}  // namespace
}  // namespace ddblog::deploy
