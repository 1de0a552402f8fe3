#include "template/template.h"

#include <algorithm>

#include "base/files.h"
#include "base/json_fields.h"
#include "template/application.h"
#include "template/sam_settings.h"
#include "template/serverless/composed_services.h"
#include "template/serverless/document.h"
#include "template/serverless/service.h"
#include "template/serverless/service_file.h"
#include "template/stack.h"
#include "template/synthesized_stacks.h"
#include "template/yaml.h"

namespace ddblog::templates {

namespace fs = std::filesystem;

// A template of an application. Several, as CDK makes them, see each other's exports.
struct TemplateDocument {
  fs::path file;
  Node node;
  std::string name_prefix;  // "" if it is the only one
  bool runs = true;         // false: its exports are used, and nothing else
};

namespace {

// Those parameters that the document declares. Throws TemplateError: no document declares one of them.
std::map<std::string, std::string> parametersOf(const TemplateDocument& document,
                                                const std::vector<TemplateDocument>& all,
                                                const std::map<std::string, std::string>& given) {
  if (all.size() == 1) return given;
  const auto declares = [](const TemplateDocument& one, const std::string& name) {
    const Node* declared = one.node.given("Parameters");
    return declared && declared->find(name);
  };
  std::map<std::string, std::string> own;
  for (const auto& [name, value] : given) {
    const auto isDeclared = [&declares, &name = name](const TemplateDocument& one) { return declares(one, name); };
    if (std::ranges::none_of(all, isDeclared)) throw TemplateError("no stack has the parameter " + name);
    if (declares(document, name)) own.emplace(name, value);
  }
  return own;
}

TemplateReport inspect(Findings& findings, const std::vector<TemplateDocument>& documents,
                       const std::map<std::string, std::string>& parameters, const PseudoParameters& pseudo,
                       const Outside& outside, const serverless::Translation* service) {
  Shared shared{pseudo, outside, findings};
  Collected collected;
  if (service) {
    shared.may_get_resources = true;
    collected.checked_functions = service->checked_functions;
    shared.stand_ins.texts = service->stand_ins;
  }
  std::vector<std::unique_ptr<Stack>> stacks;
  std::vector<Stack*> running;
  for (const TemplateDocument& document : documents) {
    try {
      stacks.push_back(std::make_unique<Stack>(document.node, parametersOf(document, documents, parameters), shared,
                                               fs::absolute(document.file).parent_path(), document.name_prefix));
      if (document.runs) running.push_back(stacks.back().get());
    } catch (const TemplateError&) {
      if (document.runs) throw;  // else it exports nothing
    }
  }
  for (Stack* stack : running) readResources(*stack, collected, findings);
  completeApplication(collected, findings);
  collected.app.stand_ins = std::move(shared.stand_ins.texts);
  TemplateReport report{std::move(collected.app), {}};
  for (const Finding& finding : findings.sorted())
    report.lines.push_back({finding.kind, findings.at(finding.place), finding.text});
  for (const TemplateReport::Line& line : report.lines) {
    if (line.kind == Finding::Kind::kNote) report.app.notes.push_back(line.place + line.text);
  }
  return report;
}

// Adds the place to the errors of `read`.
template <class Read>
auto withPlaces(Findings& findings, Read read) {
  try {
    return read();
  } catch (const TemplateError& e) {
    throw TemplateError(findings.at(e.place) + e.what());
  }
}

// What to do with a file that has no Resources because it lists services.
[[noreturn]] void refuseCompose(const fs::path& file) {
  const auto services =
      serverless::readComposedServices(file, serverless::kFrameworkStage, PseudoParameters().region, false);
  throw TemplateError(file.string() + ": it lists services: start one of them, with `--template " +
                      services.front().file.string() + "`");
}

// Without those of tables that the application does not have: of these there is a note.
std::vector<App::Seed> seedsOf(const serverless::Translation& service, const App& app,
                               std::vector<std::string>& notes) {
  std::vector<App::Seed> seeds = service.seeds;
  std::erase_if(seeds, [&](const App::Seed& seed) {
    const auto isIt = [&](const App::Table& table) { return textOf(table.create_table, "TableName") == seed.table; };
    if (std::ranges::any_of(app.tables, isIt)) return false;
    notes.push_back("there are seeds for the table " + seed.table + ", which the application does not have");
    return true;
  });
  return seeds;
}

}  // namespace

// What the file holds: a template's document, or the translation of a serverless.yml.
struct TemplateFile::Content {
  Findings findings;  // the file, and what its text says
  std::uint32_t number = 0;
  std::vector<TemplateDocument> documents;  // empty of a service
  std::optional<serverless::Translation> service;
};

TemplateFile::TemplateFile(fs::path file, std::map<std::string, std::string> parameters, const GivenPlace& given)
    : file_(std::move(file)), parameters_(std::move(parameters)), content_(std::make_unique<Content>()) {
  Content& content = *content_;
  if (std::error_code unknown; fs::is_directory(file_, unknown)) {
    const std::vector<fs::path> files = synthesizedStacks(file_);
    for (const fs::path& file : files) readDocument(file, files.size() == 1 ? "" : stackIn(file) + "-");
    return;
  }
  if (serverless::isComposeFile(file_)) refuseCompose(file_);
  bool is_service = serverless::hasServiceName(file_) && !serverless::isTemplateByContent(file_);
  if (!is_service) {
    const Node& document = readDocument(file_, "");
    is_service = serverless::isService(document);
  }
  if (!is_service) {
    if (isSynthesizedStack(file_)) readSiblings();
    const Node& document = content.documents.front().node;
    const SamSections sections = samSectionsHere(given.stage.value_or(""));
    std::map<std::string, std::string> of_sam = samParameters(file_, document, sections, parameters_, content.findings);
    parameters_.merge(of_sam);
    return;
  }
  content.documents.clear();
  content.findings = Findings();
  content.number = content.findings.addFile(file_.string());
  content.service = serverless::translate(file_, serverless::inputsOf(parameters_, given.stage, given.region));
  settings_ = content.service->settings;
}

TemplateFile::~TemplateFile() = default;

const Node& TemplateFile::readDocument(const fs::path& file, const std::string& name_prefix) {
  Findings& findings = content_->findings;
  const std::uint32_t number = findings.addFile(file.string());
  const std::string text = readTextFile(file);
  Node node = withPlaces(findings, [&] { return parseTemplateText(text, number, findings); });
  return content_->documents.emplace_back(TemplateDocument{file, std::move(node), name_prefix}).node;
}

// The other stacks of a CDK application, for what they export.
void TemplateFile::readSiblings() {
  const fs::path directory = file_.has_parent_path() ? file_.parent_path() : ".";
  std::vector<fs::path> siblings;
  try {
    siblings = synthesizedStacks(directory);
  } catch (const std::exception&) {
    return;  // too many, or a directory that cannot be read: the stack runs without them
  }
  for (const fs::path& sibling : siblings) {
    if (sibling.filename() == file_.filename()) continue;
    try {
      readDocument(sibling, stackIn(sibling) + "-");
      content_->documents.back().runs = false;
    } catch (const TemplateError&) {
      // It is no template, so it exports nothing.
    }
  }
}

TemplateReport TemplateFile::inspect(PseudoParameters pseudo, const Outside& outside) const {
  Findings findings = content_->findings;
  const std::optional<serverless::Translation>& service = content_->service;
  if (!service) {
    return withPlaces(findings, [&] {
      return templates::inspect(findings, content_->documents, parameters_, pseudo, outside, nullptr);
    });
  }
  pseudo.stack_name = service->stack_name;
  TemplateReport report = withPlaces(findings, [&] {
    const std::vector<TemplateDocument> documents = {
        {file_, serverless::documentOf(*service, file_, content_->number, findings), std::string()}};
    return templates::inspect(findings, documents, service->parameters, pseudo, outside, &*service);
  });
  std::vector<std::string> notes = service->notes;
  report.app.seeds = seedsOf(*service, report.app, notes);
  std::vector<TemplateReport::Line> lines;
  for (const std::string& note : notes) lines.push_back({Finding::Kind::kNote, "", note});
  report.lines.insert(report.lines.begin(), lines.begin(), lines.end());
  report.app.notes.insert(report.app.notes.begin(), notes.begin(), notes.end());
  return report;
}

App TemplateFile::read(const PseudoParameters& pseudo, const Outside& outside) const {
  TemplateReport report = inspect(pseudo, outside);
  const auto isError = [](const TemplateReport::Line& line) { return line.kind == Finding::Kind::kError; };
  const auto errors = std::ranges::count_if(report.lines, isError);
  if (errors == 0) return std::move(report.app);
  const TemplateReport::Line& line = *std::ranges::find_if(report.lines, isError);
  const std::string first = line.place + line.text;
  if (errors == 1) throw TemplateError(first);
  throw TemplateError(first + " (and " + std::to_string(errors - 1) + " more: `dynamodb-log validate` lists them)");
}

std::optional<fs::path> findTemplate(const fs::path& directory) {
  std::error_code unknown;
  std::optional<fs::path> found;
  for (const char* name : {"template.yaml", "template.yml", "template.json"}) {
    if (!found && fs::exists(directory / name, unknown)) found = directory / name;
  }
  if (!found) found = templateOfSamSettings(directory);
  if (found) {
    const fs::path built = directory / ".aws-sam" / "build" / "template.yaml";
    const auto built_at = fs::last_write_time(built, unknown);
    return !unknown && built_at > fs::last_write_time(*found, unknown) ? built : *found;
  }
  for (const char* end : serverless::kServiceEnds) {
    const fs::path service = directory / (std::string("serverless") + end);
    if (fs::exists(service, unknown)) return service;
  }
  if (isFile(directory / "cdk.json") && isDirectory(directory / "cdk.out")) return directory / "cdk.out";
  for (const char* end : serverless::kServiceEnds) {
    const fs::path compose = directory / (std::string("serverless-compose") + end);
    if (isFile(compose)) return compose;
  }
  return std::nullopt;
}

}  // namespace ddblog::templates
