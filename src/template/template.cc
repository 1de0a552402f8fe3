#include "template/template.h"

#include <algorithm>

#include "base/json_fields.h"
#include "template/application.h"
#include "template/serverless/service.h"
#include "template/stack.h"
#include "template/yaml.h"

namespace ddblog::templates {

namespace {

namespace fs = std::filesystem;

TemplateReport inspect(Findings& findings, Node document, const fs::path& file,
                       std::map<std::string, std::string> parameters, const PseudoParameters& pseudo,
                       const Outside& outside, const serverless::Translation* service) {
  Shared shared{pseudo, outside, findings};
  Collected collected;
  if (service) {
    shared.is_of_service = true;
    collected.checked_functions = service->checked_functions;
    shared.stand_ins.made_up = service->made_up;
  }
  Stack stack(std::move(document), std::move(parameters), shared, fs::absolute(file).parent_path(), "");
  readResources(stack, collected, findings);
  completeApplication(collected, findings);
  collected.app.made_up_values = std::move(shared.stand_ins.made_up);
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

void setPlace(Node& node, Place place) {
  node.place = place;
  for (Node& element : node.elements) setPlace(element, place);
  for (Node::Member& member : node.members) setPlace(member.value, place);
}

// The document of a serverless.yml, with the places of its resources in that file.
Node documentOf(const serverless::Translation& service, const fs::path& name, std::uint32_t file, Findings& findings) {
  Node document = Node::ofJson(service.document, {0, file});
  std::map<std::string, std::uint32_t> files = {{name.string(), file}};
  for (Node::Member& section : document.members) {
    if (section.name != "Resources") continue;
    for (Node::Member& resource : section.value.members) {
      const auto place = service.places.find(resource.name);
      if (place == service.places.end() || !place->second.file) continue;
      const auto [known, is_new] = files.try_emplace(*place->second.file);
      if (is_new) known->second = findings.addFile(known->first);
      setPlace(resource.value, {static_cast<std::uint32_t>(place->second.line), known->second});
    }
  }
  return document;
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
  Node document;
  std::optional<serverless::Translation> service;
};

TemplateFile::TemplateFile(fs::path file, std::map<std::string, std::string> parameters, const GivenPlace& given)
    : file_(std::move(file)), parameters_(std::move(parameters)), content_(std::make_unique<Content>()) {
  Content& content = *content_;
  content.number = content.findings.addFile(file_.string());
  bool is_service = serverless::hasServiceName(file_);
  if (!is_service) {
    const std::string text = readTextFile(file_);
    content.document =
        withPlaces(content.findings, [&] { return parseTemplateText(text, content.number, content.findings); });
    is_service = serverless::isService(content.document);
  }
  if (!is_service) return;
  content.findings = Findings();
  content.number = content.findings.addFile(file_.string());
  content.service = serverless::translate(file_, serverless::inputsOf(parameters_, given.stage, given.region));
  settings_ = content.service->settings;
}

TemplateFile::~TemplateFile() = default;

TemplateReport TemplateFile::inspect(PseudoParameters pseudo, const Outside& outside) const {
  Findings findings = content_->findings;
  const std::optional<serverless::Translation>& service = content_->service;
  if (!service) {
    return withPlaces(findings, [&] {
      return templates::inspect(findings, content_->document, file_, parameters_, pseudo, outside, nullptr);
    });
  }
  pseudo.stack_name = service->stack_name;
  TemplateReport report = withPlaces(findings, [&] {
    return templates::inspect(findings, documentOf(*service, file_, content_->number, findings), file_,
                              service->parameters, pseudo, outside, &*service);
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
  for (const char* name : {"template.yaml", "template.yml", "template.json"}) {
    const fs::path file = directory / name;
    std::error_code unknown;
    if (!fs::exists(file, unknown)) continue;
    const fs::path built = directory / ".aws-sam" / "build" / "template.yaml";
    const auto built_at = fs::last_write_time(built, unknown);
    if (!unknown && built_at > fs::last_write_time(file, unknown)) return built;
    return file;
  }
  for (const char* name : {"serverless.yml", "serverless.yaml", "serverless.json", "serverless.js", "serverless.cjs",
                           "serverless.mjs", "serverless.ts"}) {
    std::error_code unknown;
    if (fs::exists(directory / name, unknown)) return directory / name;
  }
  return std::nullopt;
}

}  // namespace ddblog::templates
