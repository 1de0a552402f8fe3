// The cases of cases/*.cases: a serverless.yml in, the template and the notes out.
//
//   === a function's name                a case and its name
//   --- serverless.yml                   a file; by default "service: users"
//   --- variables                        lines below resources.Metadata of serverless.yml
//   --- options                          stage=dev, region=eu-north-1, or NAME=VALUE of --parameter
//   --- environment                      NAME=VALUE
//   --- is                               Resources/HelloLambdaFunction/Type: "AWS::Lambda::Function"
//                                        Resources/Other: absent        settings/ports: [4010]
//   --- notes                            all notes, a line each; without this section there are none
//   --- refused                          the error, instead of the above
//
// A path in `is` leads into the document, or into `settings` or `seeds`. A note or an error may end in
// "…". @FOLDER@ is the folder of the case's files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "template/serverless/service.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::templates::serverless {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string name;
  std::map<std::string, std::string> sections;
  std::vector<std::string> files;  // the sections that are files
};

bool isFile(const std::string& section) {
  static const std::set<std::string> kOthers = {"variables", "options", "environment", "is", "notes", "refused"};
  return !kOthers.contains(section);
}

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

std::vector<Case> readCases() {
  std::vector<Case> cases;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(DDBLOG_SERVERLESS_CASES)) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    std::ifstream in(file);
    std::string* section = nullptr;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("=== ")) {
        cases.push_back({file.stem().string() + ": " + line.substr(4), {}, {}});
        section = nullptr;
      } else if (line.starts_with("--- ")) {
        section = &cases.back().sections[line.substr(4)];
        if (isFile(line.substr(4))) cases.back().files.push_back(line.substr(4));
      } else if (section) {
        *section += line + "\n";
      }
    }
  }
  return cases;
}

json::object settingsJson(const LaunchSettings& settings) {
  json::object object{{"stage", settings.stage.value_or("")}, {"region", settings.region.value_or("")}};
  object["ports"] = json::array(settings.ports.begin(), settings.ports.end());
  if (settings.table_port) object["tablePort"] = *settings.table_port;
  if (settings.event_port) object["eventPort"] = *settings.event_port;
  if (settings.account_id) object["account"] = *settings.account_id;
  if (settings.retry_delay) object["retryDelayMs"] = settings.retry_delay->count();
  return object;
}

json::array seedsJson(const std::vector<App::Seed>& seeds) {
  json::array array;
  for (const App::Seed& seed : seeds) array.push_back(json::object{{"table", seed.table}, {"items", seed.items}});
  return array;
}

const json::value* at(const json::value& root, const std::string& path) {
  const json::value* found = &root;
  std::istringstream in(path);
  for (std::string key; std::getline(in, key, '/');) {
    if (const json::object* object = found->if_object()) {
      found = object->if_contains(key);
    } else if (const json::array* array = found->if_array()) {
      const std::size_t index = std::stoul(key);
      found = index < array->size() ? &(*array)[index] : nullptr;
    } else {
      return nullptr;
    }
    if (!found) return nullptr;
  }
  return found;
}

class CaseTest : public ::testing::TestWithParam<Case> {
 protected:
  std::string section(const std::string& name) const {
    const auto found = GetParam().sections.find(name);
    return found == GetParam().sections.end() ? "" : found->second;
  }

  void writeFiles() const {
    for (const std::string& name : GetParam().files) write(name, section(name));
    std::string service = section("serverless.yml");
    if (service.empty()) service = "service: users\n";
    // What Metadata cannot resolve is left out. A function must have all its values.
    const auto lines = linesOf(section("variables"));
    if (!lines.empty() && !section("refused").empty()) {
      service +=
          "functions:\n  a:\n    description" + lines.at(0).substr(lines.at(0).find(':')) + "\n    handler: a.b\n";
    } else if (!lines.empty()) {
      service += "resources:\n  Metadata:\n";
      for (const std::string& line : lines) service += "    " + line + "\n";
    }
    write("serverless.yml", service);
  }

  // serverless.yml, unless the case has only another one.
  std::string mainFile() const {
    for (const std::string& name : GetParam().files) {
      if (name != "serverless.yml" && hasServiceName(name)) return name;
    }
    return "serverless.yml";
  }

