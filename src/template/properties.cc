#include "template/properties.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ddblog::templates {

namespace {

// The numbers and the booleans in the requests that a template becomes.
constexpr std::array kIntegers = {"BatchSize",
                                  "MaxReadRequestUnits",
                                  "MaxWriteRequestUnits",
                                  "MaximumBatchingWindowInSeconds",
                                  "MaximumConcurrency",
                                  "MaximumEventAgeInSeconds",
                                  "MaximumRecordAgeInSeconds",
                                  "MaximumRetryAttempts",
                                  "MaximumWindowInMinutes",
                                  "ParallelizationFactor",
                                  "ReadCapacityUnits",
                                  "ReadUnitsPerSecond",
                                  "RetentionDays",
                                  "TumblingWindowInSeconds",
                                  "WriteCapacityUnits",
                                  "WriteUnitsPerSecond",
                                  "maxReceiveCount"};
constexpr std::array kBooleans = {"BisectBatchOnFunctionError", "DeletionProtectionEnabled", "Enabled", "SSEEnabled",
                                  "StreamEnabled"};
// Lists and maps, which no text can stand in for: they are left out.
constexpr std::array kStructures = {
    "AttributeDefinitions", "GlobalSecondaryIndexes", "KeySchema", "LocalSecondaryIndexes",
    "OnDemandThroughput",   "ProvisionedThroughput",  "Tags",      "WarmThroughput"};
// Maps whose keys the user chooses: their values are strings, whatever they are called.
constexpr std::array kFreeMaps = {"InputPathsMap", "Tags"};

[[noreturn]] void failType(std::string_view name, std::string_view type, Place place) {
  throw TemplateError("Value of property " + std::string(name) + " must be " + std::string(type), place);
}

std::optional<bool> booleanOf(const Node& value) {
  if (!value.isScalar()) return std::nullopt;
  if (value.text == "true" || value.text == "True" || value.text == "TRUE") return true;
  if (value.text == "false" || value.text == "False" || value.text == "FALSE") return false;
  return std::nullopt;
}

// "30" of the number 30.0, which CloudFormation passes on as 30.
std::string_view withoutZeros(std::string_view number) {
  const std::size_t point = number.find('.');
  const bool is_whole = point != std::string_view::npos && point + 1 < number.size() &&
                        number.find_first_not_of('0', point + 1) == std::string_view::npos;
  return is_whole ? number.substr(0, point) : number;
}

}  // namespace

std::int64_t integerOf(std::string_view name, const Node& value) {
  const std::string_view text = value.kind == Node::Kind::kPlain ? withoutZeros(value.text) : value.text;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string_view digits = text.starts_with("-") ? text.substr(1) : text;
  const bool has_leading_zero = digits.size() > 1 && digits[0] == '0';
  if (!value.isScalar() || text.empty() || error != std::errc() || rest != end || has_leading_zero) {
    failType(name, "of type Integer", value.place);
  }
  return number;
}

namespace {

// Numbers and booleans that a request cannot do without.
struct Needed {
  std::string_view name;
  const char* usual;
};
constexpr std::array kNeeded = {Needed{"Enabled", "true"}, Needed{"MaximumWindowInMinutes", "15"},
                                Needed{"ReadCapacityUnits", "1"}, Needed{"WriteCapacityUnits", "1"},
                                Needed{"maxReceiveCount", "10"}};

bool isUnknown(const Node& value, const Intrinsics* intrinsics) {
  return intrinsics && value.isScalar() && (value.is_made_up || intrinsics->isStandIn(value.text));
}

void noteLeftOut(std::string_view name, const Node& value, Intrinsics& intrinsics) {
  intrinsics.findings().note(value.place,
                             std::string(name) + " is left out: \"" + value.text + "\" stands in for a value");
}

// Says that a number or a boolean is left out, if nobody gave its value.
bool isStandIn(std::string_view name, const Node& value, Intrinsics* intrinsics) {
  if (!isUnknown(value, intrinsics)) return false;
  noteLeftOut(name, value, *intrinsics);
  return true;
}

bool isNeeded(std::string_view name) { return std::ranges::find(kNeeded, name, &Needed::name) != kNeeded.end(); }

bool isTyped(std::string_view name) {
  return std::ranges::find(kIntegers, name) != kIntegers.end() || std::ranges::find(kBooleans, name) != kBooleans.end();
}

bool isStructure(std::string_view name) { return std::ranges::find(kStructures, name) != kStructures.end(); }

// Adds a member of a request. Of a number or a boolean that nobody gave it adds the usual one, if it is needed.
void addTyped(json::object& map, const std::string& name, std::string_view typed_as, const Node& value,
              Intrinsics* intrinsics) {
  if (isStructure(name) && isStandIn(name, value, intrinsics)) {
    if (name == "ProvisionedThroughput") {
      map[name] = json::object{{"ReadCapacityUnits", 1}, {"WriteCapacityUnits", 1}};
    }
    return;
  }
  const auto needed = std::ranges::find(kNeeded, typed_as, &Needed::name);
  if (needed != kNeeded.end() && isUnknown(value, intrinsics)) {
    if (value.text != needed->usual) {
      intrinsics->findings().note(value.place,
                                  name + " is " + needed->usual + ": \"" + value.text + "\" stands in for a value");
    }
    map.insert_or_assign(name, typedJson(typed_as, Node::ofText(needed->usual, value.place), intrinsics));
  } else if (!isTyped(typed_as) || !isStandIn(typed_as, value, intrinsics)) {
    map.insert_or_assign(name, typedJson(typed_as, value, intrinsics));
  }
}

}  // namespace

