// `functions` and `layers`.
// https://www.serverless.com/framework/docs/providers/aws/guide/functions
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "template/serverless/script.h"
#include "template/serverless/service_parts.h"

namespace ddblog::templates::serverless {

namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultRuntime = "nodejs20.x";
constexpr int kDefaultTimeoutSeconds = 6;
constexpr int kDefaultMemoryMb = 1024;
constexpr int kRetriesOfLambda = 2;  // at most

// Where plugins and version 4 put compiled handlers.
constexpr std::array kBuildDirectories = {".serverless/build", ".esbuild/.build", ".build", ".webpack/service"};

std::string upperFirst(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

// `"a" == "b"` and the like; std::nullopt: anything else.
std::optional<bool> comparisonOfTexts(std::string_view expression) {
  const auto takeText = [&expression]() -> std::optional<std::string> {
    expression.remove_prefix(std::min(expression.find_first_not_of(' '), expression.size()));
    if (expression.empty() || (expression[0] != '"' && expression[0] != '\'')) return std::nullopt;
    const std::size_t end = expression.find(expression[0], 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string text(expression.substr(1, end - 1));
    expression.remove_prefix(end + 1);
    expression.remove_prefix(std::min(expression.find_first_not_of(' '), expression.size()));
    if (text.find('\\') != std::string::npos) return std::nullopt;
    return text;
  };
  const auto left = takeText();
  if (!left) return std::nullopt;
  const bool is_equality = expression.starts_with("==");
  if (!is_equality && !expression.starts_with("!=")) return std::nullopt;
  expression.remove_prefix(expression.substr(2).starts_with("=") ? 3 : 2);
  const auto right = takeText();
  if (!right || !expression.empty()) return std::nullopt;
  return (*left == *right) == is_equality;
}

// `enabled` of serverless-plugin-conditional-functions: a boolean, or an expression of JavaScript.
bool isEnabled(Service& service, Tree& function) {
  const Tree* enabled = service.node(function, "enabled");
  if (!enabled) return true;
  const std::string expression = enabled->kind == Tree::Kind::kScalar ? scalarText(enabled->scalar) : "";
  if (expression == "true" || expression == "false") return expression == "true";
  if (service.variables.isStandIn(*enabled)) return true;
  if (const auto result = comparisonOfTexts(expression)) return *result;
  try {
    return service.scripts
        .run({.directory = fs::absolute(service.directory),
              .file = {},
              .expression = expression,
              .address = {},
              .options = {},
              .environment = {},
              .time = kScriptTime},
             [](const std::string&) { return json::value(); })
        .as_bool();
  } catch (const std::exception& e) {
    throw TemplateError(enabled->place.text() + ": enabled: " + expression + ": " + e.what());
  }
}

// The module of a handler without the end of its file's name: "src/users" of "src/users.handler".
std::string moduleOf(const std::string& handler, bool is_python) {
  const std::size_t slash = handler.rfind('/');
  const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
  const std::size_t point = is_python ? handler.rfind('.') : handler.find('.', begin);
  std::string module = handler.substr(0, point);
  if (is_python) std::replace(module.begin() + static_cast<std::ptrdiff_t>(begin), module.end(), '.', '/');
  return module;
}

bool hasFile(const fs::path& directory, const std::string& module, std::initializer_list<const char*> ends) {
  std::error_code ignored;
  return std::ranges::any_of(ends,
                             [&](const char* end) { return fs::is_regular_file(directory / (module + end), ignored); });
}

class FunctionReader {
 public:
  FunctionReader(Service& service, std::string key, Tree& tree) : service_(service), tree_(tree) {
    function_.key = std::move(key);
    function_.normalized = normalizedName(function_.key);
    function_.logical_id = function_.normalized + "LambdaFunction";
    function_.name =
        service_.text(tree_, "name").value_or(service_.name + "-" + service_.inputs.stage + "-" + function_.key);
    provider_ = service_.node(service_.root, "provider");
    if (provider_ && !provider_->isMap()) provider_ = nullptr;
  }

  void read() {
    json::object properties{{"FunctionName", function_.name}};
    const std::string runtime = ofFunctionOrProvider("runtime").value_or(kDefaultRuntime);
    const auto handler = service_.text(tree_, "handler");
    if (!handler) return noteWithoutHandler();
    properties["Runtime"] = runtime;
    properties["Handler"] = *handler;
    properties["Code"] = codeDirectory(runtime, *handler);
    properties["Timeout"] = number("timeout", kDefaultTimeoutSeconds);
    properties["MemorySize"] = number("memorySize", kDefaultMemoryMb);
    properties["Environment"] = json::object{{"Variables", environment()}};
    copy("description", "Description", properties);
    copy("reservedConcurrency", "ReservedConcurrentExecutions", properties);
    if (json::array layers = layersOf(); !layers.empty()) properties["Layers"] = std::move(layers);
    addDeadLetters(properties);
    addTags(properties);
    json::object resource{{"Type", "AWS::Lambda::Function"}, {"Properties", std::move(properties)}};
    if (const Tree* condition = service_.whole(tree_, "condition")) resource["Condition"] = jsonOf(*condition);
    if (service_.is_for_aws) deployFunction(service_, function_, tree_, resource);
    service_.resources[function_.logical_id] = std::move(resource);
    service_.places[function_.logical_id] = tree_.place;
    service_.checked_functions.insert(function_.logical_id);
    if (!service_.is_for_aws) {
      service_.resources[function_.normalized + "LogGroup"] = json::object{
          {"Type", "AWS::Logs::LogGroup"}, {"Properties", {{"LogGroupName", "/aws/lambda/" + function_.name}}}};
    }
    addInvokeConfig();
    if (Tree* url = service_.node(tree_, "url"); url && scalarText(url->scalar) != "false") {
      service_.notes.add(url->place, "function " + function_.key + " has a URL, which is not " +
                                         (service_.is_for_aws ? "deployed" : "served here"));
    }
    if (Tree* events = service_.node(tree_, "events")) readEvents(service_, function_, *events);
  }

 private:
  std::optional<std::string> ofFunctionOrProvider(std::string_view name) {
    if (auto own = service_.text(tree_, name)) return own;
    return provider_ ? service_.text(*provider_, name) : std::nullopt;
  }

  void noteWithoutHandler() {
    const bool is_image = service_.node(tree_, "image") != nullptr;
    service_.notes.add(tree_.place, "function " + function_.key +
                                        (is_image ? std::string(" is a container image, which") + service_.isLeftOut()
                                                  : " has no handler"));
  }

  json::value number(std::string_view name, int otherwise) {
    for (Tree* of : {&tree_, provider_}) {
      if (const Tree* given = of ? service_.whole(*of, name) : nullptr) return textOrFunction(*given);
    }
    return otherwise;
  }

  // A number may be a function of CloudFormation, such as Fn::If.
  static json::value textOrFunction(const Tree& number) {
    return number.isMap() ? jsonOf(number) : json::value(scalarText(number.scalar));
  }

  void copy(std::string_view name, const char* property, json::object& properties) {
    if (const Tree* value = service_.whole(tree_, name)) properties[property] = jsonOf(*value);
  }

  // The service's directory, unless a build has put the handler elsewhere.
  std::string codeDirectory(const std::string& runtime, const std::string& handler) {
    const bool is_python = runtime.starts_with("python");
    if (runtime.starts_with("provided")) return programDirectory(runtime);
    if (!is_python && !runtime.starts_with("nodejs")) return artifactOr(".");
    if (is_python) return pythonDirectory(handler);
    const std::string module = moduleOf(handler, false);
    const bool is_there = hasFile(service_.directory, module, {".js", ".mjs", ".cjs", "/index.js"});
    if (is_there && !compilesHandlers(service_)) return ".";
    if (const auto built = buildDirectory(module)) return *built;
    if (is_there) return ".";
    if (hasFile(service_.directory, module, {".ts", ".mts", ".cts", ".tsx"})) {
      noteOrFail("function " + function_.key + " is TypeScript: compile it into " + kBuildDirectories[0] +
                     " (`npx esbuild " + module + ".ts --bundle --platform=node --outfile=" + kBuildDirectories[0] +
                     "/" + module + ".js`)",
                 std::string("compile TypeScript into ") + kBuildDirectories[0] +
                     " (`npx esbuild FILE.ts … --bundle --platform=node --outbase=. --outdir=" + kBuildDirectories[0] +
                     "`), of ");
      return ".";
    }
    return artifactOr(".", "there is no " + module + ".js for the handler " + handler);
  }

  // Offline, code can come later; a function in AWS would never run.
  void noteOrFail(const std::string& what, const std::string& about_all) {
    if (service_.is_for_aws) throw TemplateError(tree_.place.text() + ": " + what);
    service_.notes.addAbout(function_.key, tree_.place, what, about_all);
  }

  std::optional<std::string> buildDirectory(const std::string& module) const {
    std::vector<std::string> directories(kBuildDirectories.begin(), kBuildDirectories.end());
    directories.push_back(".webpack/" + function_.key);
    for (const std::string& directory : directories) {
      if (hasFile(service_.directory / directory, module, {".js", ".mjs", ".cjs"})) return directory;
    }
    return std::nullopt;
  }

  // serverless-python-requirements has a directory of its own for the function: `module`.
  std::string pythonDirectory(const std::string& handler) {
    const std::string directory = service_.text(tree_, "module").value_or(".");
    const std::string module = moduleOf(handler, true);
    if (hasFile(service_.directory / directory, module, {".py", "/__init__.py"})) return directory;
    return artifactOr(directory, "there is no " + module + ".py for the handler " + handler);
  }

  // Lambda runs the file `bootstrap`, whatever the handler says.
  std::string programDirectory(const std::string& runtime) {
    const bool is_there = ::access((service_.directory / "bootstrap").c_str(), X_OK) == 0;
    if (is_there || service_.is_for_aws) return artifactOr(".");
    return artifactOr(".", "the runtime " + runtime + " needs an executable " +
                               (service_.directory / "bootstrap").string() + ": run your build, and the function runs");
  }

  // `package: artifact`, if it is there; offline, also one that is not built yet if nothing else can run.
  std::string artifactOr(const std::string& directory, const std::string& otherwise = {}) {
    for (Tree* of : {&tree_, &service_.root}) {
      Tree* package = service_.node(*of, "package");
      const auto artifact = package && package->isMap() ? service_.text(*package, "artifact") : std::nullopt;
      std::error_code ignored;
      if (artifact && fs::is_regular_file(service_.directory / *artifact, ignored)) return *artifact;
      const bool is_awaited = artifact && artifact->ends_with(".zip") && !otherwise.empty() && !service_.is_for_aws;
      if (is_awaited) return *artifact;
    }
    if (!otherwise.empty()) {
      noteOrFail("function " + function_.key + ": " + otherwise, "no file has the handlers of ");
    }
    return directory;
  }

  json::object environment() {
    json::object variables;
    for (const auto& [name, value] : service_.dotenv) variables[name] = value;
    if (Tree* common = provider_ ? service_.node(*provider_, "environment") : nullptr) addVariables(*common, variables);
    if (Tree* own = service_.node(tree_, "environment")) addVariables(*own, variables);
    return variables;
  }

  // A variable without a value is left out: the function may do without it.
  void addVariables(Tree& environment, json::object& variables) {
    if (service_.variables.isStandIn(environment)) return;
    if (!environment.isMap()) throw TemplateError(environment.place.text() + ": environment must be a map");
    const Variables::WithoutStandIns without_stand_ins(service_.variables);
    for (auto& [name, value] : environment.members) {
      try {
        service_.variables.resolveAll(value);
      } catch (const TemplateError& e) {
        service_.notes.add(std::string(e.what()) + ": the functions have no " + name);
        continue;
      }
      if (value.isList()) {
        service_.notes.add(value.place, name + " is a list, so the functions have no " + name);
      } else if (!value.isNull()) {
        variables[name] = value.isMap() ? jsonOf(value) : json::value(scalarText(value.scalar));
      }
    }
  }

  json::array layersOf() {
    Tree* layers = service_.node(tree_, "layers");
    if (!layers && provider_) layers = service_.node(*provider_, "layers");
    json::array kept;
    if (!layers) return kept;
    for (Tree& layer : layers->elements) {
      service_.variables.resolveAll(layer);
      if (layer.isMap()) {
        kept.push_back(jsonOf(layer));
      } else if (layer.isString() && service_.is_for_aws) {
        kept.push_back(jsonOf(layer));
      } else if (layer.isString()) {
        service_.notes.add(layer.place, "the layer " + scalarText(layer.scalar) + " is in AWS, and is not used here");
      }
    }
    return kept;
  }

  void addDeadLetters(json::object& properties) {
    const Tree* target = service_.whole(tree_, "onError");
    if (!target) return;
    if (!service_.is_for_aws && isTopic(service_, *target)) {
      service_.notes.add(target->place, "function " + function_.key + "'s onError is a topic, which gets nothing here");
    } else {
      json::value arn = queueArn(service_, *target);
      allowDelivery(service_, function_.key, arn);
      properties["DeadLetterConfig"] = json::object{{"TargetArn", std::move(arn)}};
    }
  }

  void addTags(json::object& properties) {
    json::object tags;
    for (Tree* of : {provider_, &tree_}) {
      const Tree* given = of ? service_.whole(*of, "tags") : nullptr;
      if (!given || !given->isMap()) continue;
      for (const auto& [name, value] : given->members) tags[name] = jsonOf(value);
    }
    json::array list;
    for (const auto& tag : tags) list.push_back(json::object{{"Key", tag.key()}, {"Value", tag.value()}});
    if (!list.empty()) properties["Tags"] = std::move(list);
  }

  void addInvokeConfig() {
    json::object properties;
    if (Tree* destinations = service_.node(tree_, "destinations")) {
      json::object config;
      addDestination(*destinations, "onSuccess", "OnSuccess", config);
      addDestination(*destinations, "onFailure", "OnFailure", config);
      if (!config.empty()) properties["DestinationConfig"] = std::move(config);
    }
    if (const Tree* age = service_.whole(tree_, "maximumEventAge")) {
      properties["MaximumEventAgeInSeconds"] = textOrFunction(*age);
    }
    if (const Tree* retries = service_.whole(tree_, "maximumRetryAttempts")) {
      properties["MaximumRetryAttempts"] = textOrFunction(*retries);
    } else if (service_.default_retry_attempts) {
      properties["MaximumRetryAttempts"] = std::min(*service_.default_retry_attempts, kRetriesOfLambda);
    }
    if (properties.empty()) return;
    properties["FunctionName"] = json::object{{"Ref", function_.logical_id}};
    properties["Qualifier"] = "$LATEST";
    service_.places[function_.normalized + "LambdaEvConf"] = tree_.place;
    service_.resources[function_.normalized + "LambdaEvConf"] =
        json::object{{"Type", "AWS::Lambda::EventInvokeConfig"}, {"Properties", std::move(properties)}};
  }

  void addDestination(Tree& destinations, std::string_view name, const char* property, json::object& config) {
    const Tree* target = service_.whole(destinations, name);
    if (!target) return;
    if (!service_.is_for_aws && isTopic(service_, *target)) {
      service_.notes.add(target->place, "function " + function_.key + "'s " + std::string(name) +
                                            " is a topic, which gets nothing here");
      return;
    }
    if (target->isMap() && target->find("arn")) target = target->find("arn");
    json::value arn = targetArn(*target);
    allowDelivery(service_, function_.key, arn);
    config[property] = json::object{{"Destination", std::move(arn)}};
  }

  json::value targetArn(const Tree& target) {
    const bool is_function = target.isString() && service_.function_keys.contains(target.string());
    return is_function ? functionArn(std::string(target.string())) : queueArn(service_, target);
  }

  static json::value functionArn(const std::string& key) {
    return json::object{{"Fn::GetAtt", json::array{normalizedName(key) + "LambdaFunction", "Arn"}}};
  }

  Service& service_;
  Tree& tree_;
  Tree* provider_ = nullptr;
  ServiceFunction function_;
};

// `functions` is a map, or a list of maps.
Tree functionsOf(Service& service) {
  Tree all;
  Tree* functions = service.node(service.root, "functions");
  if (!functions) return all;
  all.place = functions->place;
  std::vector<Tree*> maps;
  if (functions->isList()) {
    for (Tree& element : functions->elements) {
      service.variables.resolveNode(element);
      if (!element.isNull()) maps.push_back(&element);
    }
  } else {
    maps.push_back(functions);
  }
  for (Tree* map : maps) {
    if (service.variables.isStandIn(*map)) continue;
    if (!map->isMap()) throw TemplateError(map->place.text() + ": functions must be a map");
    for (auto& [name, function] : map->members) {
      service.variables.resolveNode(function);
      if (!function.isNull() && !service.variables.isStandIn(function)) mergeInto(all[name], function);
    }
  }
  return all;
}

}  // namespace

std::string normalizedName(std::string_view function_key) {
  std::string name;
  for (const char c : function_key) name += c == '-' ? "Dash" : c == '_' ? "Underscore" : std::string(1, c);
  return upperFirst(std::move(name));
}

std::string alphanumericName(std::string_view name) {
  std::string kept;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c))) kept += c;
  }
  return upperFirst(std::move(kept));
}

