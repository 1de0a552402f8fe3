#include "template/application.h"

#include "base/json_fields.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

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
        schedules(app.schedules.size()),
        functions(app.functions.size()),
        aliases(app.aliases.size()),
        mappings(app.event_source_mappings.size()) {}
  std::size_t tables, buses, archives, rules, queues, schedules, functions, aliases, mappings;
};

class ResourceReader {
 public:
  ResourceReader(Collected& collected, Findings& findings) : collected_(collected), findings_(findings) {}

  void read(Stack& stack) {
    for (const Node::Member& resource : stack.resources().members) {
      const Place place = resource.value.place;
      attempt("resource " + resource.name + ": ", place, [&] { readResource(stack, resource.name, resource.value); });
    }
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
    if (!declaration.isMap()) return findings_.note(declaration.place, logical_id + " is no map: it does not run");
    const Node* type_node = declaration.given("Type");
    if (!type_node || !type_node->isScalar()) {
      return findings_.note(declaration.place, logical_id + " has no Type: it does not run");
    }
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
    if (properties && properties->isScalar() && stack.intrinsics().isStandIn(properties->text)) {
      collected_.absent_functions.insert(name);
      return findings_.note(properties->place, logical_id + " (" + std::string(type.type) +
                                                   ") does not run offline: \"" + properties->text +
                                                   "\" stands in for its properties");
    }
    try {
      type.read(reading, {logical_id, name, declaration,
                          properties ? Properties(*properties, stack.intrinsics())
                                     : Properties(Node::ofMap(declaration.place))});
    } catch (const TemplateError&) {
      collected_.absent_functions.insert(name);  // the error says why it is not here
      throw;
    }
    rememberPlaces(before, declaration.place);
    if (leftOut() != left_out) return;
    const Declared declared{declaration.place, logical_id + " (" + std::string(type.type) + ")"};
    findings_.runs(declared.place, declared.what);
    rememberInvokers(before, type.type, declared);
  }

  // What runs only if its function does: completion.cc looks.
  void rememberInvokers(const Counts& before, std::string_view type, const Declared& declared) {
    if (type == "AWS::Lambda::Alias") {
      for (std::size_t i = before.aliases; i < collected_.app.aliases.size(); ++i) {
        collected_.declared_aliases.emplace(i, declared);
      }
    } else if (type == "AWS::Lambda::EventSourceMapping") {
      for (std::size_t i = before.mappings; i < collected_.app.event_source_mappings.size(); ++i) {
        collected_.declared_mappings.emplace(i, declared);
      }
    }
  }

  void rememberPlaces(const Counts& before, Place place) {
    const App& app = collected_.app;
    const auto remember = [&](const std::string& what, const std::string& name) {
      collected_.app.places.emplace(what + name, findings_.at(place));
    };
    const auto rememberName = [&](const std::string& what, const std::string& name) {
      remember(what, name);
      const auto [first, is_new] = collected_.named_places.emplace(what + name, place);
      if (is_new || first->second.file == place.file) return;
      findings_.note(place, "the " + what + name + " is also declared in " + findings_.file(first->second) +
                                ", and only one of the two runs: `--template " + findings_.file(place) +
                                "` starts this one alone");
    };
    for (std::size_t i = before.tables; i < app.tables.size(); ++i) {
      rememberName("table ", textOf(app.tables[i].create_table, "TableName"));
    }
    for (std::size_t i = before.buses; i < app.event_buses.size(); ++i) {
      rememberName("bus ", textOf(app.event_buses[i], "Name"));
    }
    for (std::size_t i = before.archives; i < app.archives.size(); ++i) {
      rememberName("archive ", textOf(app.archives[i], "ArchiveName"));
    }
    for (std::size_t i = before.rules; i < app.rules.size(); ++i) {
      const std::string name = textOf(app.rules[i].put_rule, "Name");
      remember("rule ", name);
      remember("the targets of rule ", name);
    }
    for (std::size_t i = before.queues; i < app.queues.size(); ++i) {
      rememberName("queue ", textOf(app.queues[i], "QueueName"));
    }
    for (std::size_t i = before.schedules; i < app.schedules.size(); ++i) {
      remember("schedule ", textOf(app.schedules[i], "Name"));
    }
    for (std::size_t i = before.functions; i < app.functions.size(); ++i) {
      rememberName("function ", app.functions[i].name);
    }
  }

  Collected& collected_;
  Findings& findings_;
};

}  // namespace

void readResources(Stack& stack, Collected& collected, Findings& findings) {
  ResourceReader(collected, findings).read(stack);
}

}  // namespace ddblog::templates
