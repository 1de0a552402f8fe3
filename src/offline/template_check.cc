#include "offline/template_check.h"

#include <algorithm>

#include "deploy/local/service_calls.h"
#include "template/template.h"

namespace ddblog::offline {

namespace {

CheckedLine::Kind kindOf(templates::Finding::Kind kind) {
  if (kind == templates::Finding::Kind::kRuns) return CheckedLine::Kind::kRuns;
  return kind == templates::Finding::Kind::kNote ? CheckedLine::Kind::kNote : CheckedLine::Kind::kError;
}

// What the services say about the application; std::nullopt: nothing is wrong.
std::optional<CheckedLine> provisioningError(OfflineOptions options) {
  options.in_memory = true;
  options.host = "127.0.0.1";
  options.ports = {0};
  try {
    const OfflineCloud cloud(
        std::move(options), [](const std::string&) {}, [] {});
  } catch (const deploy::ProvisionError& e) {
    return CheckedLine{CheckedLine::Kind::kError, e.place(), e.text()};
  }
  return std::nullopt;
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
  templates::Outside outside{.stage = options.stage,
                             .is_stage_given = options.is_stage_given,
                             .is_region_given = options.is_region_given,
                             .imports = options.imports,
                             .stored = {}};
  for (const std::filesystem::path& file : options.stored_values) {
    for (auto& [name, value] : templates::readStoredValues(file)) outside.stored[name] = value;
  }
  return outside;
}

std::optional<std::filesystem::path> defaultTemplate() { return templates::findTemplate(""); }

std::vector<CheckedLine> checkTemplate(const OfflineOptions& options) {
  const templates::TemplateReport report =
      templates::inspectTemplate(options.template_file.value(), options.parameters,
                                 pseudoParametersOf(options, "http://127.0.0.1:8000"), outsideOf(options));
  std::vector<CheckedLine> lines;
  for (const templates::TemplateReport::Line& line : report.lines) {
    lines.push_back({kindOf(line.kind), line.place, line.text});
  }
  const bool has_errors =
      std::ranges::any_of(lines, [](const CheckedLine& line) { return line.kind == CheckedLine::Kind::kError; });
  if (has_errors) return lines;
  if (std::optional<CheckedLine> error = provisioningError(options)) {
    dropRefused(lines, error->place);
    lines.push_back(std::move(*error));
  }
  return lines;
}

}  // namespace ddblog::offline