void readFunctions(Service& service) {
  Tree functions = functionsOf(service);
  std::erase_if(functions.members, [&service](auto& member) {
    if (!member.second.isMap()) throw TemplateError(member.second.place.text() + ": a function must be a map");
    return !isEnabled(service, member.second);
  });
  for (const auto& member : functions.members) service.function_keys.insert(member.first);
  if (!functions.members.empty() && !service.is_for_aws) {
    service.resources["IamRoleLambdaExecution"] = json::object{
        {"Type", "AWS::IAM::Role"},
        {"Properties",
         {{"RoleName", service.name + "-" + service.inputs.stage + "-" + service.inputs.region + "-lambdaRole"}}}};
  }
  for (auto& [key, function] : functions.members) FunctionReader(service, key, function).read();
}

void readLayers(Service& service) {
  Tree* layers = service.node(service.root, "layers");
  if (!layers || !layers->isMap()) return;
  for (auto& [key, layer] : layers->members) {
    service.variables.resolveAll(layer);
    const auto path = layer.isMap() ? service.text(layer, "path") : std::nullopt;
    if (!path) continue;
    service.places[normalizedName(key) + "LambdaLayer"] = layer.place;
    if (service.is_for_aws) {
      deployLayer(service, normalizedName(key) + "LambdaLayer", service.text(layer, "name").value_or(key), *path,
                  layer);
      continue;
    }
    service.resources[normalizedName(key) + "LambdaLayer"] =
        json::object{{"Type", "AWS::Serverless::LayerVersion"},
                     {"Properties", {{"LayerName", service.text(layer, "name").value_or(key)}, {"ContentUri", *path}}}};
  }
}

}  // namespace ddblog::templates::serverless