json::value typedJson(std::string_view name, const Node& value, Intrinsics* intrinsics) {
  if (value.isNull()) return nullptr;
  if (value.isList()) {
    json::array list;
    for (const Node& element : value.elements) {
      if (!isStructure(name) || !isStandIn(name, element, intrinsics)) {
        list.push_back(typedJson(name, element, intrinsics));
      }
    }
    return list;
  }
  // A pattern is a text, which templates also write as a map.
  if (value.isMap() && name == "Pattern") return json::value(jsonText(value.toJson()));
  if (value.isMap()) {
    json::object map;
    const bool is_free = std::ranges::find(kFreeMaps, name) != kFreeMaps.end();
    for (const Node::Member& member : value.members) {
      const std::string_view typed_as = is_free ? name : std::string_view(member.name);
      if (!member.value.isNull()) addTyped(map, member.name, typed_as, member.value, intrinsics);
    }
    return map;
  }
  if (std::ranges::find(kIntegers, name) != kIntegers.end()) return integerOf(name, value);
  if (std::ranges::find(kBooleans, name) == kBooleans.end()) return json::value(value.text);
  const auto truth = booleanOf(value);
  if (!truth) failType(name, "of type Boolean", value.place);
  return *truth;
}

Properties::Properties(const Node& declared, Intrinsics& intrinsics)
    : node_(declared), intrinsics_(&intrinsics), is_evaluated_(false) {
  const bool is_made = declared.function() || std::ranges::any_of(declared.members, [](const Node::Member& member) {
                         return member.name == "Fn::Transform" || member.name.starts_with("Fn::ForEach::");
                       });
  if (is_made) {
    node_ = intrinsics.evaluate(declared).value_or(Node::ofMap(declared.place));
    is_evaluated_ = true;
  }
  if (!node_.isMap() && !node_.isNull()) throw TemplateError("Properties must be a map", declared.place);
}

const Node* Properties::find(std::string_view name) const {
  const Node* declared = node_.given(name);
  if (!declared || is_evaluated_) return declared;
  auto found = evaluated_.find(name);
  if (found == evaluated_.end()) {
    const std::size_t stand_ins_before = intrinsics_->standInsUsed();
    found = evaluated_.emplace(std::string(name), intrinsics_->evaluate(*declared)).first;
    if (intrinsics_->standInsUsed() != stand_ins_before) uses_stand_ins_.insert(found->first);
  }
  return found->second && !found->second->isNull() ? &*found->second : nullptr;
}

Place Properties::placeOf(std::string_view name) const {
  const Node* declared = node_.find(name);
  return declared ? declared->place : node_.place;
}

std::optional<std::string> Properties::text(std::string_view name) const {
  const Node* found = find(name);
  if (!found) return std::nullopt;
  if (!found->isScalar()) failType(name, "of type String", placeOf(name));
  return found->text;
}

bool Properties::isLeftOut(std::string_view name) const {
  const Node* found = find(name);
  if (!found || !found->isScalar() || !intrinsics_) return false;
  // A made-up number is no stand-in by its text, which others may mean.
  if (!isUnknown(*found, intrinsics_) && !uses_stand_ins_.contains(name)) return false;
  noteLeftOut(name, *found, *intrinsics_);
  return true;
}

std::optional<std::int64_t> Properties::integer(std::string_view name) const {
  const Node* found = find(name);
  if (!found || isLeftOut(name)) return std::nullopt;
  return integerOf(name, *found);
}

std::optional<bool> Properties::boolean(std::string_view name) const {
  const Node* found = find(name);
  if (!found || isLeftOut(name)) return std::nullopt;
  const auto truth = booleanOf(*found);
  if (!truth) failType(name, "of type Boolean", placeOf(name));
  return truth;
}

Properties Properties::section(std::string_view name) const {
  const Node* declared = node_.given(name);
  if (!declared) return Properties(Node::ofMap(node_.place));
  if (!is_evaluated_ && declared->isMap() && !declared->function()) return Properties(*declared, *intrinsics_);
  const Node* found = find(name);
  if (!found || isLeftOut(name)) return Properties(Node::ofMap(node_.place));
  if (!found->isMap()) failType(name, "an object", placeOf(name));
  Properties inner(*found);
  inner.intrinsics_ = intrinsics_;
  return inner;
}

const json::value* Properties::json(std::string_view name) const {
  const Node* found = find(name);
  if (!found) return nullptr;
  const auto known = json_.find(name);
  if (known != json_.end()) return &known->second;
  return &json_.emplace(std::string(name), found->toJson()).first->second;
}

const json::object* Properties::map(std::string_view name) const {
  const json::value* found = isLeftOut(name) ? nullptr : json(name);
  if (found && !found->is_object()) failType(name, "an object", placeOf(name));
  return found ? &found->get_object() : nullptr;
}

const json::array* Properties::list(std::string_view name) const {
  const json::value* found = isLeftOut(name) ? nullptr : json(name);
  if (found && !found->is_array()) failType(name, "of type List", placeOf(name));
  return found ? &found->get_array() : nullptr;
}

std::optional<std::string> Properties::jsonText(std::string_view name) const {
  const Node* found = find(name);
  if (!found) return std::nullopt;
  return found->isScalar() ? found->text : templates::jsonText(found->toJson());
}

void Properties::addTo(json::object& members, const char* name) const {
  const Node* found = find(name);
  if (!found || (isTyped(name) && !isNeeded(name) && isLeftOut(name))) return;
  addTyped(members, name, name, *found, intrinsics_);
}

}  // namespace ddblog::templates
