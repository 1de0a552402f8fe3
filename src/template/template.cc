#include "template/template.h"

#include <algorithm>

#include "base/json_fields.h"
#include "template/function_properties.h"
#include "template/resource.h"
#include "template/serverless/service.h"
#include "template/stack.h"
#include "template/yaml.h"

namespace ddblog::templates {

namespace {

namespace fs = std::filesystem;

bool isNestedStack(std::string_view type) {
  return type == "AWS::CloudFormation::Stack" || type == "AWS::Serverless::Application";
}

// "AWS::SQS::Queue", "Custom::Seed", "MongoDB::Atlas::Cluster"
bool isTypeName(std::string_view type) {
  const std::size_t first = type.find("::");
  if (first == std::string_view::npos) return false;
  return type.starts_with("Custom::") || type.find("::", first + 2) != std::string_view::npos;
}

// How many of each an application has: what a resource adds begins there.
struct Counts {
  explicit Counts(const App& app)
      : tables(app.tables.size()),
        buses(app.event_buses.size()),
        archives(app.archives.size()),
        rules(app.rules.size()),
        queues(app.queues.size()),
        functions(app.functions.size()) {}
  std::size_t tables, buses, archives, rules, queues, functions;
};

class ApplicationReader {
 public:
  ApplicationReader(Collected& collected, Findings& findings) : collected_(collected), findings_(findings) {}

  void read(Stack& stack) {
    for (const Node::Member& resource : stack.resources().members) {
      const Place place = resource.value.place;
      attempt("resource " + resource.name + ": ", place, [&] { readResource(stack, resource.name, resource.value); });
    }
  }

  void complete() {
    for (std::size_t i = 0; i < collected_.when_complete.size(); ++i) {
      attempt("", {}, [&] { collected_.when_complete[i](collected_.app); });
    }
    dropAbsentFunctions();
    enableItemFailureReports();
  }

 private:
  // Runs a step; what is wrong in it is an error, and the next step goes on.
  template <class Step>
  void attempt(const std::string& what, Place place, Step step) {
    try {
      step();
    } catch (const TemplateError& e) {
      findings_.error(e.place.line > 0 ? e.place : place, what + e.what());
    } catch (const std::exception& e) {
      findings_.error(place, what + e.what());
    }
  }

  void readResource(Stack& stack, const std::string& logical_id, const Node& declaration) {
    if (logical_id.empty()) throw TemplateError("has no name");
    if (!declaration.isMap()) throw TemplateError("must be a map");
    const Node* type_node = declaration.given("Type");
    if (!type_node || !type_node->isScalar()) throw TemplateError("has no Type");
    const std::string& type = type_node->text;
    if (!isTypeName(type)) throw TemplateError("there is no resource type " + type, type_node->place);
    const ResourceType* known = findResourceType(type);
    if (!known && !isNestedStack(type)) {
      if (isIrrelevantOffline(type) || isLeftOut(stack, declaration)) return;
      findings_.note(declaration.place, logical_id + " (" + type + ") does not run offline");
    } else if (!holds(stack, declaration)) {
      return;
    } else if (known) {
      readKnown(stack, logical_id, declaration, *known);
    } else if (Stack* nested = stack.nested(logical_id)) {
      read(*nested);
    }
  }

  static bool holds(Stack& stack, const Node& declaration) {
    const Node* condition = declaration.given("Condition");
    if (!condition) return true;
    if (!condition->isScalar()) throw TemplateError("Condition must be the name of a condition");
    return stack.intrinsics().condition(condition->text, condition->place);
  }

  // Of a resource that does not run. A condition that only AWS can evaluate (with a macro, say) leaves it in.
  static bool isLeftOut(Stack& stack, const Node& declaration) {
    try {
      return !holds(stack, declaration);
    } catch (const TemplateError&) {
      return false;
    }
  }

  void readKnown(Stack& stack, const std::string& logical_id, const Node& declaration, const ResourceType& type) {
    Reading reading{collected_, collected_.app, stack.intrinsics(), findings_, stack.directory()};
    const Node* properties = declaration.given("Properties");
    const Counts before(collected_.app);
    const auto leftOut = [&] { return collected_.absent_functions.size() + collected_.left_out; };
    const std::size_t left_out = leftOut();
    const std::string name = stack.intrinsics().physicalName(logical_id);
    try {
      type.read(reading, {logical_id, name, declaration,
                          properties ? Properties(*properties, stack.intrinsics())
                                     : Properties(Node::ofMap(declaration.place))});
    } catch (const TemplateError&) {
      collected_.absent_functions.insert(name);  // the error says why it is not here
      throw;
    }
    rememberPlaces(before, declaration.place);
    if (leftOut() == left_out) {
      findings_.runs(declaration.place, logical_id + " (" + std::string(type.type) + ")");
    }
  }

