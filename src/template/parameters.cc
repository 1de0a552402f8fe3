#include "template/parameters.h"

#include <algorithm>
#include <boost/regex.hpp>
#include <charconv>
#include <optional>
#include <vector>

#include "template/template_error.h"

namespace ddblog::templates {

namespace {

constexpr std::size_t kValueLength = 4096;  // characters
constexpr std::string_view kStored = "AWS::SSM::Parameter::Value<";

std::string textIn(const Node& declaration, std::string_view name) {
  const Node* found = declaration.given(name);
  return found && found->isScalar() ? found->text : "";
}

bool isList(std::string_view type) { return type == "CommaDelimitedList" || type.starts_with("List<"); }

bool holdsNumbers(std::string_view type) { return type == "Number" || type == "List<Number>"; }

std::vector<std::string> splitAtCommas(const std::string& text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  for (std::size_t place = 0; place <= text.size();) {
    const std::size_t end = std::min(text.find(',', place), text.size());
    std::string part = text.substr(place, end - place);
    part.erase(0, part.find_first_not_of(" \t\n"));
    part.erase(part.find_last_not_of(" \t\n") + 1);
    parts.push_back(std::move(part));
    place = end + 1;
  }
  return parts;
}

// Not bytes, as CloudFormation counts.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Decimal: not "nan", "inf" or "0x10".
std::optional<double> numberOf(const std::string& text) {
  if (text.find_first_not_of("0123456789.+-eE") != std::string::npos) return std::nullopt;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || rest != end) return std::nullopt;
  return number;
}

// The constraints of one parameter, for each of its values.
class Constraints {
 public:
  Constraints(const std::string& name, const Node& declaration, std::string_view type)
      : name_(name), declaration_(declaration), is_number_(holdsNumbers(type)) {}

