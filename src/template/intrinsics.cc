#include "template/intrinsics.h"

#include "base/base64.h"

namespace ddblog::templates {

namespace {

constexpr int kDepth = 100;
constexpr std::size_t kTextBytes = 1u << 20;
constexpr std::size_t kEvaluatedNodes = 1'000'000;
constexpr std::size_t kEvaluatedBytes = 64u << 20;

bool isNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Intrinsics::Nesting::Nesting(int& depth) : depth(depth) {
  if (depth >= kDepth) throw TemplateError("circular references, or functions nested too deep");
  ++depth;
}

Intrinsics::Intrinsics(Node& document, Parameters& parameters, Shared& shared, std::filesystem::path directory,
                       std::string name_prefix)
    : document_(document),
      parameters_(parameters),
      shared_(shared),
      directory_(std::move(directory)),
      name_prefix_(std::move(name_prefix)) {
  for (Node::Member& section : document_.members) {
    // Outputs matter only to the stack around a nested one.
    const bool is_used = section.name == "Resources" || section.name == "Conditions" || section.name == "Mappings" ||
                         (section.name == "Outputs" && !name_prefix_.empty());
    if (is_used) expand(section.value);
  }
  const Node* resources = document_.find("Resources");
  if (!resources) return;
  for (const Node::Member& resource : resources->members) resources_.emplace(resource.name, &resource.value);
}

std::string Intrinsics::text(const Node& value, std::string_view where) {
  const std::optional<Node> evaluated = evaluate(value);
  if (evaluated && evaluated->isScalar()) return evaluated->text;
  const Node::Member* function = evaluated ? nullptr : value.function();
  if (function && function->name == "Fn::Transform") {  // a macro, of which a note says that it does not run
    const Node* macro = function->value.find("Name");
    const std::string name = macro && macro->isScalar() ? macro->text : function->name;
    standIn(name);
    return name;
  }
  throw TemplateError(std::string(where) + " must be a string", value.place);
}

bool Intrinsics::isStandIn(std::string_view text) const { return shared_.stand_ins.texts.contains(text); }

void Intrinsics::standIn(const std::string& text) {
  if (text.empty()) return;
  shared_.stand_ins.texts.insert(text);
  ++stand_ins_used_;
}

void Intrinsics::countNodes(std::size_t nodes, Place place) {
  shared_.evaluated += nodes;
  if (shared_.evaluated > kEvaluatedNodes) throw TemplateError("too large", place);
}

void Intrinsics::countBytes(std::size_t bytes, Place place) {
  shared_.evaluated_bytes += bytes;
  if (shared_.evaluated_bytes > kEvaluatedBytes) throw TemplateError("too large", place);
}

void Intrinsics::checkLength(const std::string& text) {
  if (text.size() > kTextBytes) throw TemplateError("a text of more than 1 MB");
}

Node Intrinsics::scalar(const Node& value) {
  if (value.text.find("{{resolve:") == std::string::npos) return value;
  return Node::ofText(withStoredValues(value.text, value.place), value.place);
}

std::optional<Node> Intrinsics::evaluate(const Node& value) {
  const Nesting nesting(depth_);
  countNodes(1, value.place);
  if (value.isScalar()) {
    countBytes(value.text.size(), value.place);
    if (isStandIn(value.text)) ++stand_ins_used_;
    return scalar(value);
  }
  if (value.isList()) {
    Node evaluated(Node::Kind::kList, value.place);
    for (const Node& element : value.elements) {
      if (std::optional<Node> one = evaluate(element)) evaluated.elements.push_back(std::move(*one));
    }
    return evaluated;
  }
  if (!value.isMap()) return value;
  if (const Node::Member* function = value.function()) {
    std::optional<Node> result = call(*function, value.place);
    if (result) countBytes(result->bytes(), value.place);
    return result;
  }
  Node evaluated = Node::ofMap(value.place);
  for (const Node::Member& member : value.members) {
    if (member.name.starts_with("Fn::ForEach::") || member.name == "Fn::Transform") {
      const std::optional<Node> inner = evaluate(expanded(member, value.place));
      if (!inner) continue;  // it makes {"Ref": "AWS::NoValue"}
      for (const Node::Member& one : inner->members) evaluated.set(one.name, one.value);
    } else if (std::optional<Node> inner = evaluate(member.value)) {
      inner->place = member.value.place;
      evaluated.add(member.name, std::move(*inner));
    }
  }
  return evaluated;
}

Node Intrinsics::getAttribute(const Node& argument, Place place) {
  std::string resource;
  std::string name;
  if (argument.isScalar()) {
    const std::size_t point = argument.text.find('.');
    resource = argument.text.substr(0, point);
    if (point != std::string::npos) name = argument.text.substr(point + 1);
  } else {
    const std::vector<Node> path = list(argument, "Fn::GetAtt").elements;
    if (!path.empty()) resource = path[0].text;
    for (std::size_t i = 1; i < path.size(); ++i) name += (i > 1 ? "." : "") + path[i].text;
  }
  if (resource.empty() || name.empty()) throw TemplateError("Fn::GetAtt must name a resource and an attribute");
  return Node::ofText(attribute(resource, name, place), place);
}

std::optional<Node> Intrinsics::call(const Node::Member& function, Place place) {
  const std::string_view name = function.name;
  const Node& argument = function.value;
  const std::size_t stand_ins_before = stand_ins_used_;
  const auto asText = [&](std::string result) {
    checkLength(result);
    // A number is also what others mean by it.
    if (stand_ins_used_ != stand_ins_before && !isNumber(result)) standIn(result);
    return Node::ofText(std::move(result), place);
  };
  try {
    if (name == "Ref") {
      const std::string target = text(argument, "Ref");
      if (target == "AWS::NoValue") return std::nullopt;
      return reference(target, place);
    }
    if (name == "Fn::Sub") return asText(withStoredValues(substitute(argument), place));
    if (name == "Fn::GetAtt") return getAttribute(argument, place);
    if (name == "Fn::Join") return scalar(asText(join(argument).text));
    if (name == "Fn::Select") return select(argument);
    if (name == "Fn::Split") return split(argument);
    if (name == "Fn::If") return choose(argument);
    if (name == "Fn::FindInMap") return findInMap(argument);
    if (name == "Fn::ImportValue") return importValue(argument);
    if (name == "Fn::Base64") return asText(toBase64(text(argument, name)));
    if (name == "Fn::Cidr") return cidr(argument);
    if (name == "Fn::GetAZs") return zones(argument);
    if (name == "Fn::Equals" || name == "Fn::And" || name == "Fn::Or" || name == "Fn::Not") {
      Node condition = Node::ofMap(place);
      condition.add(function.name, argument);
      return asText(truth(condition) ? "true" : "false");
    }
    return callLanguageExtension(function, place);
  } catch (TemplateError& e) {
    if (e.place.line == 0) e.place = place;
    throw;
  }
}

// The functions of AWS::LanguageExtensions and of macros.
std::optional<Node> Intrinsics::callLanguageExtension(const Node::Member& function, Place place) {
  const std::string_view name = function.name;
  if (name == "Fn::Length") return length(function.value);
  if (name == "Fn::ToJsonString") return toJsonString(function.value);
  if (name == "Fn::Transform" || name.starts_with("Fn::ForEach::")) {
    const Node made = expanded(function, place);
    if (made.members.empty() && name == "Fn::Transform") return std::nullopt;
    return evaluate(made);
  }
  shared_.findings.note(place, std::string(name) + " is a function that does not run offline: its value is its name");
  standIn(std::string(name));
  return Node::ofText(std::string(name), place);
}

}  // namespace ddblog::templates