  void write(const std::string& name, std::string text) const {
    for (std::size_t place; (place = text.find("@FOLDER@")) != std::string::npos;) {
      text.replace(place, 8, directory_.string());
    }
    fs::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name) << text;
  }

  Inputs inputs() const {
    Inputs inputs{
        .stage = "local", .region = "us-east-1", .account_id = "000000000000", .parameters = {}, .environment = {}};
    for (const std::string& line : linesOf(section("options"))) {
      const std::string name = line.substr(0, line.find('='));
      const std::string value = line.substr(line.find('=') + 1);
      if (name == "stage") {
        inputs.stage = value == "not given" ? std::nullopt : std::optional(value);
      } else if (name == "region") {
        inputs.region = value == "not given" ? std::nullopt : std::optional(value);
      } else {
        inputs.parameters[line.substr(0, line.rfind('='))] = line.substr(line.rfind('=') + 1);
      }
    }
    for (const std::string& line : linesOf(section("environment"))) {
      inputs.environment[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
    }
    return inputs;
  }

  // As the case has it: without the folder's name.
  std::string shown(std::string text) const {
    const std::string prefix = directory_.string();
    for (std::size_t place; (place = text.find(prefix + "/")) != std::string::npos;)
      text.erase(place, prefix.size() + 1);
    for (std::size_t place; (place = text.find(prefix)) != std::string::npos;)
      text.replace(place, prefix.size(), "@FOLDER@");
    return text;
  }

  static bool matches(const std::string& line, const std::string& expected) {
    constexpr std::string_view kMore = "…";
    if (!expected.ends_with(kMore)) return line == expected;
    return line.starts_with(expected.substr(0, expected.size() - kMore.size()));
  }

  void expectLines(const std::vector<std::string>& actual, const std::vector<std::string>& expected) const {
    std::string all;
    for (const std::string& line : actual) all += shown(line) + "\n";
    ASSERT_EQ(actual.size(), expected.size()) << all;
    for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_TRUE(matches(shown(actual[i]), expected[i])) << all;
  }

  TemporaryDirectory temporary_;
  const fs::path directory_ = temporary_.path();
};

TEST_P(CaseTest, IsTranslated) {
  writeFiles();
  Translation translation;
  try {
    translation = translate(directory_ / mainFile(), inputs());
  } catch (const TemplateError& e) {
    return expectLines({e.what()}, linesOf(section("refused")));
  }
  ASSERT_EQ(section("refused"), "") << json::serialize(translation.document);
  json::object all = translation.document;
  all["settings"] = settingsJson(translation.settings);
  all["seeds"] = seedsJson(translation.seeds);
  all["stack"] = translation.stack_name;
  const json::value root(all);
  for (const std::string& line : linesOf(section("is"))) {
    const std::size_t colon = line.find(": ");
    ASSERT_NE(colon, std::string::npos) << line;
    const json::value* actual = at(root, line.substr(0, colon));
    const std::string expected = line.substr(colon + 2);
    if (expected == "absent") {
      EXPECT_EQ(actual, nullptr) << line;
    } else {
      ASSERT_NE(actual, nullptr) << line << "\n" << json::serialize(root);
      EXPECT_EQ(*actual, parseJson(expected)) << line << "\n" << json::serialize(*actual);
    }
  }
  expectLines(translation.notes, linesOf(section("notes")));
}

TEST(ServerlessVariables, MakeALimitedAmountOfText) {
  const TemporaryDirectory directory;
  std::string text =
      "service: users\ncustom: {a: " + std::string(500'000, 'x') + "}\nfunctions: {a: {handler: a.b, description: [";
  for (int i = 0; i < 200; ++i) text += "'${self:custom.a}', ";
  const fs::path file = directory.write("serverless.yml", text + "]}}\n");
  try {
    translate(file, {});
    ADD_FAILURE() << "was not refused";
  } catch (const TemplateError& e) {
    EXPECT_EQ(std::string(e.what()), file.string() + ":3: the variables make the file too large");
  }
}

std::string testName(const ::testing::TestParamInfo<Case>& info) {
  std::string name;
  for (const char c : info.param.name) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

INSTANTIATE_TEST_SUITE_P(Serverless, CaseTest, ::testing::ValuesIn(readCases()), testName);

}  // namespace
}  // namespace ddblog::templates::serverless
