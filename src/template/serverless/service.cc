#include "template/serverless/service.h"

#include <algorithm>
#include <vector>

#include "base/files.h"
#include "base/json_fields.h"
#include "template/serverless/dotenv.h"
#include "template/serverless/service_file.h"
#include "template/serverless/service_parts.h"
#include "template/serverless/variable_delimiters.h"

namespace ddblog::templates::serverless {

namespace {

constexpr std::size_t kDotenvBytes = 1u << 20;
constexpr const char* kFrameworkRegion = "us-east-1";
constexpr std::array<std::string_view, 7> kRuntimesBeforeVersion3 = {
    "nodejs4.3", "nodejs6.10", "nodejs8.10", "nodejs10.x", "python2.7", "dotnetcore2.0", "dotnetcore2.1"};

// `service: {name: users}`, as in versions 1 and 2, becomes `service: users`.
void readName(Service& service) {
  Tree* name = service.node(service.root, "service");
  if (name && name->isMap()) {
    Tree* inner = service.node(*name, "name");
    if (inner) *name = Tree(*inner);
  }
  if (!name || !name->isString() || name->string().empty()) {
    throw TemplateError(service.root.place.text() + ": it has no service, which names the application");
  }
  service.name = std::string(name->string());
}

// The version of the framework in package.json: "^3.38.0". Empty: it is not there.
std::string installedVersion(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / "package.json";
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return "";
  try {
    const json::value package = parseJson(readFile(file, kServiceBytes));
    for (const char* section : {"devDependencies", "dependencies"}) {
      const json::object* versions = package.is_object() ? objectOf(package.get_object(), section) : nullptr;
      if (versions && versions->contains("serverless")) return textOf(*versions, "serverless");
    }
  } catch (const std::exception&) {  // whoever needs the file says what is wrong with it
  }
  return "";
}

// The first number in `frameworkVersion`, or of the installed version: 1 of ">=1.0.0 <2.0.0". std::nullopt: unknown.
std::optional<int> majorVersion(const Service& service) {
  const Tree* version = service.root.find("frameworkVersion");
  const std::string text = version ? scalarText(version->scalar) : installedVersion(service.directory);
  const std::size_t digit = text.find_first_of("0123456789");
  if (digit == std::string::npos) return std::nullopt;
  return text[digit] - '0';
}

// Version 4, the current one, always reads .env files.
bool usesDotenv(const Service& service) {
  const Tree* wanted = service.root.find("useDotenv");
  if (wanted && wanted->scalar.is_bool()) return wanted->scalar.get_bool();
  return majorVersion(service).value_or(4) == 4;
}

const Tree* rawOfProvider(const Service& service, std::string_view name) {
  const Tree* provider = service.root.find("provider");
  const Tree* found = provider ? provider->find(name) : nullptr;
  return found && found->isString() ? found : nullptr;
}

// By the version that the service asks for, or else by what only the versions before 3 take.
bool isBeforeVersion3(const Service& service) {
  if (const auto version = majorVersion(service)) return *version < 3;
  const Tree* name = service.root.find("service");
  const Tree* runtime = rawOfProvider(service, "runtime");
  const bool is_old =
      runtime && std::ranges::find(kRuntimesBeforeVersion3, runtime->string()) != kRuntimesBeforeVersion3.end();
  return is_old || (name && name->isMap()) || rawOfProvider(service, "variableSyntax");
}

void readVariableSyntax(Service& service) {
  if (isBeforeVersion3(service)) service.variables.useVersion2();
  const Tree* expression = rawOfProvider(service, "variableSyntax");
  const auto delimiters = expression ? delimitersOf(expression->string()) : std::nullopt;
  if (!delimiters) return;
  useUsualDelimiters(service.root, *delimiters);
  service.variables.useDelimiters(delimiters);
}

// `names`: the first one goes first. Returns what the files have.
std::map<std::string, std::string> readDotenvFiles(Service& service, const std::vector<std::string>& names,
                                                   bool only_first,
                                                   const std::map<std::string, std::string>& environment) {
  std::map<std::string, std::string> variables;
  for (const std::string& name : names) {
    const std::filesystem::path file = service.directory / name;
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) continue;
    std::map<std::string, std::string> known = environment;
    known.insert(variables.begin(), variables.end());
    variables.merge(readDotenv(readFile(file, kDotenvBytes), known));
    if (only_first) break;
  }
  service.variables.addEnvironment(variables);
  return variables;
}

bool listsPlugin(const Tree& root, std::string_view name) {
  const Tree* plugins = root.find("plugins");
  return plugins && std::ranges::any_of(plugins->elements, [name](const Tree& plugin) {
           return plugin.isString() && plugin.string() == name;
         });
}

// `custom.dotenv` of the plugin may have a `path`, or several, or a `basePath` that goes before the usual names.
std::vector<std::string> dotenvFilesOfPlugin(Service& service, const std::string& stage) {
  Tree* custom = service.node(service.root, "custom");
  Tree* settings = custom && custom->isMap() ? service.node(*custom, "dotenv") : nullptr;
  const bool has_settings = settings && settings->isMap();
  const Tree* path = has_settings ? service.whole(*settings, "path") : nullptr;
  std::vector<std::string> files;
  if (path && path->isList()) {
    for (const Tree& one : path->elements) files.push_back(scalarText(one.scalar));
  } else if (path) {
    files.push_back(scalarText(path->scalar));
  }
  if (!files.empty()) return files;
  const std::string before = has_settings ? service.text(*settings, "basePath").value_or("") : "";
  for (const std::string& name :
       {".env." + stage + ".local", std::string(".env.local"), ".env." + stage, std::string(".env")}) {
    files.push_back(before + name);
  }
  return files;
}

// The framework reads one file. The plugin reads several, and gives their variables to the functions.
void loadDotenv(Service& service, const std::string& stage, const std::map<std::string, std::string>& environment) {
  if (usesDotenv(service)) readDotenvFiles(service, {".env." + stage, ".env"}, true, environment);
  if (!listsPlugin(service.root, "serverless-dotenv-plugin")) return;
  service.dotenv = readDotenvFiles(service, dotenvFilesOfPlugin(service, stage), false, environment);
}

std::string ofProvider(Service& service, std::string_view member, std::string_view otherwise) {
  Tree* provider = service.node(service.root, "provider");
  if (!provider || !provider->isMap()) return std::string(otherwise);
  const auto text = service.text(*provider, member);
  return text && !service.variables.isStandIn(*provider->find(member)) ? *text : std::string(otherwise);
}

void readStageAndRegion(Service& service, const Inputs& inputs) {
  VariableInputs& known = service.inputs;
  known.account_id = inputs.account_id;
  service.variables.addEnvironment(inputs.environment);
  known.given = inputs.parameters;
  known.is_stage_given = inputs.stage.has_value();
  known.stage = inputs.stage.value_or(kFrameworkStage);
  known.region = inputs.region.value_or(kFrameworkRegion);
  loadDotenv(service, known.stage, inputs.environment);
  if (!inputs.stage) known.stage = ofProvider(service, "stage", kFrameworkStage);
  if (inputs.region) known.given["region"] = *inputs.region;
  if (!inputs.region) known.region = ofProvider(service, "region", kFrameworkRegion);
}

void checkProvider(Service& service) {
  Tree* provider = service.node(service.root, "provider");
  if (!provider || service.variables.isStandIn(*provider)) return;
  const std::string name =
      provider->isMap() ? service.text(*provider, "name").value_or("aws") : scalarText(provider->scalar);
  if (name != "aws") throw TemplateError(provider->place.text() + ": the provider is " + name + "; only aws runs here");
}

std::map<std::string, std::string> declaredParameters(const json::object& document,
                                                      const std::map<std::string, std::string>& parameters) {
  const json::object* declared = objectOf(document, "Parameters");
  std::map<std::string, std::string> kept;
  for (const auto& [name, value] : parameters) {
    if (declared && declared->contains(name)) kept.emplace(name, value);
  }
  return kept;
}

}  // namespace