  void rememberPlaces(const Counts& before, Place place) {
    const App& app = collected_.app;
    const auto remember = [&](const std::string& what, const std::string& name) {
      collected_.app.places.emplace(what + name, findings_.at(place));
    };
    for (std::size_t i = before.tables; i < app.tables.size(); ++i) {
      remember("table ", textOf(app.tables[i].create_table, "TableName"));
    }
    for (std::size_t i = before.buses; i < app.event_buses.size(); ++i) {
      remember("bus ", textOf(app.event_buses[i], "Name"));
    }
    for (std::size_t i = before.archives; i < app.archives.size(); ++i) {
      remember("archive ", textOf(app.archives[i], "ArchiveName"));
    }
    for (std::size_t i = before.rules; i < app.rules.size(); ++i) {
      const std::string name = textOf(app.rules[i].put_rule, "Name");
      remember("rule ", name);
      remember("the targets of rule ", name);
    }
    for (std::size_t i = before.queues; i < app.queues.size(); ++i) {
      remember("queue ", textOf(app.queues[i], "QueueName"));
    }
    for (std::size_t i = before.functions; i < app.functions.size(); ++i) remember("function ", app.functions[i].name);
  }

  bool isFunction(const std::string& name) const {
    return std::ranges::find(collected_.app.functions, name, &App::Function::name) != collected_.app.functions.end();
  }

  // Whether a name or an ARN is that of a function that is not here. A note says so, unless one does
  // already.
  bool isAbsent(std::string_view name_or_arn, const std::string& who, Place place) {
    const std::string name = functionNameIn(name_or_arn);
    const bool is_function = !name.empty() || name_or_arn.empty();
    if (!is_function || isFunction(name)) return false;
    if (!collected_.absent_functions.contains(name)) {
      findings_.note(place, who + " names the function " + name + ", which is not in this template");
    }
    return true;
  }

  // What would invoke a function that is not here.
  void dropAbsentFunctions() {
    App& app = collected_.app;
    std::vector<json::object> mappings;
    for (std::size_t i = 0; i < app.event_source_mappings.size(); ++i) {
      json::object& mapping = app.event_source_mappings[i];
      const std::string name = textOf(mapping, "FunctionName");
      if (!isAbsent(name, "an event source mapping", collected_.mapping_places[i])) {
        mappings.push_back(std::move(mapping));
      }
    }
    app.event_source_mappings = std::move(mappings);
    std::erase_if(app.aliases, [&](const App::Alias& alias) { return !isFunction(alias.function); });
    for (std::size_t i = 0; i < app.rules.size(); ++i) {
      App::Rule& rule = app.rules[i];
      const std::string who = "the rule " + textOf(rule.put_rule, "Name");
      json::array kept;
      for (json::value& target : rule.put_targets["Targets"].as_array()) {
        if (!isAbsent(textOf(target.as_object(), "Arn"), who, collected_.rule_places[i])) {
          kept.push_back(std::move(target));
        }
      }
      rule.put_targets["Targets"] = std::move(kept);
    }
    for (App::Function& function : app.functions) {
      App::InvokeConfig& config = function.invoke_config;
      const Place place = collected_.function_places[function.name];
      for (std::string* arn : {&config.on_failure, &config.on_success, &function.dead_letter_arn}) {
        if (!arn->empty() && isAbsent(*arn, "a destination of " + function.name, place)) arn->clear();
      }
    }
  }

  // The built-in trigger reports records whose events could not be put. Without this setting a
  // mapping ignores the report and skips them.
  void enableItemFailureReports() {
    for (json::object& mapping : collected_.app.event_source_mappings) {
      const std::string name = textOf(mapping, "FunctionName");
      for (const App::Function& function : collected_.app.functions) {
        if (!function.built_in.empty() && namesFunction(name, function)) {
          mapping["FunctionResponseTypes"] = json::array{"ReportBatchItemFailures"};
        }
      }
    }
  }

