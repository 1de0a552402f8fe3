// `plugins` and their settings in `custom`.
//
// The work of these plugins is built in: https://github.com/dherault/serverless-offline,
// https://github.com/CoorpAcademy/serverless-plugins (streams, queues),
// https://github.com/rubenkaiser/serverless-offline-eventBridge,
// https://github.com/99x/serverless-dynamodb-local, https://github.com/raisenational/serverless-dynamodb.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/files.h"
#include "base/json_elements.h"
#include "item/plain_json.h"
#include "item/wire_json.h"
#include "template/serverless/service_parts.h"

namespace ddblog::templates::serverless {

namespace {

constexpr std::size_t kSeedBytes = 16u << 20;  // of one file
constexpr int kRetriesAtMost = 2;              // of Lambda

constexpr std::array<std::string_view, 16> kBuiltInPlugins = {"serverless-offline",
                                                              "serverless-offline-dynamodb-streams",
                                                              "serverless-offline-aws-eventbridge",
                                                              "serverless-offline-eventBridge",
                                                              "serverless-offline-sqs",
                                                              "serverless-offline-scheduler",
                                                              "serverless-offline-lambda",
                                                              "serverless-offline-ssm",
                                                              "serverless-dynamodb-local",
                                                              "serverless-dynamodb",
                                                              "serverless-plugin-conditional-functions",
                                                              "serverless-disable-functions",
                                                              "serverless-dotenv-plugin",
                                                              "serverless-local-schedule",
                                                              "serverless-pseudo-parameters",
                                                              "serverless-python-requirements"};

// They change what is deployed, not what runs.
constexpr std::array<std::string_view, 10> kDeploymentPlugins = {
    "serverless-iam-roles-per-function", "serverless-prune-plugin",
    "serverless-plugin-tracing",         "serverless-deployment-bucket",
    "serverless-plugin-log-retention",   "serverless-plugin-aws-alerts",
    "serverless-plugin-split-stacks",    "serverless-plugin-resource-tagging",
    "serverless-domain-manager",         "serverless-plugin-canary-deployments"};

// They compile handlers: functions.cc finds what they have made.
constexpr std::array<std::string_view, 5> kCompilingPlugins = {"serverless-esbuild", "serverless-webpack",
                                                               "serverless-plugin-typescript", "serverless-bundle",
                                                               "serverless-plugin-optimize"};

template <std::size_t size>
bool isOneOf(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::optional<int> toInteger(std::string_view text) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && rest == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// The settings of the first of these names in `custom`.
Tree* settingsOf(Service& service, std::initializer_list<std::string_view> names) {
  Tree* custom = service.node(service.root, "custom");
  if (!custom || !custom->isMap()) return nullptr;
  for (const std::string_view name : names) {
    if (Tree* found = service.node(*custom, name); found && found->isMap()) return found;
  }
  return nullptr;
}

std::optional<int> integerOf(Service& service, Tree& settings, std::string_view name) {
  const auto text = service.text(settings, name);
  if (!text || service.variables.isStandIn(*settings.find(name))) return std::nullopt;
  const auto number = toInteger(*text);
  if (!number || *number < 0) {
    throw TemplateError(settings.find(name)->place.text() + ": " + std::string(name) + " must be a number, not '" +
                        *text + "'");
  }
  return number;
}

std::optional<int> portOf(Service& service, Tree& settings, std::string_view name) {
  const auto port = integerOf(service, settings, name);
  if (port && *port > 65535) {
    throw TemplateError(settings.find(name)->place.text() + ": there is no port " + std::to_string(*port));
  }
  return port;
}

// The port of an `endpoint` on this machine: "http://localhost:8000".
void addPortOfEndpoint(Service& service, Tree& settings, LaunchSettings& launch) {
  const std::string endpoint = service.text(settings, "endpoint").value_or("");
  const bool is_here = endpoint.find("://localhost:") != std::string::npos ||
                       endpoint.find("://127.0.0.1:") != std::string::npos ||
                       endpoint.find("://0.0.0.0:") != std::string::npos;
  const std::string text = endpoint.substr(endpoint.rfind(':') + 1);
  const auto port = is_here ? toInteger(text.substr(0, text.find('/'))) : std::nullopt;
  if (port && std::ranges::find(launch.ports, *port) == launch.ports.end()) launch.ports.push_back(*port);
}

void readNames(Service& service) {
  Tree* plugins = service.node(service.root, "plugins");
  if (plugins && plugins->isMap()) plugins = service.node(*plugins, "modules");
  if (!plugins) return;
  for (Tree& plugin : plugins->elements) {
    service.variables.resolveNode(plugin);
    const std::string name = scalarText(plugin.scalar);
    if (service.variables.isStandIn(plugin) || !service.plugins.insert(name).second || name.empty()) continue;
    if (name == "serverless-python-requirements" && service.is_for_aws) continue;  // the packaging does it
    if (name == "serverless-python-requirements") {
      service.notes.add(
          plugin.place,
          "serverless-python-requirements is not needed: functions use the packages of the python3 in PATH");
    } else if (!isOneOf(kBuiltInPlugins, name) && !isOneOf(kDeploymentPlugins, name) &&
               !isOneOf(kCompilingPlugins, name)) {
      service.notes.add(plugin.place, "the plugin " + name + " does nothing here");
    }
  }
}

void readEventBridgeSettings(Service& service, Tree& settings, LaunchSettings& launch) {
  launch.event_port = portOf(service, settings, "port");
  if (const auto account = service.text(settings, "account"); account && !account->empty())
    launch.account_id = *account;
  if (const auto delay = integerOf(service, settings, "retryDelayMs"))
    launch.retry_delay = std::chrono::milliseconds(*delay);
  if (service.is_for_aws) return;  // it is the plugin's, for offline
  const auto attempts = integerOf(service, settings, "maximumRetryAttempts");
  service.default_retry_attempts = attempts;
  if (attempts && *attempts > kRetriesAtMost) {
    service.notes.add(settings.find("maximumRetryAttempts")->place,
                      "Lambda retries an event twice at most, so maximumRetryAttempts is 2 here");
  }
}

Tree* tableSettings(Service& service) {
  Tree* settings = settingsOf(service, {"dynamodb", "serverless-dynamodb", "serverless-dynamodb-local"});
  const Tree* stages = settings ? service.whole(*settings, "stages") : nullptr;
  if (!stages || !stages->isList()) return settings;
  const bool is_listed = std::ranges::any_of(
      stages->elements, [&service](const Tree& stage) { return scalarText(stage.scalar) == service.inputs.stage; });
  return is_listed ? settings : nullptr;
}

// serverless-offline-ssm: the values of ${ssm:}, in the stages that it lists. What the command line gives goes first.
void readStoredParameters(Service& service) {
  Tree* settings = settingsOf(service, {"serverless-offline-ssm"});
  if (!settings || service.is_for_aws || !service.hasPlugin("serverless-offline-ssm")) return;
  if (const Tree* stages = service.whole(*settings, "stages"); stages && stages->isList()) {
    const auto isIt = [&](const Tree& stage) { return scalarText(stage.scalar) == service.inputs.stage; };
    if (std::ranges::none_of(stages->elements, isIt)) return;
  }
  const Tree* values = service.whole(*settings, "ssm");
  if (!values || !values->isMap()) return;
  for (const auto& [name, value] : values->members) {
    service.inputs.given.emplace(
        "ssm:" + name, value.kind == Tree::Kind::kScalar ? scalarText(value.scalar) : jsonText(jsonOf(value)));
  }
}

// `seed: true` means every domain; a text names some, separated by commas.
bool isSeeded(const std::string& wanted, const std::string& domain) {
  if (wanted == "true") return true;
  const std::string list = "," + wanted + ",";
  return wanted != "false" && list.find("," + domain + ",") != std::string::npos;
}

class SeedReader {
 public:
  explicit SeedReader(Service& service) : service_(service) {}

  void read(Tree& source) {
    service_.variables.resolveAll(source);
    if (service_.variables.isStandIn(source)) return;
    const auto table = source.isMap() ? service_.text(source, "table") : std::nullopt;
    if (!table) throw TemplateError(source.place.text() + ": a seed needs a table and its sources");
    App::Seed seed{*table, {}};
    addFiles(source, "sources", false, seed);
    addFiles(source, "rawsources", true, seed);
    seeds_.push_back(std::move(seed));
  }

  std::vector<App::Seed> take() { return std::move(seeds_); }

 private:
  void addFiles(Tree& source, std::string_view name, bool is_dynamodb_json, App::Seed& seed) {
    const Tree* files = source.find(name);
    if (!files) return;
    for (const Tree& file : files->elements) addFile(file, is_dynamodb_json, seed);
  }

  void addFile(const Tree& file, bool is_dynamodb_json, App::Seed& seed) {
    const std::filesystem::path path = (service_.directory / scalarText(file.scalar)).lexically_normal();
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(path, unknown)) {
      return service_.notes.add(file.place,
                                "there is no file " + path.string() + " with items of the table " + seed.table);
    }
    try {
      JsonElements items(
          [&](const JsonElements::Element& item) {
            seed.items.push_back(is_dynamodb_json ? parseJson(item.text) : itemToJson(itemOfPlainJson(item.text)));
          },
          kSeedBytes);
      items.add(readFile(path, kSeedBytes));
      items.finish();
    } catch (const std::exception& e) {
      throw TemplateError(file.place.text() + ": the seed " + path.string() + " is no list of items: " + e.what());
    }
  }

  Service& service_;
  std::vector<App::Seed> seeds_;
};

}  // namespace

bool compilesHandlers(const Service& service) {
  return std::ranges::any_of(kCompilingPlugins, [&service](std::string_view name) { return service.hasPlugin(name); });
}

void readPlugins(Service& service, LaunchSettings& settings) {
  readNames(service);
  readStoredParameters(service);
  if (Tree* tables = tableSettings(service)) {
    if (Tree* start = service.node(*tables, "start"); start && start->isMap())
      settings.table_port = portOf(service, *start, "port");
  }
  if (Tree* streams = settingsOf(service, {"serverless-offline-dynamodb-streams"})) {
    addPortOfEndpoint(service, *streams, settings);
  }
  if (Tree* queues = settingsOf(service, {"serverless-offline-sqs"})) addPortOfEndpoint(service, *queues, settings);
  if (Tree* buses = settingsOf(service, {"serverless-offline-aws-eventbridge", "serverless-offline-eventBridge"})) {
    readEventBridgeSettings(service, *buses, settings);
  }
  if (Tree* offline = settingsOf(service, {"serverless-offline"})) {
    if (const auto port = portOf(service, *offline, "lambdaPort")) settings.ports.push_back(*port);
    if (const Tree* local = service.node(*offline, "localEnvironment"); local && scalarText(local->scalar) == "true") {
      service.notes.add(local->place, "functions get the variables of the file only, not those of this environment");
    }
  }
}

std::vector<App::Seed> readSeeds(Service& service) {
  Tree* settings = tableSettings(service);
  Tree* start = settings ? service.node(*settings, "start") : nullptr;
  Tree* domains = settings ? service.node(*settings, "seed") : nullptr;
  if (!start || !domains || !start->isMap() || !domains->isMap()) return {};
  const std::string wanted = service.text(*start, "seed").value_or("false");
  SeedReader reader(service);
  for (auto& [name, domain] : domains->members) {
    if (!isSeeded(wanted, name)) continue;
    service.variables.resolveNode(domain);
    Tree* sources = service.node(domain, "sources");
    if (!sources) continue;
    for (Tree& source : sources->elements) reader.read(source);
  }
  return reader.take();
}

}  // namespace ddblog::templates::serverless