Tree* Service::node(Tree& map, std::string_view name) {
  Tree* found = map.find(name);
  if (!found) return nullptr;
  variables.resolveNode(*found);
  return found->isNull() ? nullptr : found;
}

const Tree* Service::whole(Tree& map, std::string_view name) {
  Tree* found = map.find(name);
  if (!found) return nullptr;
  variables.resolveAll(*found);
  return found->isNull() ? nullptr : found;
}

std::optional<std::string> Service::text(Tree& map, std::string_view name) {
  const Tree* found = node(map, name);
  if (!found) return std::nullopt;
  if (found->kind != Tree::Kind::kScalar)
    throw TemplateError(found->place.text() + ": " + std::string(name) + " must be a text");
  return scalarText(found->scalar);
}

Inputs inputsOf(std::map<std::string, std::string> parameters, std::optional<std::string> stage,
                std::optional<std::string> region) {
  Inputs inputs;
  inputs.stage = std::move(stage);
  if (const auto named = parameters.extract("Stage")) inputs.stage = named.mapped();
  inputs.region = std::move(region);
  inputs.parameters = std::move(parameters);
  inputs.environment = processEnvironment();
  return inputs;
}

bool hasServiceName(const std::filesystem::path& file) { return file.stem() == "serverless" && hasServiceEnd(file); }

