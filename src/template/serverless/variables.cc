#include "template/serverless/variables.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace ddblog::templates::serverless {

namespace {

constexpr int kResolutionDepth = 100;  // variables in variables, and nodes in nodes

std::vector<std::string> keysOf(std::string_view path) {
  std::vector<std::string> keys;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('.'), path.size());
    keys.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return keys;
}

Tree* childOf(Tree& tree, const std::string& key) {
  if (tree.isMap()) return tree.find(key);
  if (!tree.isList()) return nullptr;
  std::size_t index = 0;
  const auto [rest, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  const bool is_index = error == std::errc() && rest == key.data() + key.size();
  return is_index && index < tree.elements.size() ? &tree.elements[index] : nullptr;
}

// Whether it depends on another variable, such as the stage: ${self:custom.sizes.${sls:stage}}.
bool hasVariable(const VariableText& text) {
  return std::ranges::any_of(text, [](const auto& part) { return !std::holds_alternative<std::string>(part); });
}

[[noreturn]] void failAt(const Place& place, const std::string& what) {
  throw TemplateError(place.text() + ": " + what);
}

}  // namespace

// Marks a node while it is resolved, and counts how deep resolutions are nested.
struct Variables::BeingResolved {
  BeingResolved(Tree& tree, int& depth) : tree(tree), depth(depth) {
    if (tree.is_being_resolved) failAt(tree.place, "the variable " + scalarText(tree.scalar) + " refers to itself");
    if (depth >= kResolutionDepth) failAt(tree.place, "variables are nested too deep, or refer to what contains them");
    tree.is_being_resolved = true;
    ++depth;
  }
  ~BeingResolved() {
    tree.is_being_resolved = false;
    --depth;
  }
  Tree& tree;
  int& depth;
};

Variables::Variables(std::filesystem::path directory, Tree& root, const VariableInputs& inputs, Notes& notes,
                     Scripts& scripts)
    : directory_(std::move(directory)), root_(root), inputs_(inputs), notes_(notes), scripts_(scripts) {}

void Variables::addEnvironment(const std::map<std::string, std::string>& environment) {
  environment_.insert(environment.begin(), environment.end());
}

const Tree* Variables::get(std::string_view path) {
  Tree* found = descend(root_, path);
  if (!found) return nullptr;
  resolveAll(*found);
  return found->isNull() ? nullptr : found;
}

void Variables::resolveNode(Tree& tree) {
  if (!tree.isString()) return;
  std::optional<VariableText> text;
  try {
    text = parseVariables(tree.string());
  } catch (const std::invalid_argument& e) {
    failAt(tree.place, e.what());
  }
  if (!text) return;
  Tree value;
  {
    const BeingResolved being_resolved(tree, depth_);
    value = resolveText(*text, tree.place);
  }
  tree = std::move(value);
}

void Variables::resolveAll(Tree& tree) {
  resolveNode(tree);
  if (tree.kind == Tree::Kind::kScalar) return;
  const BeingResolved being_resolved(tree, depth_);
  for (Tree& element : tree.elements) resolveAll(element);
  for (auto& member : tree.members) resolveAll(member.second);
}

json::value Variables::evaluate(const std::string& variable) {
  Tree tree = textTree("${" + variable + "}", root_.place);
  resolveAll(tree);
  return jsonOf(tree);
}

Tree* Variables::descend(Tree& from, std::string_view path) {
  Tree* found = &from;
  for (const std::string& key : keysOf(path)) {
    resolveNode(*found);
    found = childOf(*found, key);
    if (!found) return nullptr;
  }
  resolveNode(*found);
  return found;
}

Tree Variables::resolveText(const VariableText& text, const Place& place) {
  const auto* only = text.size() == 1 ? std::get_if<std::shared_ptr<const Variable>>(&text[0]) : nullptr;
  if (only) return resolveVariable(**only, place);
  return textTree(textOf(text, place), place);
}

std::string Variables::textOf(const VariableText& text, const Place& place) {
  std::string joined;
  bool has_stand_in = false;
  for (const auto& part : text) {
    if (const auto* literal = std::get_if<std::string>(&part)) {
      joined += *literal;
      continue;
    }
    const Variable& variable = *std::get<std::shared_ptr<const Variable>>(part);
    Tree value = resolveVariable(variable, place);
    resolveNode(value);
    if (value.kind != Tree::Kind::kScalar || value.isNull()) {
      failAt(place, variable.written + " is part of a text, but its value is a map, a list or null");
    }
    joined += scalarText(value.scalar);
    has_stand_in = has_stand_in || isStandIn(value);
    if (joined.size() > kFileBytes) failAt(place, "a text that variables make is longer than 4 MB");
  }
  countResolved(joined.size(), place);
  if (has_stand_in) stand_ins_.insert(joined);
  return joined;
}

