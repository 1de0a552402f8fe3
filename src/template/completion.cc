// What needs all resources of an application (application.h).
#include <algorithm>

#include "base/json_fields.h"
#include "template/application.h"
#include "template/function_properties.h"

namespace ddblog::templates {

namespace {

class Completion {
 public:
  Completion(Collected& collected, Findings& findings) : collected_(collected), findings_(findings) {}

  void run() {
    for (std::size_t i = 0; i < collected_.when_complete.size(); ++i) runStep(collected_.when_complete[i]);
    dropAbsentFunctions();
    enableItemFailureReports();
  }

 private:
  void runStep(const std::function<void(App&)>& step) {
    try {
      step(collected_.app);
    } catch (const TemplateError& e) {
      findings_.error(e.place, e.what());
    }
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

  // The resource does not run after all.
  void withdraw(const std::map<std::size_t, Declared>& declared, std::size_t index) {
    const auto found = declared.find(index);
    if (found != declared.end()) findings_.withdrawRuns(found->second.place, found->second.what);
  }

  void dropAbsentAliases() {
    std::vector<App::Alias> aliases;
    for (std::size_t i = 0; i < collected_.app.aliases.size(); ++i) {
      App::Alias& alias = collected_.app.aliases[i];
      const auto declared = collected_.declared_aliases.find(i);
      const Place place = declared == collected_.declared_aliases.end() ? Place() : declared->second.place;
      if (isAbsent(alias.function, "the alias " + alias.name, place)) {
        withdraw(collected_.declared_aliases, i);
      } else {
        aliases.push_back(std::move(alias));
      }
    }
    collected_.app.aliases = std::move(aliases);
  }

  // What would invoke a function that is not here.
  void dropAbsentFunctions() {
    App& app = collected_.app;
    std::vector<json::object> mappings;
    for (std::size_t i = 0; i < app.event_source_mappings.size(); ++i) {
      json::object& mapping = app.event_source_mappings[i];
      const std::string name = textOf(mapping, "FunctionName");
      if (isAbsent(name, "an event source mapping", collected_.mapping_places[i])) {
        withdraw(collected_.declared_mappings, i);
      } else {
        mappings.push_back(std::move(mapping));
      }
    }
    app.event_source_mappings = std::move(mappings);
    dropAbsentAliases();
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

}  // namespace

void completeApplication(Collected& collected, Findings& findings) { Completion(collected, findings).run(); }

}  // namespace ddblog::templates
