#include "offline/template_check.h"

#include <algorithm>

#include "template/template.h"

namespace ddblog::offline {

namespace {

CheckedLine::Kind kindOf(templates::Finding::Kind kind) {
  if (kind == templates::Finding::Kind::kRuns) return CheckedLine::Kind::kRuns;
  return kind == templates::Finding::Kind::kNote ? CheckedLine::Kind::kNote : CheckedLine::Kind::kError;
}

// What the services say about the application.
OfflineSummary provisioned(OfflineOptions options) {
  options.in_memory = true;
  options.host = "127.0.0.1";
  options.ports = {0};
  options.leaves_out_errors = true;
  const OfflineCloud cloud(
      std::move(options), [](const std::string&) {}, [] {});
  return cloud.summary();
}

// The resource that a service refuses does not run. Where several begin on one line, it is not known which.
void dropRefused(std::vector<CheckedLine>& lines, const std::string& place) {
  const auto isIt = [&](const CheckedLine& line) {
    return line.kind == CheckedLine::Kind::kRuns && line.place == place;
  };
  if (std::ranges::count_if(lines, isIt) == 1) std::erase_if(lines, isIt);
}

}  // namespace

templates::PseudoParameters pseudoParametersOf(const OfflineOptions& options, const std::string& endpoint) {
  return {
      .region = options.region, .account_id = options.account_id, .stack_name = options.stage, .endpoint = endpoint};
}

templates::Outside outsideOf(const OfflineOptions& options) {
  templates::Outside outside{
      .stage = options.stage, .is_stage_given = options.is_stage_given, .imports = options.imports, .stored = {}};
  for (const std::filesystem::path& file : options.stored_values) {
    for (auto& [name, value] : templates::readStoredValues(file)) outside.stored[name] = value;
  }
  return outside;
}

std::optional<std::filesystem::path> defaultTemplate() { return templates::findTemplate(""); }

std::vector<CheckedLine> checkTemplate(const OfflineOptions& options) {
  const templates::TemplateReport report =
      options.application->inspect(pseudoParametersOf(options, "http://127.0.0.1:8000"), outsideOf(options));
  std::vector<CheckedLine> lines;
  for (const templates::TemplateReport::Line& line : report.lines) {
    lines.push_back({kindOf(line.kind), line.place, line.text});
  }
  const OfflineSummary summary = provisioned(options);
  const auto add = [&](CheckedLine::Kind kind, const std::vector<deploy::ProvisionError>& refusals) {
    for (const deploy::ProvisionError& refusal : refusals) {
      dropRefused(lines, refusal.place());
      lines.push_back({kind, refusal.place(), refusal.text()});
    }
  };
  add(CheckedLine::Kind::kNote, summary.refused_stand_ins);
  add(CheckedLine::Kind::kError, summary.refusals);
  return lines;
}

std::set<std::string> runtimesOf(const OfflineOptions& options) {
  std::set<std::string> runtimes;
  const templates::App app =
      options.application->read(pseudoParametersOf(options, "http://127.0.0.1:8000"), outsideOf(options));
  for (const templates::App::Function& function : app.functions) {
    if (!function.runtime.empty()) runtimes.insert(function.runtime);
  }
  return runtimes;
}

}  // namespace ddblog::offline
