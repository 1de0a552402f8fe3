#include "unit/template/case_file.h"

#include <fstream>
#include <stdexcept>

#include "base/json_fields.h"

namespace ddblog::templates {

namespace {

// "NAME=VALUE"
std::pair<std::string, std::string> pairOf(const std::string& text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string::npos) throw std::runtime_error("must be NAME=VALUE: " + text);
  return {text.substr(0, sign), text.substr(sign + 1)};
}

class CaseReader {
 public:
  explicit CaseReader(const std::filesystem::path& file) : in_(file), name_(file.filename().string()) {
    if (!in_) throw std::runtime_error("cannot read " + file.string());
  }

  std::vector<TemplateCase> read() {
    for (std::string line; std::getline(in_, line);) {
      ++line_;
      try {
        take(line);
      } catch (const std::runtime_error& e) {
        throw std::runtime_error(name_ + ":" + std::to_string(line_) + ": " + e.what());
      }
    }
    return std::move(cases_);
  }

 private:
  void take(const std::string& line) {
    if (line.starts_with("  ")) {
      if (!block_) throw std::runtime_error("a text without a heading");
      *block_ += line.substr(2) + "\n";
      return;
    }
    block_ = nullptr;
    if (line.empty() || line[0] == '#') return;
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string word = line.substr(0, space);
    const std::string rest = line.substr(std::min(space + 1, line.size()));
    if (word == "case") {
      cases_.push_back({});
      cases_.back().line = line_;
      cases_.back().name = rest;
    } else if (cases_.empty()) {
      throw std::runtime_error("before the first case");
    } else {
      takeOfCase(cases_.back(), word, rest);
    }
  }

  void takeOfCase(TemplateCase& one, const std::string& word, const std::string& rest) {
    if (word == "template") {
      if (!rest.empty()) one.file = rest;
      block_ = &one.text;
    } else if (word == "value") {
      one.value = rest;
    } else if (word == "gives") {
      one.given_value = {rest};
    } else if (word == "note") {
      one.notes.push_back(rest);
    } else if (word == "runs") {
      cases_.back().runs.push_back(rest);
    } else if (word == "error") {
      one.errors.push_back(rest);
    } else if (word == "refused") {
      one.refused = rest;
    } else if (word == "expect") {
      const std::size_t space = rest.find(' ');
      one.expected.emplace_back(rest.substr(0, space), rest.substr(space + 1));
    } else if (word == "given") {
      takeGiven(one, rest);
    } else {
      throw std::runtime_error("unknown word " + word);
    }
  }

  void takeGiven(TemplateCase& one, const std::string& text) {
    const std::size_t space = text.find(' ');
    const std::string what = text.substr(0, space);
    const std::string rest = text.substr(space + 1);
    if (what == "parameter") {
      one.parameters.insert(pairOf(rest));
    } else if (what == "import") {
      one.outside.imports.insert(pairOf(rest));
    } else if (what == "stored") {
      one.outside.stored.insert(pairOf(rest));
    } else if (what == "stage") {
      one.outside.stage = rest;
      one.outside.is_stage_given = true;
    } else if (what == "usual") {
      one.outside.stage = rest.substr(rest.find(' ') + 1);
    } else if (what == "file") {
      block_ = &one.files[rest];
    } else {
      throw std::runtime_error("unknown: given " + what);
    }
  }

  std::ifstream in_;
  const std::string name_;
  int line_ = 0;
  std::string* block_ = nullptr;  // the text that is being read
  std::vector<TemplateCase> cases_;
};

json::object functionModel(const App::Function& function) {
  json::object model{{"runtime", function.runtime}, {"handler", function.handler}};
  json::object& environment = model["environment"].emplace_object();
  for (const auto& [name, value] : function.environment) environment[name] = value;
  json::array& layers = model["layers"].emplace_array();
  for (const auto& layer : function.layers) layers.emplace_back(layer.filename().string());
  model["directory"] = function.code_directory.filename().string();
  model["archive"] = function.code_archive.filename().string();
  model["inline"] = function.inline_code;
  model["description"] = function.description;
  model["builtIn"] = function.built_in;
  if (function.timeout) model["timeout"] = function.timeout->count();
  if (function.memory_size) model["memory"] = *function.memory_size;
  if (function.reserved_concurrency) model["concurrency"] = *function.reserved_concurrency;
  const App::InvokeConfig& config = function.invoke_config;
  if (config.maximum_retry_attempts) model["retries"] = *config.maximum_retry_attempts;
  if (config.maximum_event_age) model["age"] = config.maximum_event_age->count();
  model["onSuccess"] = config.on_success;
  model["onFailure"] = config.on_failure;
  model["deadLetters"] = function.dead_letter_arn;
  return model;
}

}  // namespace

std::vector<TemplateCase> readCases(const std::filesystem::path& file) { return CaseReader(file).read(); }

json::object modelOf(const App& app) {
  json::object model;
  json::object& tables = model["tables"].emplace_object();
  for (const App::Table& table : app.tables) {
    json::object one = table.create_table;
    if (table.update_time_to_live) one["ttl"] = table.update_time_to_live->at("TimeToLiveSpecification");
    tables[textOf(table.create_table, "TableName")] = std::move(one);
  }
  json::array& buses = model["buses"].emplace_array();
  for (const json::object& bus : app.event_buses) buses.push_back(bus.at("Name"));
  json::object& archives = model["archives"].emplace_object();
  for (const json::object& archive : app.archives) archives[textOf(archive, "ArchiveName")] = archive;
  json::object& rules = model["rules"].emplace_object();
  for (const App::Rule& rule : app.rules) {
    json::object one = rule.put_rule;
    one["Targets"] = rule.put_targets.at("Targets");
    rules[textOf(rule.put_rule, "Name")] = std::move(one);
  }
  json::object& queues = model["queues"].emplace_object();
  for (const json::object& queue : app.queues) queues[textOf(queue, "QueueName")] = queue;
  json::object& schedules = model["schedules"].emplace_object();
  for (const json::object& schedule : app.schedules) schedules[textOf(schedule, "Name")] = schedule;
  json::array& policies = model["policies"].emplace_array();
  for (const json::object& policy : app.queue_policies) policies.push_back(policy);
  json::object& functions = model["functions"].emplace_object();
  for (const App::Function& function : app.functions) functions[function.name] = functionModel(function);
  json::array& aliases = model["aliases"].emplace_array();
  for (const App::Alias& alias : app.aliases) aliases.emplace_back(alias.function + ":" + alias.name);
  json::array& mappings = model["mappings"].emplace_array();
  for (const json::object& mapping : app.event_source_mappings) mappings.push_back(mapping);
  return model;
}

}  // namespace ddblog::templates