  Collected& collected_;
  Findings& findings_;
};

TemplateReport inspect(Findings& findings, Node document, const fs::path& file,
                       std::map<std::string, std::string> parameters, const PseudoParameters& pseudo,
                       const Outside& outside, std::set<std::string> checked_functions = {}) {
  Shared shared{pseudo, outside, findings};
  Collected collected;
  collected.checked_functions = std::move(checked_functions);
  Stack stack(std::move(document), std::move(parameters), shared, fs::absolute(file).parent_path(), "");
  ApplicationReader reader(collected, findings);
  reader.read(stack);
  reader.complete();
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

// A seed of a table that the application does not have becomes a note.
void dropForeignSeeds(const App& app, serverless::Translation& service) {
  std::erase_if(service.seeds, [&](const App::Seed& seed) {
    const auto isIt = [&](const App::Table& table) { return textOf(table.create_table, "TableName") == seed.table; };
    if (std::ranges::any_of(app.tables, isIt)) return false;
    service.notes.push_back("there are seeds for the table " + seed.table + ", which the application does not have");
    return true;
  });
}

TemplateReport inspectService(const fs::path& file, const std::map<std::string, std::string>& parameters,
                              PseudoParameters pseudo, const Outside& outside) {
  serverless::Translation service = serverless::translate(file, serverless::inputsOf(parameters, pseudo, outside));
  pseudo.stack_name = service.stack_name;
  Findings findings;
  const std::uint32_t number = findings.addFile(file.string());
  TemplateReport report = withPlaces(findings, [&] {
    return inspect(findings, documentOf(service, file, number, findings), file, service.parameters, pseudo, outside,
                   service.checked_functions);
  });
  dropForeignSeeds(report.app, service);
  std::vector<TemplateReport::Line> notes;
  for (const std::string& note : service.notes) notes.push_back({Finding::Kind::kNote, "", note});
  report.lines.insert(report.lines.begin(), notes.begin(), notes.end());
  report.app.notes.insert(report.app.notes.begin(), service.notes.begin(), service.notes.end());
  report.app.seeds = std::move(service.seeds);
  return report;
}

}  // namespace

TemplateReport inspectTemplate(const fs::path& file, std::map<std::string, std::string> parameters,
                               const PseudoParameters& pseudo, const Outside& outside) {
  if (serverless::hasServiceName(file)) return inspectService(file, parameters, pseudo, outside);
  const std::string text = readTextFile(file);
  Findings findings;
  const std::uint32_t number = findings.addFile(file.string());
  return withPlaces(findings, [&] {
    Node document = parseTemplateText(text, number, findings);
    if (serverless::isService(document)) return inspectService(file, parameters, pseudo, outside);
    return inspect(findings, std::move(document), file, std::move(parameters), pseudo, outside);
  });
}

TemplateReport inspectDocument(const json::value& document, const fs::path& file,
                               std::map<std::string, std::string> parameters, const PseudoParameters& pseudo,
                               const Outside& outside) {
  Findings findings;
  const std::uint32_t number = findings.addFile(file.string());
  return withPlaces(findings, [&] {
    return inspect(findings, Node::ofJson(document, {0, number}), file, std::move(parameters), pseudo, outside);
  });
}

App readTemplate(const fs::path& file, std::map<std::string, std::string> parameters, const PseudoParameters& pseudo,
                 const Outside& outside) {
  TemplateReport report = inspectTemplate(file, std::move(parameters), pseudo, outside);
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

LaunchSettings readLaunchSettings(const fs::path& file, const std::map<std::string, std::string>& parameters,
                                  const std::optional<std::string>& stage, const std::optional<std::string>& region) {
  const auto holdsService = [&file] {
    Findings findings;
    const std::string text = readTextFile(file);
    const std::uint32_t number = findings.addFile(file.string());
    return withPlaces(findings, [&] { return serverless::isService(parseTemplateText(text, number, findings)); });
  };
  const bool is_service = serverless::hasServiceName(file) || holdsService();
  if (!is_service) return {};
  serverless::Inputs inputs = serverless::inputsOf(parameters, {}, {});
  if (stage) inputs.stage = stage;
  inputs.region = region;
  return serverless::translate(file, inputs).settings;
}

}  // namespace ddblog::templates
