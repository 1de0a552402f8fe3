// Runs cases/*.cases: see case_file.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "unit/support/temporary_directory.h"
#include "unit/template/case_file.h"
#include "unit/template/read_template.h"

namespace ddblog::templates {
namespace {

namespace fs = std::filesystem;

constexpr const char* kValueFunction = R"(  ValueOfTheCase:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Code: .
      Environment:
        Variables:
          VALUE: )";

std::vector<fs::path> caseFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(DDBLOG_TEMPLATE_CASES)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

// A directory with the template and with code, so that functions are complete.
class CaseDirectory {
 public:
  explicit CaseDirectory(const TemplateCase& one) {
    write(path() / "index.js", "");
    write(path() / "app.py", "");
    for (const auto& [name, text] : one.files) write(path() / name, text);
    std::string text = one.text;
    if (!one.value.empty()) {
      if (text.find("Resources:") == std::string::npos) text += "Resources:\n";
      text += kValueFunction + one.value + "\n";
    }
    write(path() / one.file, text);
  }

  fs::path path() const { return temporary_.path(); }
  // Without the directory, so that a case can name the file.
  std::string shortened(std::string text) const {
    const std::string prefix = path().string() + "/";
    for (std::size_t place; (place = text.find(prefix)) != std::string::npos;) text.erase(place, prefix.size());
    return text;
  }

 private:
  TemporaryDirectory temporary_;
};

std::string at(const json::object& model, const std::string& pointer) {
  boost::system::error_code missing;
  const json::value whole(model);
  const json::value* found = whole.find_pointer(pointer, missing);
  return found ? json::serialize(*found) : "absent";
}

void checkLines(const TemplateReport& report, const TemplateCase& one, const CaseDirectory& directory) {
  std::vector<std::string> notes;
  std::vector<std::string> errors;
  std::vector<std::string> runs;
  for (const TemplateReport::Line& line : report.lines) {
    if (line.kind == Finding::Kind::kNote) notes.push_back(directory.shortened(line.place + line.text));
    if (line.kind == Finding::Kind::kRuns) runs.push_back(directory.shortened(line.place + line.text));
    if (line.kind == Finding::Kind::kError) errors.push_back(directory.shortened(line.place + line.text));
  }
  if (!one.runs.empty()) {
    EXPECT_EQ(runs, one.runs);
  }
  EXPECT_EQ(notes, one.notes);
  EXPECT_EQ(errors, one.errors);
}

void run(const TemplateCase& one) {
  const CaseDirectory directory(one);
  try {
    const TemplateReport report = inspectTemplate(directory.path() / one.file, one.parameters, {}, one.outside);
    EXPECT_EQ(one.refused, "") << "was not refused";
    checkLines(report, one, directory);
    const json::object model = modelOf(report.app);
    for (const auto& [pointer, expected] : one.expected) {
      const std::string wanted = expected == "absent" ? expected : json::serialize(parseJson(expected));
      EXPECT_EQ(directory.shortened(at(model, pointer)), wanted) << pointer;
    }
    for (const std::string& expected : one.given_value) {
      const json::value value(expected);
      EXPECT_EQ(directory.shortened(at(model, "/functions/ValueOfTheCase/environment/VALUE")), json::serialize(value));
    }
  } catch (const TemplateError& e) {
    EXPECT_EQ(directory.shortened(e.what()), one.refused);
  }
}

class TemplateCases : public testing::TestWithParam<fs::path> {};

TEST_P(TemplateCases, GiveTheirModelsAndNotes) {
  const std::vector<TemplateCase> cases = readCases(GetParam());
  ASSERT_FALSE(cases.empty());
  for (const TemplateCase& one : cases) {
    SCOPED_TRACE(GetParam().filename().string() + ":" + std::to_string(one.line) + ": " + one.name);
    run(one);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, TemplateCases, testing::ValuesIn(caseFiles()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace ddblog::templates
