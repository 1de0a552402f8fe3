// CloudFormation's functions on texts, lists and maps (intrinsics.h).
#include <algorithm>
#include <charconv>

#include "base/json_fields.h"
#include "template/cidr.h"
#include "template/intrinsics.h"
#include "template/resource.h"
#include "template/sam_names.h"

namespace ddblog::templates {

namespace {

constexpr std::size_t kListElements = 10'000;  // ours: of Fn::Split
constexpr unsigned kCidrBlocks = 256;          // CloudFormation's

std::optional<unsigned> unsignedOf(std::string_view text) {
  unsigned number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

const std::vector<Node>& arguments(const Node& argument, std::size_t least, std::string_view function) {
  if (!argument.isList() || argument.elements.size() < least) {
    throw TemplateError(std::string(function) + " must be a list of at least " + std::to_string(least));
  }
  return argument.elements;
}

}  // namespace

// Whether it is {"Fn::GetAtt": …} of a resource that does not run.
bool Intrinsics::isForeignAttribute(const Node& value) const {
  const Node::Member* call = value.isMap() ? value.function() : nullptr;
  if (!call || call->name != "Fn::GetAtt") return false;
  const Node& path = call->value;
  const std::string& resource = path.isList() && !path.elements.empty() ? path.elements[0].text : path.text;
  const std::string type = typeOf(resource.substr(0, resource.find('.')));
  return !type.empty() && !findResourceType(type);
}

// The value, evaluated, as a list. An attribute of a resource that does not run may be one: an endpoint's DnsEntries.
Node Intrinsics::list(const Node& value, std::string_view function) {
  std::optional<Node> evaluated = evaluate(value);
  if (evaluated && evaluated->isScalar() && isForeignAttribute(value)) {
    standIn(evaluated->text);
    Node one(Node::Kind::kList, value.place);
    one.elements.push_back(std::move(*evaluated));
    return one;
  }
  if (!evaluated || !evaluated->isList()) throw TemplateError(std::string(function) + " must have a list", value.place);
  return std::move(*evaluated);
}

Node Intrinsics::join(const Node& argument) {
  const std::vector<Node>& two = arguments(argument, 2, "Fn::Join");
  const std::string delimiter = text(two[0], "Fn::Join");
  std::string joined;
  bool first = true;
  for (const Node& part : list(two[1], "Fn::Join").elements) {
    if (!part.isScalar()) throw TemplateError("Fn::Join: each value must be a string");
    joined += (first ? "" : delimiter) + part.text;
    checkLength(joined);
    first = false;
  }
  return Node::ofText(std::move(joined), argument.place);
}

Node Intrinsics::select(const Node& argument) {
  const std::vector<Node>& two = arguments(argument, 2, "Fn::Select");
  const std::string number = text(two[0], "Fn::Select");
  Node values = list(two[1], "Fn::Select");
  const auto index = unsignedOf(number);
  // A list that nobody gave, or what Fn::Split makes of such a text, is shorter than the real one.
  const auto isUnknown = [this](const Node& value) { return value.isScalar() && isStandIn(value.text); };
  if (index && *index >= values.elements.size() && std::ranges::any_of(values.elements, isUnknown)) {
    return std::move(values.elements.back());
  }
  if (!index || *index >= values.elements.size())
    throw TemplateError("Fn::Select cannot select nonexistent value at index " + number);
  return std::move(values.elements[*index]);
}

bool Intrinsics::holdsStandIn(std::string_view text) const {
  return std::ranges::any_of(shared_.stand_ins.texts,
                             [text](const std::string& one) { return text.find(one) != std::string_view::npos; });
}

Node Intrinsics::split(const Node& argument) {
  const std::vector<Node>& two = arguments(argument, 2, "Fn::Split");
  const std::string delimiter = text(two[0], "Fn::Split");
  const std::string whole = text(two[1], "Fn::Split");
  if (delimiter.empty()) throw TemplateError("Fn::Split must have a delimiter");
  Node parts(Node::Kind::kList, argument.place);
  const bool has_stand_in = isStandIn(whole);
  const auto add = [&](const std::string& part) {
    if (has_stand_in && holdsStandIn(part)) standIn(part);
    parts.elements.push_back(Node::ofText(part, argument.place));
  };
  std::size_t place = 0;
  for (std::size_t end; (end = whole.find(delimiter, place)) != std::string::npos; place = end + delimiter.size()) {
    if (parts.elements.size() >= kListElements) throw TemplateError("Fn::Split makes too many values");
    add(whole.substr(place, end - place));
  }
  add(whole.substr(place));
  return parts;
}

Node Intrinsics::findInMap(const Node& argument) {
  const std::vector<Node>& path = arguments(argument, 3, "Fn::FindInMap");
  const Node* fallback = path.size() > 3 ? path[3].find("DefaultValue") : nullptr;
  const Node* found = document_.find("Mappings");
  std::string missing;
  const std::size_t stand_ins_before = stand_ins_used_;
  for (std::size_t i = 0; i < 3 && found; ++i) {
    missing = text(path[i], "Fn::FindInMap");
    stand_ins_used_ = stand_ins_before;  // what a map holds stands in for nothing
    const Node* inner = found->find(missing);
    const bool is_ours = missing == shared_.pseudo.account_id || missing == shared_.pseudo.region ||
                         missing == shared_.outside.stage || shared_.stand_ins.values.contains(missing) ||
                         isStandIn(missing);
    if (!inner && is_ours && !fallback && !found->members.empty()) {
      inner = &found->members.front().value;
      shared_.findings.note(argument.place, "Fn::FindInMap: there is no " + missing + ": what is for " +
                                                found->members.front().name + " is taken");
    }
    found = inner;
  }
  if (found) {
    std::optional<Node> value = evaluate(*found);
    return value ? std::move(*value) : Node(Node::Kind::kNull, argument.place);
  }
  if (!fallback) throw TemplateError("Fn::FindInMap: there is no " + missing);
  std::optional<Node> value = evaluate(*fallback);
  return value ? std::move(*value) : Node(Node::Kind::kNull, argument.place);
}

Node Intrinsics::importValue(const Node& argument) {
  const std::string name = text(argument, "Fn::ImportValue");
  const auto given = shared_.outside.imports.find(name);
  if (given != shared_.outside.imports.end()) return Node::ofText(given->second, argument.place);
  const auto exported = shared_.exports.find(name);
  if (exported != shared_.exports.end()) return Node::ofText(exported->second(), argument.place);
  shared_.findings.note(argument.place, "no stack that runs here exports " + name +
                                            ": its value is its name until --import " + name + "=VALUE gives it one");
  standIn(name);
  return Node::ofText(name, argument.place);
}

Node Intrinsics::cidr(const Node& argument) {
  const std::vector<Node>& given = arguments(argument, 2, "Fn::Cidr");
  const std::string block = text(given[0], "Fn::Cidr");
  const auto blocks = unsignedOf(text(given[1], "Fn::Cidr"));
  const auto bits = given.size() > 2 ? unsignedOf(text(given[2], "Fn::Cidr")) : std::optional<unsigned>(8);
  if (!blocks || *blocks < 1 || *blocks > kCidrBlocks) throw TemplateError("Fn::Cidr makes 1 to 256 blocks");
  Node made(Node::Kind::kList, argument.place);
  if (isStandIn(block)) {
    countBytes(*blocks * block.size(), argument.place);
    made.elements.assign(*blocks, Node::ofText(block, argument.place));
    return made;
  }
  for (std::string& one : cidrBlocks(block, *blocks, bits.value_or(0))) {
    made.elements.push_back(Node::ofText(std::move(one), argument.place));
  }
  return made;
}

Node Intrinsics::zones(const Node& argument) {
  std::string region = argument.isNull() ? "" : text(argument, "Fn::GetAZs");
  if (region.empty()) region = shared_.pseudo.region;
  Node zones(Node::Kind::kList, argument.place);
  for (const char letter : {'a', 'b', 'c'}) zones.elements.push_back(Node::ofText(region + letter, argument.place));
  return zones;
}

Node Intrinsics::length(const Node& argument) {
  Node number(Node::Kind::kPlain, argument.place);
  number.text = std::to_string(list(argument, "Fn::Length").elements.size());
  return number;
}

Node Intrinsics::toJsonString(const Node& argument) {
  const std::optional<Node> evaluated = evaluate(argument);
  if (!evaluated || !(evaluated->isMap() || evaluated->isList()))
    throw TemplateError("Fn::ToJsonString must have a map or a list");
  return Node::ofText(jsonText(evaluated->toJson()), argument.place);
}

std::string Intrinsics::substitute(const Node& argument) {
  const Node* values = nullptr;
  const Node* pattern = &argument;
  if (argument.isList()) {
    pattern = &arguments(argument, 1, "Fn::Sub")[0];
    if (argument.elements.size() > 1) values = &argument.elements[1];
  }
  if (!pattern->isScalar()) throw TemplateError("Fn::Sub must have a string");
  std::map<std::string, std::string> known;  // each variable is evaluated once
  const std::string_view rest = pattern->text;
  std::string result;
  for (std::size_t place = 0; place < rest.size();) {
    const std::size_t begin = rest.find("${", place);
    if (begin == std::string_view::npos) {
      result += rest.substr(place);
      break;
    }
    result += rest.substr(place, begin - place);
    const std::size_t end = rest.find('}', begin);
    if (end == std::string_view::npos) throw TemplateError("Fn::Sub: a '${' is not closed");
    std::string name(rest.substr(begin + 2, end - begin - 2));
    name.erase(0, name.find_first_not_of(' '));
    name.erase(name.find_last_not_of(' ') + 1);
    place = end + 1;
    if (name.starts_with("!")) {
      result += "${" + name.substr(1) + "}";
      continue;
    }
    auto [value, is_new] = known.try_emplace(name);
    if (is_new) {
      const Node* given = values ? values->find(name) : nullptr;
      const std::size_t point = name.find('.');
      if (given) {
        value->second = text(*given, "Fn::Sub");
      } else if (const auto qualified = qualifiedReference(*this, name)) {
        value->second = *qualified;
      } else if (point != std::string::npos) {
        value->second = attribute(name.substr(0, point), name.substr(point + 1), pattern->place);
      } else {
        const Node referred = reference(name, pattern->place);
        if (!referred.isScalar()) throw TemplateError("Fn::Sub: " + name + " is a list");
        value->second = referred.text;
      }
    }
    result += value->second;
    checkLength(result);
  }
  return result;
}

std::optional<Node> Intrinsics::choose(const Node& argument) {
  const std::vector<Node>& three = arguments(argument, 3, "Fn::If");
  const std::string name = text(three[0], "Fn::If");
  return evaluate(three[condition(name, argument.place) ? 1 : 2]);
}

// {{resolve:ssm:NAME:VERSION}}, {{resolve:ssm-secure:…}},
// {{resolve:secretsmanager:ID:SecretString:KEY:STAGE:VERSION}}
std::string Intrinsics::storedValue(const std::string& reference, Place place) {
  const std::string inner = reference.substr(10, reference.size() - 12);  // without "{{resolve:" and "}}"
  const std::size_t colon = inner.find(':');
  const std::string service = inner.substr(0, colon);
  std::string rest = colon == std::string::npos ? "" : inner.substr(colon + 1);
  std::string key;  // of the secret's JSON
  const std::size_t secret_end = rest.find(":SecretString");
  if (secret_end != std::string::npos) {
    key = rest.substr(std::min(rest.size(), secret_end + 14));
    key = key.substr(0, key.find(':'));
    rest = rest.substr(0, secret_end);
  } else if (service != "secretsmanager") {
    rest = rest.substr(0, rest.find(':'));
  }
  auto found = shared_.outside.stored.find(rest);
  if (found == shared_.outside.stored.end() && rest.starts_with("arn:")) {
    found = shared_.outside.stored.find(rest.substr(rest.rfind(':') + 1));
  }
  if (found == shared_.outside.stored.end()) {
    shared_.findings.note(place, "the value of " + rest + " is in no file of --ssm: it stays " + reference);
    standIn(reference);
    return reference;
  }
  if (key.empty()) return found->second;
  try {
    const json::value secret = parseJson(found->second);
    const json::value* member = secret.is_object() ? memberOf(secret.get_object(), key) : nullptr;
    if (member) return member->is_string() ? std::string(member->get_string()) : jsonText(*member);
  } catch (const std::invalid_argument&) {
    // The note says it.
  }
  shared_.findings.note(place, "the secret " + rest + " has no member " + key + ": it stays " + reference);
  standIn(reference);
  return reference;
}

std::string Intrinsics::withStoredValues(const std::string& text, Place place) {
  std::string result;
  std::size_t from = 0;
  for (std::size_t begin; (begin = text.find("{{resolve:", from)) != std::string::npos;) {
    const std::size_t end = text.find("}}", begin);
    if (end == std::string::npos) break;
    result += text.substr(from, begin - from) + storedValue(text.substr(begin, end + 2 - begin), place);
    checkLength(result);
    from = end + 2;
  }
  return result + text.substr(from);
}

}  // namespace ddblog::templates
