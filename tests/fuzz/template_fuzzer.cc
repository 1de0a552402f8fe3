// Any text as a template: it is refused with one line, or becomes requests that can be written as JSON.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "check.h"
#include "template/template.h"
#include "template/yaml.h"

using namespace ddblog;
using namespace ddblog::templates;

namespace {

void checkRequest(const json::object& request) { FUZZ_CHECK(isJsonObject(json::serialize(request))); }

void checkApp(const App& app) {
  for (const App::Table& table : app.tables) checkRequest(table.create_table);
  for (const App::Rule& rule : app.rules) {
    checkRequest(rule.put_rule);
    checkRequest(rule.put_targets);
  }
  for (const json::object& queue : app.queues) checkRequest(queue);
  for (const json::object& mapping : app.event_source_mappings) checkRequest(mapping);
  for (const App::Function& function : app.functions) FUZZ_CHECK(!function.name.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const TemplateReport report =
        inspectDocument(parseYaml(text, "template.yaml"), "/nonexistent/template.yaml", {}, {});
    for (const TemplateReport::Line& line : report.lines) FUZZ_CHECK(line.place.starts_with("/nonexistent/"));
    checkApp(report.app);
  } catch (const TemplateError& error) {
    FUZZ_CHECK(*error.what() != '\0');
  }
  return 0;
}
