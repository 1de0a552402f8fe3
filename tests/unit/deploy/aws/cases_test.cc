// The cases of cases/*.cases: a template in, the template that is uploaded out.
//
//   case A name
//   given file PATH                        followed by its text, indented by two spaces
//   given program PATH                     a static program
//   given stage NAME, parameter NAME=VALUE the stage is dev, unless a case says otherwise
//   given stack parameter NAME=VALUE       what the stack has already
//   template [NAME]                        followed by its text; the default name is template.yaml
//   expect POINTER JSON                    of the uploaded template; or "absent"
//   nested N POINTER JSON                  the same of the template that artifact N is
//   artifact N ENDING USERS                the artifacts, in order, from 1
//   capability sam, capability named       all capabilities that it needs
//   parameters NAME…
//   note TEXT                              all notes; @ is the case's folder
//   refused TEXT                           instead
//   tables NAME…                           those that a removal looks for; table-note TEXT for the others
//
// A text "<N>" stands for the key of artifact N.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "deploy/aws/application_package.h"
#include "deploy/aws/declared_tables.h"
#include "unit/deploy/package/elf_bytes.h"
#include "unit/support/case_lines.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::deploy {
namespace {

namespace fs = std::filesystem;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t place = 0; (place = text.find(what, place)) != std::string::npos; place += with.size()) {
    text.replace(place, what.size(), with);
  }
  return text;
}

class CaseRun {
 public:
  void run(const CaseLines& one) {
    request_.stage = "dev";
    request_.stack_name = "app-dev";
    request_.region = "eu-north-1";
    request_.account = "111122223333";
    request_.partition = "aws";
    request_.bucket = "artifacts";
    for (const CaseLine& line : one.lines) prepare(line);
    try {
      package_ = packageApplication(request_);
    } catch (const std::exception& e) {
      refused_.push_back(shortened(e.what()));
    }
    EXPECT_EQ(refused_, wanted(one, "refused"));
    if (!wanted(one, "tables").empty()) checkTables(one);
    if (!refused_.empty()) return;
    for (const CaseLine& line : one.lines) check(line);
    std::vector<std::string> notes, artifacts, capabilities;
    for (const std::string& note : package_.notes) notes.push_back(shortened(note));
    for (std::size_t i = 0; i < package_.artifacts.size(); ++i) {
      const Artifact& artifact = package_.artifacts[i];
      EXPECT_TRUE(artifact.key.starts_with("app-dev/"));
      artifacts.push_back(std::to_string(i + 1) + " " + artifact.key.substr(artifact.key.rfind('.') + 1) + " " +
                          artifact.description);
      EXPECT_NE(artifact.content(), "");
    }
    if (package_.is_sam) capabilities.push_back("sam");
    if (package_.needs_named_iam) capabilities.push_back("named");
    EXPECT_EQ(notes, wanted(one, "note"));
    EXPECT_EQ(artifacts, wanted(one, "artifact"));
    EXPECT_EQ(capabilities, wanted(one, "capability"));
  }

 private:
  static std::vector<std::string> wanted(const CaseLines& one, const std::string& word) {
    std::vector<std::string> all;
    for (const CaseLine& line : one.lines) {
      if (line.word == word) all.push_back(line.rest);
    }
    return all;
  }

  void prepare(const CaseLine& line) {
    if (line.word == "template") {
      request_.template_file = folder_.write(line.rest.empty() ? "template.yaml" : line.rest, line.text);
    }
    if (line.word != "given") return;
    const auto [what, rest] = firstWord(line.rest);
    if (what == "file") folder_.write(rest, line.text.empty() ? rest : line.text);
    if (what == "program") fs::permissions(folder_.write(rest, elfBytes({})), fs::perms(0755));
    if (what == "stage") request_.stage = rest;
    if (what == "stack") {  // its parameter
      const std::string value = firstWord(rest).second;
      request_.stack_parameters[value.substr(0, value.find('='))] = value.substr(value.find('=') + 1);
    }
    if (what == "parameter") request_.parameters[rest.substr(0, rest.find('='))] = rest.substr(rest.find('=') + 1);
  }

  void check(const CaseLine& line) const {
    static const std::set<std::string> kWords = {"template",   "given",      "expect",    "nested",
                                                 "parameters", "capability", "note",      "artifact",
                                                 "refused",    "tables",     "table-note"};
    EXPECT_TRUE(kWords.contains(line.word)) << "unknown word " << line.word;
    if (line.word == "expect") checkPointer(package_.template_body, line.rest);
    if (line.word == "nested") {
      const auto [number, rest] = firstWord(line.rest);
      checkPointer(parseJson(package_.artifacts.at(std::stoul(number) - 1).content()), rest);
    }
    if (line.word == "parameters") {
      std::string names;
      for (const std::string& name : package_.parameters) names += (names.empty() ? "" : " ") + name;
      EXPECT_EQ(names, line.rest);
    }
  }

  void checkTables(const CaseLines& one) const {
    const DeclaredTables tables = declaredTables(request_);
    std::string names;
    for (const std::string& name : tables.names) names += (names.empty() ? "" : " ") + name;
    EXPECT_EQ(names, wanted(one, "tables").front());
    std::vector<std::string> notes;
    for (const std::string& note : tables.notes) notes.push_back(shortened(note));
    EXPECT_EQ(notes, wanted(one, "table-note"));
  }

  void checkPointer(const json::value& body, const std::string& text) const {
    const auto [pointer, expected] = firstWord(text);
    boost::system::error_code missing;
    const json::value* found = body.find_pointer(pointer, missing);
    std::string actual = found ? json::serialize(*found) : "absent";
    for (std::size_t i = 0; i < package_.artifacts.size(); ++i) {
      actual = replaced(actual, package_.artifacts[i].key, "<" + std::to_string(i + 1) + ">");
    }
    EXPECT_EQ(actual, expected == "absent" ? expected : json::serialize(parseJson(expected))) << pointer;
  }

  std::string shortened(const std::string& text) const { return replaced(text, folder_.path().string(), "@"); }

  TemporaryDirectory folder_;
  PackageRequest request_;
  ApplicationPackage package_;
  std::vector<std::string> refused_;
};

TEST(UploadCases, GiveTheirTemplatesAndArtifacts) {
  for (const CaseLines& one : readCaseLines(DDBLOG_UPLOAD_CASES)) {
    SCOPED_TRACE(one.place);
    CaseRun().run(one);
  }
}

}  // namespace
}  // namespace ddblog::deploy