  void check(const std::string& value) const {
    if (characters(value) > kValueLength) fail("must contain at most 4096 characters");
    if (is_number_ && !numberOf(value)) fail("must be a number");
    checkAllowedValues(value);
    checkPattern(value);
    if (is_number_) {
      checkBounds(*numberOf(value));
    } else {
      checkLength(characters(value));
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    const std::string described = textIn(declaration_, "ConstraintDescription");
    if (described.empty()) throw TemplateError("Parameter '" + name_ + "' " + what, declaration_.place);
    throw TemplateError("Parameter '" + name_ + "' failed to satisfy constraint: " + described, declaration_.place);
  }

  void checkAllowedValues(const std::string& value) const {
    const Node* allowed = declaration_.given("AllowedValues");
    if (!allowed || !allowed->isList()) return;
    for (const Node& one : allowed->elements) {
      if (one.text == value) return;
      const auto number = is_number_ ? numberOf(one.text) : std::nullopt;
      if (number && number == numberOf(value)) return;
    }
    fail("must be one of AllowedValues");
  }

  // Boost's expressions are the nearest to Java's, and end in bounded time.
  void checkPattern(const std::string& value) const {
    const std::string pattern = textIn(declaration_, "AllowedPattern");
    if (pattern.empty() || pattern.size() > kValueLength) return;
    bool fits = true;
    try {
      fits = boost::regex_match(value, boost::regex(pattern, boost::regex::perl));
    } catch (const std::runtime_error&) {
      return;  // an expression that only Java knows, or one that takes too long
    }
    if (!fits) fail("must match pattern " + pattern);
  }

  void checkLength(std::size_t length) const {
    const auto least = numberOf(textIn(declaration_, "MinLength"));
    const auto most = numberOf(textIn(declaration_, "MaxLength"));
    if (least && static_cast<double>(length) < *least) {
      fail("must contain at least " + textIn(declaration_, "MinLength") + " characters");
    }
    if (most && static_cast<double>(length) > *most) {
      fail("must contain at most " + textIn(declaration_, "MaxLength") + " characters");
    }
  }

  void checkBounds(double value) const {
    const auto least = numberOf(textIn(declaration_, "MinValue"));
    const auto most = numberOf(textIn(declaration_, "MaxValue"));
    if (least && value < *least) fail("must be a number not less than " + textIn(declaration_, "MinValue"));
    if (most && value > *most) fail("must be a number not greater than " + textIn(declaration_, "MaxValue"));
  }

  const std::string& name_;
  const Node& declaration_;
  const bool is_number_;
};

void checkValue(const std::string& name, const Node& declaration, const std::string& type, const std::string& value) {
  const Constraints constraints(name, declaration, type);
  if (!isList(type)) return constraints.check(value);
  for (const std::string& one : splitAtCommas(value)) constraints.check(one);
}

Node nodeOf(const std::string& type, const std::string& value, Place place) {
  if (!isList(type)) return Node::ofText(value, place);
  Node list(Node::Kind::kList, place);
  for (std::string& one : splitAtCommas(value)) list.elements.push_back(Node::ofText(std::move(one), place));
  return list;
}

// A Default, as it is written; a list (which CloudFormation does not take) is joined.
std::string defaultText(const Node& node) {
  if (!node.isList()) return node.text;
  std::string joined;
  for (const Node& element : node.elements) joined += (joined.empty() ? "" : ",") + element.text;
  return joined;
}

}  // namespace

std::string referenceText(const std::string& parameter) { return "!Ref " + parameter; }

Parameters::Parameters(const Node* declared, std::map<std::string, std::string> given, const Outside& outside,
                       StandIns& stand_ins, Findings& findings)
    : declared_(declared), given_(std::move(given)), outside_(outside), stand_ins_(stand_ins), findings_(findings) {
  std::string unknown;
  for (const auto& [name, value] : given_) {
    const Node* declaration = declared_ ? declared_->find(name) : nullptr;
    if (!declaration) {
      unknown += (unknown.empty() ? "" : ", ") + name;
      continue;
    }
    const std::string type = textIn(*declaration, "Type");
    if (!type.starts_with(kStored)) checkValue(name, *declaration, type, value);
  }
  if (!unknown.empty()) throw TemplateError("Parameters: [" + unknown + "] do not exist in the template");
  const Node* stage = declared_ ? declared_->find("Stage") : nullptr;
  if (!stage || outside_.stage.empty() || given_.contains("Stage")) return;
  if (stage->find("Default") && !outside_.is_stage_given) return;
  try {
    checkValue("Stage", *stage, textIn(*stage, "Type"), outside_.stage);
    given_["Stage"] = outside_.stage;
  } catch (const TemplateError& e) {
    findings_.note(stage->place, "the stage " + outside_.stage + " is no value of the parameter Stage: " + e.what());
  }
}

const Node* Parameters::value(const std::string& name) {
  if (const auto known = values_.find(name); known != values_.end()) return &known->second;
  const Node* declaration = declared_ ? declared_->find(name) : nullptr;
  if (!declaration) return nullptr;
  return &values_.emplace(name, resolve(name, *declaration)).first->second;
}

Node Parameters::resolve(const std::string& name, const Node& declaration) {
  std::string type = textIn(declaration, "Type");
  const Node* fallback = declaration.find("Default");
  const auto given = given_.find(name);
  std::string text;
  if (given != given_.end()) {
    text = given->second;  // was checked
  } else if (fallback) {
    text = defaultText(*fallback);
    if (!type.starts_with(kStored)) checkValue(name, declaration, type, text);
  } else {
    text = standIn(name, declaration, type);
  }
  if (type.starts_with(kStored)) {
    text = stored(name, text, declaration.place);
    type = type.substr(kStored.size(), type.size() - kStored.size() - 1);
  }
  return nodeOf(type, text, declaration.place);
}

std::string Parameters::standIn(const std::string& name, const Node& declaration, const std::string& type) {
  const Node* allowed = declaration.given("AllowedValues");
  std::string text = name;
  if (allowed && allowed->isList() && !allowed->elements.empty()) {
    text = allowed->elements.front().text;
  } else if (holdsNumbers(type)) {
    text = textIn(declaration, "MinValue");
    if (text.empty()) text = "1";
    stand_ins_.texts.insert(referenceText(name));
  }
  findings_.note(declaration.place, "the parameter " + name + " has no value: it is \"" + text +
                                        "\" until --parameter " + name + "=VALUE gives it one");
  stand_ins_.values.insert(text);
  if (text == name) stand_ins_.texts.insert(text);
  return text;
}

std::string Parameters::stored(const std::string& name, const std::string& key, Place place) {
  const auto found = outside_.stored.find(key);
  if (found != outside_.stored.end()) return found->second;
  findings_.note(place, "the parameter " + name + " is the SSM parameter " + key +
                            ", which is in no file of --ssm: its value is its name");
  stand_ins_.values.insert(key);
  if (!key.empty()) stand_ins_.texts.insert(key);
  return key;
}

}  // namespace ddblog::templates