bool isService(const Node& document) {
  return document.find("service") && (document.find("provider") || document.find("functions")) &&
         !document.find("Resources");
}

bool isTemplateByContent(const std::filesystem::path& file) {
  if (isScript(file)) return false;
  try {
    const Tree tree = parseTree(readFile(file, kServiceBytes), file.string());
    const Tree* resources = tree.find("Resources");
    return resources && resources->isMap() && !tree.find("service");
  } catch (const std::exception&) {
    return false;  // whoever reads it as a service says what is wrong
  }
}

Translation translate(const std::filesystem::path& file, const Inputs& inputs) {
  Scripts scripts;
  Tree tree = readServiceFile(file, inputs.environment, scripts, !inputs.is_for_aws);
  const std::vector<std::string> missing_modules = scripts.takeMissingModules();
  if (!tree.isMap() && !missing_modules.empty()) {
    throw TemplateError(file.string() + ": the module " + missing_modules[0] + ", which has the service, is not there");
  }
  if (!tree.isMap()) throw TemplateError(file.string() + ": it is no serverless.yml: it must be a map");
  Service service(file, std::move(tree), scripts);
  service.is_for_aws = service.inputs.is_for_aws = inputs.is_for_aws;
  for (const std::string& module : missing_modules) {
    service.notes.add(file.string() + ": the module " + module + " is not there: what it gives has no value");
  }
  readVariableSyntax(service);
  readStageAndRegion(service, inputs);
  readName(service);
  checkProvider(service);
  Translation translation;
  readPlugins(service, translation.settings);
  if (!service.is_for_aws) service.inputs.account_id = translation.settings.account_id.value_or(inputs.account_id);
  readFunctions(service);
  readLayers(service);
  if (service.is_for_aws) deployRoles(service);
  translation.document = readResources(service);
  translation.parameters = declaredParameters(translation.document, inputs.parameters);
  if (!service.is_for_aws) translation.seeds = readSeeds(service);
  translation.settings.stage = service.inputs.stage;
  translation.settings.region = service.inputs.region;
  translation.stack_name = ofProvider(service, "stackName", service.name + "-" + service.inputs.stage);
  translation.stand_ins = service.variables.standIns();
  translation.notes = service.notes.take();
  translation.places = std::move(service.places);
  translation.checked_functions = std::move(service.checked_functions);
  return translation;
}

}  // namespace ddblog::templates::serverless
