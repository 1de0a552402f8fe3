// Ref and Fn::GetAtt: the names, ARNs and attributes of resources, whether they run here or not
// (intrinsics.h).
#include <algorithm>
#include <cctype>

#include "base/fnv.h"
#include "template/intrinsics.h"
#include "template/known_types.h"
#include "template/resource.h"
#include "template/sam_names.h"

namespace ddblog::templates {

namespace {

// `length` characters of `alphabet` that depend on `seed` only.
std::string generated(std::string_view seed, std::size_t length, std::string_view alphabet) {
  std::string made;
  std::uint64_t hash = fnv1a(seed);
  while (made.size() < length) {
    hash = fnv1a("next", hash);
    made += alphabet[(hash >> 32) % alphabet.size()];
  }
  return made;
}

constexpr std::size_t kArchiveNameBytes = 48;  // AWS's
constexpr std::string_view kHexadecimal = "0123456789abcdef";

std::string generatedUuid(std::string_view seed) {
  std::string digits = generated(seed, 32, kHexadecimal);
  for (const std::size_t place : {20, 16, 12, 8}) digits.insert(place, "-");
  return digits;
}

// "SNS" of "AWS::SNS::Topic", in lower case.
std::string serviceOf(std::string_view type) {
  const std::size_t begin = type.find("::");
  std::string service(begin == std::string_view::npos ? type : type.substr(begin + 2));
  service = service.substr(0, service.find("::"));
  for (char& c : service) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return service;
}

bool isStack(std::string_view type) {
  return type == "AWS::CloudFormation::Stack" || type == "AWS::Serverless::Application";
}

}  // namespace

const Node* Intrinsics::resource(std::string_view logical_id) const {
  const auto found = resources_.find(logical_id);
  return found == resources_.end() ? nullptr : found->second;
}

bool Intrinsics::declares(std::string_view type, std::string_view name) {
  return std::ranges::any_of(resources_, [&](const auto& declared) {
    const std::string logical_id(declared.first);
    try {
      const Node* when = declared.second->given("Condition");
      if (when && when->isScalar() && !condition(when->text, when->place)) return false;
      return typeOf(logical_id) == type && physicalName(logical_id) == name;
    } catch (const TemplateError&) {
      return false;  // its name cannot be evaluated: whoever reads the resource says so
    }
  });
}

const Node* Intrinsics::globals(std::string_view kind) const {
  const Node* globals = document_.find("Globals");
  return globals ? globals->given(kind) : nullptr;
}

// Empty: there is no such resource.
std::string Intrinsics::typeOf(const std::string& logical_id) const {
  const Node* found = resource(logical_id);
  if (!found) return generatedType(*this, logical_id);
  const Node* type = found->given("Type");
  return type && type->isScalar() ? type->text : "";
}

// A resource's property as a text; empty: it has none, or one that cannot be evaluated.
std::string Intrinsics::property(const std::string& logical_id, std::string_view name) {
  const Node* found = resource(logical_id);
  const Node* properties = found ? found->given("Properties") : nullptr;
  const Node* value = properties ? properties->given(name) : nullptr;
  if (!value) return "";
  const std::optional<Node> evaluated = evaluate(*value);
  if (!evaluated) return "";
  if (!evaluated->isScalar())
    throw TemplateError("Value of property " + std::string(name) + " must be of type String", value->place);
  return evaluated->text;
}

std::string Intrinsics::nameOf(const std::string& logical_id, std::size_t most) const {
  const std::string name = name_prefix_ + logical_id;
  if (name.size() <= most) return name;
  std::size_t kept = most - 9;
  while ((static_cast<unsigned char>(name[kept]) & 0xC0) == 0x80) --kept;  // whole characters
  return name.substr(0, kept) + "-" + generated(name, 8, kHexadecimal);
}

std::string Intrinsics::defaultName(const std::string& logical_id, const std::string& type) {
  const Node* found = resource(logical_id);
  const Node* properties = found ? found->given("Properties") : nullptr;
  const ResourceType* known = findResourceType(type);
  std::string name = nameOf(logical_id, type == "AWS::Events::Archive" ? kArchiveNameBytes : kNameBytes);
  if (known && known->default_name && properties) name = known->default_name(name, *properties);
  // A table's name has at least three characters.
  if (name.size() < 3 && knownType(type).arn.find(":table/") != std::string::npos) {
    name = shared_.pseudo.stack_name + "-" + name;
  }
  if (type != "AWS::S3::Bucket") return name;
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

// A version's or an alias's name: "users:live".
std::string Intrinsics::lambdaName(const std::string& logical_id, const std::string& type) {
  std::string function = property(logical_id, "FunctionName");
  if (const std::size_t marker = function.find(":function:"); marker != std::string::npos) {
    function = function.substr(marker + 10);
  }
  function = function.substr(0, function.find(':'));
  return function + ":" + (type == "AWS::Lambda::Alias" ? property(logical_id, "Name") : "$LATEST");
}

std::string Intrinsics::physicalName(const std::string& logical_id) {
  if (const auto known = names_.find(logical_id); known != names_.end()) return known->second;
  const std::string type = typeOf(logical_id);
  if (type.empty()) throw TemplateError("there is no parameter or resource " + logical_id);
  const std::string mark = "name " + logical_id;
  if (!in_progress_.insert(mark).second) throw TemplateError("circular references: the name of " + logical_id);
  std::string name;
  try {
    const Node* found = resource(logical_id);
    const bool is_of_function = type == "AWS::Lambda::Version" || type == "AWS::Lambda::Alias";
    const std::string_view property_name = knownType(type).name_property;
    if (!found) {
      name = generatedName(*this, logical_id);
    } else if (is_of_function) {
      name = lambdaName(logical_id, type);
    } else if (!property_name.empty()) {
      name = property(logical_id, property_name);
    }
    if (name.empty()) name = defaultName(logical_id, type);
  } catch (...) {
    in_progress_.erase(mark);
    throw;
  }
  in_progress_.erase(mark);
  return names_[logical_id] = name;
}

std::string Intrinsics::arn(const std::string& logical_id) {
  const std::string type = typeOf(logical_id);
  const std::string pattern = knownType(type).arn;
  if (type == "AWS::Events::Rule") {
    std::string bus = property(logical_id, "EventBusName");
    bus = bus.substr(bus.rfind('/') + 1);
    if (!bus.empty() && bus != "default") {
      return fill("arn:aws:events:${Region}:${Account}:rule/" + bus + "/${Name}", logical_id, type);
    }
  }
  if (type == "AWS::Scheduler::Schedule") {
    const std::string group = property(logical_id, "GroupName");
    if (!group.empty()) {
      return fill("arn:aws:scheduler:${Region}:${Account}:schedule/" + group + "/${Name}", logical_id, type);
    }
  }
  return pattern.empty() ? physicalName(logical_id) : fill(pattern, logical_id, type);
}

std::string Intrinsics::fill(std::string_view pattern, const std::string& logical_id, const std::string& type) {
  std::string filled;
  for (std::size_t place = 0; place < pattern.size();) {
    const std::size_t begin = std::min(pattern.find("${", place), pattern.size());
    filled += pattern.substr(place, begin - place);
    if (begin == pattern.size()) break;
    const std::size_t end = pattern.find('}', begin);
    filled += placeholder(pattern.substr(begin + 2, end - begin - 2), logical_id, type);
    place = end + 1;
  }
  return filled;
}

std::string Intrinsics::placeholder(std::string_view name, const std::string& logical_id, const std::string& type) {
  const std::string seed = name_prefix_ + logical_id;
  if (name == "Name") return physicalName(logical_id);
  if (name == "Path") {
    const std::string path = physicalName(logical_id);
    return path.starts_with("/") ? path.substr(1) : path;
  }
  if (name == "Arn") return arn(logical_id);
  if (name == "Region") return shared_.pseudo.region;
  if (name == "Account") return shared_.pseudo.account_id;
  if (name == "Url") {
    return shared_.pseudo.endpoint + '/' + shared_.pseudo.account_id + '/' + physicalName(logical_id);
  }
  if (name == "Id") {
    const std::string_view pattern = knownType(type).reference;
    const bool is_generated =
        pattern.find("${Arn}") == std::string_view::npos && pattern.find("${Name}") == std::string_view::npos;
    return is_generated ? fill(pattern, logical_id, type) : generated(seed, 10, "abcdefghijklmnopqrstuvwxyz0123456789");
  }
  if (name == "Uuid") return generatedUuid(seed);
  if (name == "ID") return generated(seed, 13, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
  if (name == "Byte") return std::to_string(fnv1a(seed) % 254 + 1);
  const bool is_hexadecimal = name.starts_with("Hex");  // else Hash
  const std::size_t length = std::stoul(std::string(name.substr(is_hexadecimal ? 3 : 4)));
  return generated(seed, length, is_hexadecimal ? kHexadecimal : "abcdefghijklmnopqrstuvwxyz0123456789");
}

std::optional<std::string> Intrinsics::pseudoParameter(std::string_view name) const {
  const PseudoParameters& pseudo = shared_.pseudo;
  if (name == "AWS::Region") return pseudo.region;
  if (name == "AWS::AccountId") return pseudo.account_id;
  if (name == "AWS::StackName") return pseudo.stack_name;
  if (name == "AWS::Partition") return "aws";
  if (name == "AWS::URLSuffix") return "amazonaws.com";
  if (name != "AWS::StackId") return std::nullopt;
  return "arn:aws:cloudformation:" + pseudo.region + ":" + pseudo.account_id + ":stack/" + pseudo.stack_name + "/" +
         generatedUuid(pseudo.stack_name);  // templates split the UUID for names of their own
}

// What refers to a resource that a plugin may add, or the framework for an event that does not run here.
Node Intrinsics::standInForResource(const std::string& logical_id, const std::string& value, Place place) {
  shared_.findings.note(place, "the file has no resource " + logical_id + ": the value is \"" + value + "\"");
  standIn(value);
  return Node::ofText(value, place);
}

Node Intrinsics::reference(const std::string& name, Place place) {
  if (const auto pseudo = pseudoParameter(name)) return Node::ofText(*pseudo, place);
  if (name == "AWS::NotificationARNs") return {Node::Kind::kList, place};
  if (const Node* parameter = parameters_.value(name)) {
    Node value = *parameter;
    value.place = place;
    value.is_made_up = isStandIn(referenceText(name));
    for (Node& element : value.elements) element.is_made_up = value.is_made_up;
    if (value.is_made_up || isStandIn(value.text)) ++stand_ins_used_;
    return value.isScalar() ? scalar(value) : value;
  }
  if (const auto qualified = qualifiedReference(*this, name)) return Node::ofText(*qualified, place);
  const std::string type = typeOf(name);
  if (type.empty() && shared_.may_get_resources) return standInForResource(name, name, place);
  if (type.empty()) throw TemplateError("there is no parameter or resource " + name, place);
  return Node::ofText(fill(knownType(type).reference, name, type), place);
}

// What only the owner of a resource knows: the program behind a custom resource, a nested stack that is not here.
std::string Intrinsics::unknownValue(std::string value) {
  standIn(value);
  return value;
}

std::string Intrinsics::attribute(const std::string& logical_id, const std::string& name, Place place) {
  const std::string type = typeOf(logical_id);
  if (type.empty() && shared_.may_get_resources)
    return standInForResource(logical_id, logical_id + "." + name, place).text;
  if (type.empty()) throw TemplateError("there is no resource " + logical_id, place);
  if (isStack(type) && name.starts_with("Outputs.")) {
    const auto output = nested_output_ ? nested_output_(logical_id, name.substr(8)) : std::nullopt;
    return output ? *output : unknownValue(name_prefix_ + logical_id + "-" + name.substr(8));
  }
  if (!type.starts_with("AWS::") || type == "AWS::CloudFormation::CustomResource") {
    return unknownValue(attributeByName(logical_id, type, name));
  }
  const KnownType known = knownType(type);
  if (type == "AWS::ApiGatewayV2::Api" && name == "ApiEndpoint" &&
      property(logical_id, "ProtocolType") == "WEBSOCKET") {
    return fill("wss://${Id}.execute-api.${Region}.amazonaws.com", logical_id, type);
  }
  if (const auto pattern = known.patternOf(name); pattern && !pattern->empty()) return fill(*pattern, logical_id, type);
  const ResourceType* runs = findResourceType(type);
  if (runs && !known.attributes.empty() && !known.has(name) && name != "Arn" && name != known.name_property &&
      name != "Name") {
    throw TemplateError("resource " + logical_id + " does not support attribute type " + name + " in Fn::GetAtt",
                        place);
  }
  return attributeByName(logical_id, type, name);
}

// The rule for attributes without a pattern of their own.
std::string Intrinsics::attributeByName(const std::string& logical_id, const std::string& type, std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  const auto ends = [&](std::string_view end) { return last.ends_with(end); };
  if (type == "AWS::Lambda::Url" && name == "FunctionArn") {
    const std::string function = property(logical_id, "TargetFunctionArn");
    if (function.starts_with("arn:")) return function;
    return fill("arn:aws:lambda:${Region}:${Account}:function:", logical_id, type) + function;
  }
  if (type == "AWS::SSM::Parameter" && (name == "Type" || name == "Value")) return property(logical_id, name);
  if (ends("Arn") || ends("ARN")) return arn(logical_id);
  if (ends("Id") || ends("ID") || ends("Identifier")) return placeholder("Id", logical_id, type);
  if (ends("Name") && !ends("DomainName") && !ends("DNSName")) return physicalName(logical_id);
  if (ends("Port")) return "443";
  if (ends("Version")) return type.starts_with("AWS::Lambda::") ? "$LATEST" : "1";
  if (ends("Url") || ends("URL") || ends("Uri") || ends("URI") || ends("Endpoint") || ends("DomainName") ||
      ends("DNSName") || ends("Address") || ends("Host")) {
    const bool has_scheme = ends("Url") || ends("URL") || ends("Uri") || ends("URI");
    return (has_scheme ? "https://" : "") + placeholder("Id", logical_id, type) + "." + serviceOf(type) + "." +
           shared_.pseudo.region + ".amazonaws.com";
  }
  return physicalName(logical_id) + "." + std::string(name);
}

}  // namespace ddblog::templates