Tree Variables::resolveVariable(const Variable& variable, const Place& place) {
  for (const VariableSource& source : variable.sources) {
    if (Found found = resolveSource(source, place, variable)) {
      resolveNode(*found);
      const bool is_last_literal = source.literal && &source == &variable.sources.back();
      if (!found->isNull() || is_last_literal) return std::move(*found);
    }
  }
  return standIn(variable, place);
}

Variables::Found Variables::resolveSource(const VariableSource& source, const Place& place, const Variable& variable) {
  if (source.literal) return treeOf(*source.literal, place);
  if (source.variable) {
    // If a fallback has no value, the next one is tried, if there is one.
    if (&source == &variable.sources.back()) return resolveVariable(*source.variable, place);
    for (const VariableSource& inner : source.variable->sources) {
      if (Found found = resolveSource(inner, place, *source.variable)) return found;
    }
    return std::nullopt;
  }
  const std::string address = source.address ? textOf(*source.address, place) : "";
  if (source.type == "self") return self(address, place);
  if (source.type == "opt") return option(address, place);
  if (source.type == "param") return parameter(address, place);
  if (source.type == "file") return file(source, address, place);
  if (source.type == "sls") return framework(address, place);
  if (source.type == "aws") return aws(address, place);
  if (source.type == "strToBool") return toBoolean(source, place);
  if (source.type == "env") {
    const auto found = environment_.find(address);
    return found == environment_.end() ? Found() : textTree(found->second, place);
  }
  if (Found given = outsideValue(source.type + ":" + address, place)) return given;
  return source.type == "cf" ? ownOutput(address) : Found();
}

Variables::Found Variables::copyOf(const Tree* tree, const Place& place) {
  if (!tree || tree->isNull()) return std::nullopt;
  if (tree->is_being_resolved && tree->kind == Tree::Kind::kScalar) failAt(place, "a variable refers to itself");
  copied_nodes_ += countNodes(*tree);
  if (copied_nodes_ > kResolvedNodes) failAt(place, "the variables make the file too large");
  countResolved(countBytes(*tree), place);
  Tree copy = *tree;
  copy.is_being_resolved = false;
  return copy;
}

void Variables::countResolved(std::size_t bytes, const Place& place) {
  resolved_bytes_ += bytes;
  if (resolved_bytes_ > kResolvedBytes) failAt(place, "the variables make the file too large");
}

Variables::Found Variables::self(const std::string& address, const Place& place) {
  // The stage and the region of this run, whatever the file says: as in the framework, they are those of the
  // options.
  if (address == "provider.stage") return textTree(inputs_.stage, place);
  if (address == "provider.region") return textTree(inputs_.region, place);
  Tree* found = descend(root_, address);
  if (!found && address == "service.name") found = descend(root_, "service");  // as in version 1
  return copyOf(found, place);
}

Variables::Found Variables::option(const std::string& name, const Place& place) const {
  if (const auto found = inputs_.given.find(name); found != inputs_.given.end()) return textTree(found->second, place);
  if (name == "stage" && inputs_.is_stage_given) return textTree(inputs_.stage, place);
  return std::nullopt;
}

// In the order of precedence: the command line, the stage's, the default ones. Version 4 has them in `stages`.
Variables::Found Variables::parameter(const std::string& name, const Place& place) {
  if (const auto found = inputs_.given.find(name); found != inputs_.given.end()) return textTree(found->second, place);
  for (const std::string& stage : {inputs_.stage, std::string("default")}) {
    for (const std::string& of_stage : {"stages." + stage + ".params", "params." + stage}) {
      Tree* found = descend(root_, of_stage);
      Tree* value = found ? found->find(name) : nullptr;
      if (!value) continue;
      resolveNode(*value);
      if (Found copy = copyOf(value, place)) return copy;
    }
  }
  return std::nullopt;
}

Variables::Found Variables::framework(const std::string& address, const Place& place) const {
  if (address == "stage") return textTree(inputs_.stage, place);
  if (address == "instanceId") return textTree("local", place);
  failAt(place, "there is no variable ${sls:" + address + "}");
}

Variables::Found Variables::aws(const std::string& address, const Place& place) const {
  if (address == "region") return textTree(inputs_.region, place);
  if (address == "accountId") return textTree(inputs_.account_id, place);
  if (address == "partition") return textTree("aws", place);
  failAt(place, "there is no variable ${aws:" + address + "}");
}

Variables::Found Variables::toBoolean(const VariableSource& source, const Place& place) {
  if (!source.parameters || source.parameters->empty()) failAt(place, "${strToBool()} needs a text");
  std::string text = textOf((*source.parameters)[0], place);
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (text.empty()) return std::nullopt;
  if (isStandIn(textTree(textOf((*source.parameters)[0], place), place))) return treeOf(false, place);
  if (text == "true" || text == "1") return treeOf(true, place);
  if (text == "false" || text == "0") return treeOf(false, place);
  failAt(place, "${strToBool()} takes true, false, 1 and 0, not '" + text + "'");
}

