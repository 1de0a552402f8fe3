#include "offline/launch_options.h"

#include <algorithm>

#include "offline/template_check.h"
#include "template/template.h"

namespace ddblog::offline {

namespace {

// Ports of the command line replace all others: it says where everything is served. `usual`: for tables and for events.
std::vector<int> portsOf(const LaunchOptions& given, const templates::LaunchSettings& file,
                         const std::vector<int>& usual) {
  if (!given.ports.empty()) return given.ports;
  std::vector<int> ports = {file.table_port.value_or(usual.at(0))};
  std::vector<int> others = {file.event_port.value_or(usual.at(1))};
  others.insert(others.end(), file.ports.begin(), file.ports.end());
  for (const int port : others) {
    if (std::ranges::find(ports, port) == ports.end()) ports.push_back(port);
  }
  return ports;
}

}  // namespace

void applyLaunchOptions(const LaunchOptions& given, OfflineOptions& options) {
  options.template_file = given.template_file ? given.template_file : defaultTemplate();
  templates::LaunchSettings file;
  if (options.template_file) {
    options.application = std::make_shared<const templates::TemplateFile>(
        *options.template_file, options.parameters, templates::GivenPlace{given.stage, given.region});
    file = options.application->settings();
  }
  options.stage = given.stage.value_or(file.stage.value_or(options.stage));
  options.is_stage_given = given.stage.has_value();
  options.region = given.region.value_or(file.region.value_or(options.region));
  options.account_id = file.account_id.value_or(options.account_id);
  options.retry_delay = given.retry_delay.value_or(file.retry_delay.value_or(options.retry_delay));
  options.ports = portsOf(given, file, options.ports);
}

}  // namespace ddblog::offline