// What is in AWS, or what a plugin finds out.
Variables::Found Variables::outsideValue(const std::string& name, const Place& place) const {
  auto found = inputs_.given.find(name);
  // Before version 3: ${ssm:/key~true}, a way to read it.
  if (found == inputs_.given.end()) found = inputs_.given.find(name.substr(0, name.find('~')));
  return found == inputs_.given.end() ? Found() : textTree(found->second, place);
}

// ${cf:<this stack>.<output>} is an output of the file itself.
Variables::Found Variables::ownOutput(const std::string& address) {
  const Tree* service = descend(root_, "service");
  const std::string stack = (service ? scalarText(service->scalar) : "") + "-" + inputs_.stage + ".";
  if (!address.starts_with(stack)) return std::nullopt;
  Tree* output = descend(root_, "resources.Outputs");
  output = output ? output->find(address.substr(stack.size())) : nullptr;
  Tree* value = output ? descend(*output, "Value") : nullptr;
  return value ? copyOf(value, value->place) : Found();
}

bool Variables::isStandIn(const Tree& tree) const { return tree.isString() && stand_ins_.contains(tree.string()); }

// Whether the address leads through a text that stands in for a whole map.
bool Variables::isBelowStandIn(const std::string& address) {
  for (std::size_t end = address.find('.'); end != std::string::npos; end = address.find('.', end + 1)) {
    const Tree* part = descend(root_, std::string_view(address).substr(0, end));
    if (!part) return false;
    if (isStandIn(*part)) return true;
  }
  return false;
}

// ${opt:stage} and ${opt:region} without an option are what this run uses anyway.
Variables::Found Variables::usedOption(const Variable& variable, const Place& place) {
  for (const VariableSource& source : variable.sources) {
    if (source.type != "opt" || !source.address) continue;
    const std::string name = textOf(*source.address, place);
    if (name != "stage" && name != "region") continue;
    const std::string& used = name == "stage" ? inputs_.stage : inputs_.region;
    if (noted_.insert(variable.written + used).second) {
      notes_.add(place,
                 variable.written + " has no value, so it is '" + used + "', the " + name + " that is used here");
    }
    return textTree(used, place);
  }
  return std::nullopt;
}

// What stands in for the value of a source: its address, or the path of a file.
std::string Variables::nameOf(const VariableSource& source, const Place& place) {
  std::string name = source.address ? textOf(*source.address, place) : "";
  if (source.type != "file" || !source.parameters || source.parameters->empty()) return name;
  const std::string path = textOf(source.parameters->front(), place);
  if (name.empty()) return "file(" + path + ")";
  // Others may mean the stage or the region by the same word.
  if (name != inputs_.stage && name != inputs_.region) return name;
  return std::filesystem::path(path).stem().string() + "-" + name;
}

Tree Variables::standIn(const Variable& variable, const Place& place) {
  static const std::set<std::string, std::less<>> kHere = {"self", "sls", "aws", "strToBool"};
  static const std::set<std::string, std::less<>> kGiven = {"opt", "env", "file", "param", kModuleVariable};
  const VariableSource* missing = nullptr;
  for (const VariableSource& source : variable.sources) {
    if (!source.type.empty() && !kHere.contains(source.type)) missing = &source;
  }
  if (!inputs_.is_for_aws) {
    if (Found used = usedOption(variable, place)) return std::move(*used);
  }
  const VariableSource& last = variable.sources.back();
  const std::string of_last = last.address ? textOf(*last.address, place) : "";
  const bool is_own = !missing && last.type == "self";
  const bool is_below = is_own && isBelowStandIn(of_last);
  const bool is_of_stage = is_own && (is_before_version_3_ || (last.address && hasVariable(*last.address)));
  const bool is_given = is_of_stage || (missing && kGiven.contains(missing->type));
  if ((!missing && !is_below && !is_of_stage) || (!usesStandIns() && (is_below || is_given))) {
    failAt(place, variable.written + " has no value");
  }
  std::string name = missing ? nameOf(*missing, place) : of_last;
  if (name.empty()) name = variable.written.substr(2, variable.written.size() - 3);
  if (missing && !is_given) name = missing->type + ":" + name;
  if (inputs_.is_for_aws) {
    if (missing && missing->type == "ssm") return textTree("{{resolve:" + name + "}}", place);
    failAt(place, variable.written + " is not known: give it with --parameter '" + name + "=…'");
  }
  stand_ins_.insert(name);
  // A note says already what has no value.
  if (is_below || !noted_.insert(variable.written + name).second) return textTree(name, place);
  if (missing && missing->type == kModuleVariable) return textTree(name, place);
  notes_.add(place, is_given ? variable.written + " has no value, so it is '" + name + "'"
                             : variable.written + " is not known offline, so its value is '" + name +
                                   "': give it one with --parameter '" + name + "=…'");
  return textTree(name, place);
}

}  // namespace ddblog::templates::serverless
