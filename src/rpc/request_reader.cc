#include "rpc/request_reader.h"

#include <charconv>
#include <cmath>
#include <map>
#include <regex>
#include <sstream>

#include "base/api_error.h"
#include "base/bool_text.h"
#include "base/text.h"
#include "rpc/request_errors.h"

namespace ddblog::rpc {

namespace {

constexpr std::size_t kMostShown = 10;  // broken constraints in one error, as in AWS

std::optional<bool> booleanOf(const json::value& value) {
  if (value.is_bool()) return value.get_bool();
  if (!value.is_string()) return std::nullopt;
  const std::optional<bool> truth = parseBool({value.get_string().data(), value.get_string().size()});
  if (!truth) throw serializationError("Unexpected token received from parser");
  return truth;
}

// std::regex recurses for each character, so it never gets strings longer than any pattern of AWS
// allows.
constexpr std::size_t kMatchedBytes = 4096;

struct CompiledPattern {
  std::regex regex;
  std::string matched;  // the last matching string: most requests name the same table as the one before
};

bool matches(std::string_view pattern, const std::string& text) {
  if (text.size() > kMatchedBytes) return false;
  thread_local std::map<std::string, CompiledPattern, std::less<>> compiled;
  auto found = compiled.find(pattern);
  if (found == compiled.end()) {
    found = compiled.emplace(pattern, CompiledPattern{std::regex(pattern.begin(), pattern.end()), {}}).first;
  }
  CompiledPattern& known = found->second;
  if (!text.empty() && text == known.matched) return true;
  if (!std::regex_match(text, known.regex)) return false;
  known.matched = text;
  return true;
}

}  // namespace

bool ObjectReader::has(std::string_view name) const {
  const json::value* found = object_->if_contains(json::string_view(name.data(), name.size()));
  return found && !found->is_null();
}

std::string ObjectReader::path(std::string_view name) const { return path_ + lowerFirst(name); }

void ObjectReader::refuse(std::string_view name, std::optional<std::string> shown_value, std::string_view constraint) {
  const std::string value = shown_value ? "Value '" + *shown_value + "'" : "Value null";
  if (request_->broken_.size() >= kMostShown) return;
  request_->broken_.push_back(value + " at '" + path(name) +
                              "' failed to satisfy constraint: " + std::string(constraint));
}

void RequestReader::refuse(std::string broken) {
  if (broken_.size() < kMostShown) broken_.push_back(std::move(broken));
}

const json::value* ObjectReader::value(std::string_view name) const {
  const json::value* found = object_->if_contains(json::string_view(name.data(), name.size()));
  return found && !found->is_null() ? found : nullptr;
}

const json::value* ObjectReader::find(std::string_view name, bool required) {
  const json::value* found = value(name);
  if (!found && required) refuse(name, std::nullopt, "Member must not be null");
  return found;
}

void ObjectReader::checkString(const std::string& path, const std::string& text, const StringRule& rule) {
  auto broken = [&](const std::string& constraint) {
    if (request_->broken_.size() >= kMostShown) return;
    request_->broken_.push_back("Value '" + text + "' at '" + path + "' failed to satisfy constraint: " + constraint);
  };
  if (!rule.one_of.empty()) {
    for (const std::string_view allowed : rule.one_of) {
      if (text == allowed) return;
    }
    broken("Member must satisfy enum value set: [" + joined(rule.one_of) + "]");
    return;
  }
  const bool fits_pattern =
      rule.pattern.empty() || (rule.fits_pattern ? rule.fits_pattern(text) : matches(rule.pattern, text));
  const auto checkPattern = [&] {
    if (!fits_pattern) broken("Member must satisfy regular expression pattern: " + std::string(rule.pattern));
  };
  if (!rule.length_first) checkPattern();
  if (text.size() < rule.min) {
    broken("Member must have length greater than or equal to " + std::to_string(rule.min));
  }
  if (text.size() > rule.max) {
    broken("Member must have length less than or equal to " + std::to_string(rule.max));
  }
  if (rule.length_first) checkPattern();
}

void ObjectReader::checkCount(std::string_view name, const json::value& value, std::size_t count,
                              const ListRule& rule) {
  if (count >= rule.min && count <= rule.max) return;
  const std::string text = value.is_array() ? shownList(value.get_array(), rule.element) : shown(value);
  if (count < rule.min) {
    refuse(name, text, "Member must have length greater than or equal to " + std::to_string(rule.min));
  } else {
    refuse(name, text, "Member must have length less than or equal to " + std::to_string(rule.max));
  }
}

std::optional<std::string> ObjectReader::string(std::string_view name, const StringRule& rule) {
  const json::value* found = find(name, rule.required);
  if (!found) return std::nullopt;
  if (!found->is_string()) throw wrongScalar(*found, "String");
  std::string text(found->get_string());
  checkString(path(name), text, rule);
  return text;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, const IntegerRule& rule) {
  const json::value* found = find(name, rule.required);
  if (!found) return std::nullopt;
  std::int64_t number = 0;
  if (found->is_int64()) {
    number = found->get_int64();
  } else if (found->is_uint64()) {
    number = std::numeric_limits<std::int64_t>::max();
  } else if (found->is_double()) {
    const double real = found->get_double();
    // Boost.JSON does not read 0e400, which is zero, as a number.
    number = std::isnan(real)  ? 0
             : real >= 9.2e18  ? std::numeric_limits<std::int64_t>::max()
             : real <= -9.2e18 ? std::numeric_limits<std::int64_t>::min()
                               : static_cast<std::int64_t>(real);
  } else {
    throw wrongScalar(*found, rule.type);
  }
  checkInteger(name, number, rule);
  return number;
}

void ObjectReader::checkInteger(std::string_view name, std::int64_t number, const IntegerRule& rule) {
  if (number < rule.min) {
    refuse(name, std::to_string(number), "Member must have value greater than or equal to " + std::to_string(rule.min));
  } else if (number > rule.max) {
    refuse(name, std::to_string(number), "Member must have value less than or equal to " + std::to_string(rule.max));
  }
}

std::optional<double> ObjectReader::timestamp(std::string_view name, bool required) {
  const json::value* found = find(name, required);
  if (!found) return std::nullopt;
  if (!found->is_number()) throw wrongScalar(*found, "Date");
  const double seconds = found->to_number<double>();
  if (!std::isfinite(seconds)) throw serializationError("");
  return seconds;
}

std::optional<bool> ObjectReader::boolean(std::string_view name, bool required) {
  const json::value* found = find(name, required);
  if (!found) return std::nullopt;
  const std::optional<bool> truth = booleanOf(*found);
  if (!truth) throw wrongScalar(*found, "Boolean");
  return truth;
}

std::optional<ObjectReader> ObjectReader::object(std::string_view name, bool required, std::string_view java_class) {
  const json::value* found = find(name, required);
  if (!found) return std::nullopt;
  if (!found->is_object()) throw wrongObject(*found, java_class, false);
  return ObjectReader(*request_, &found->get_object(), path(name) + ".");
}

const json::object* ObjectReader::jsonObject(std::string_view name, bool required, std::string_view java_class) {
  const json::value* found = find(name, required);
  if (!found) return nullptr;
  if (!found->is_object()) throw wrongMap(*found, java_class);
  return &found->get_object();
}

std::optional<std::vector<std::string>> ObjectReader::strings(std::string_view name, const ListRule& rule,
                                                              const StringRule& element) {
  const json::value* found = find(name, rule.required);
  if (!found) return std::nullopt;
  if (!found->is_array()) throw wrongList(*found);
  checkCount(name, *found, found->get_array().size(), rule);
  std::vector<std::string> texts;
  std::size_t number = 0;
  for (const json::value& one : found->get_array()) {
    ++number;
    if (!one.is_string()) throw wrongScalar(one, "String");
    texts.emplace_back(one.get_string());
    checkString(path(name) + "." + std::to_string(number) + ".member", texts.back(), element);
  }
  return texts;
}

std::optional<std::vector<ObjectReader>> ObjectReader::objects(std::string_view name, const ListRule& rule) {
  const json::value* found = find(name, rule.required);
  if (!found) return std::nullopt;
  if (!found->is_array()) throw wrongList(*found);
  checkCount(name, *found, found->get_array().size(), rule);
  std::vector<ObjectReader> readers;
  std::size_t number = 0;
  for (const json::value& one : found->get_array()) {
    if (!one.is_object()) throw wrongObject(one, rule.element, true);
    readers.push_back(
        ObjectReader(*request_, &one.get_object(), path(name) + "." + std::to_string(++number) + ".member."));
  }
  return readers;
}

std::optional<std::vector<std::pair<std::string, std::string>>> ObjectReader::stringMap(std::string_view name,
                                                                                        const ListRule& rule) {
  const json::value* found = find(name, rule.required);
  if (!found) return std::nullopt;
  if (!found->is_object()) throw wrongMap(*found, "java.lang.String");
  checkCount(name, *found, found->get_object().size(), rule);
  std::vector<std::pair<std::string, std::string>> members;
  for (const auto& member : found->get_object()) {
    if (!member.value().is_string()) throw wrongScalar(member.value(), "String");
    members.emplace_back(member.key(), member.value().get_string());
  }
  return members;
}

std::optional<std::vector<std::pair<std::string, ObjectReader>>> ObjectReader::objectMap(std::string_view name,
                                                                                         const ListRule& rule) {
  const json::value* found = find(name, rule.required);
  if (!found) return std::nullopt;
  if (!found->is_object()) throw wrongMap(*found, rule.element);
  checkCount(name, *found, found->get_object().size(), rule);
  std::vector<std::pair<std::string, ObjectReader>> members;
  for (const auto& member : found->get_object()) {
    if (!member.value().is_object()) throw wrongObject(member.value(), rule.element, true);
    members.emplace_back(member.key(), ObjectReader(*request_, &member.value().get_object(),
                                                    path(name) + "." + std::string(member.key()) + ".member."));
  }
  return members;
}

std::optional<std::vector<std::pair<std::string, std::vector<ObjectReader>>>> ObjectReader::objectListMap(
    std::string_view name, const ListRule& rule, const ListRule& list) {
  const json::value* found = find(name, rule.required);
  if (!found) return std::nullopt;
  if (!found->is_object()) {
    throw wrongMap(*found, rule.element.empty() ? "" : "java.util.List<" + std::string(rule.element) + ">");
  }
  checkCount(name, *found, found->get_object().size(), rule);
  std::vector<std::pair<std::string, std::vector<ObjectReader>>> members;
  bool counts_hold = true;
  for (const auto& member : found->get_object()) {
    if (member.value().is_object()) throw wrongList(member.value());
    if (!member.value().is_array()) {
      throw serializationError(
          "sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to java.lang.Class");
    }
    const std::size_t count = member.value().get_array().size();
    counts_hold = counts_hold && count >= list.min && count <= list.max;
    auto& readers = members.emplace_back(member.key(), std::vector<ObjectReader>()).second;
    const std::string list_path = path(name) + "." + std::string(member.key()) + ".member.";
    for (const json::value& one : member.value().get_array()) {
      if (!one.is_object()) throw wrongObject(one, rule.element, true);
      readers.push_back(
          ObjectReader(*request_, &one.get_object(), list_path + std::to_string(readers.size() + 1) + ".member."));
    }
  }
  if (!counts_hold) {
    refuse(name, shown(*found),
           "Map value must satisfy constraint: [Member must have length less than or equal to " +
               std::to_string(list.max) + ", Member must have length greater than or equal to " +
               std::to_string(list.min) + "]");
  }
  return members;
}

RequestReader::RequestReader(const Request& request)
    : request_(request),
      memory_(first_memory_.data(), first_memory_.size()),
      body_(&memory_),
      fields_(*this, nullptr, "") {
  if (request.method.empty()) parseBody();
}

// Under a sanitizer, reading the request's tree after its end shows at once.
RequestReader::~RequestReader() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  first_memory_.fill(0xdd);
#endif
}

void RequestReader::parseBody() {
  try {
    body_ = parseJson(request_.body, &memory_);
  } catch (const std::invalid_argument&) {
    throw serializationError("");
  }
  if (!body_.is_object()) throw serializationError("Start of list found where not expected");
  fields_.object_ = &body_.get_object();
}

ObjectReader& RequestReader::fields() {
  if (!fields_.object_) parseBody();
  return fields_;
}

std::optional<std::string> RequestReader::find(const Fields& of, const std::string& name, std::string_view field,
                                               const StringRule& rule) {
  const auto found = of.find(name);
  if (found == of.end() || found->second.empty()) return std::nullopt;
  fields_.checkString(lowerFirst(field), found->second, rule);
  return found->second;
}

std::string RequestReader::pathParameter(const std::string& name, const StringRule& rule) {
  const std::string& text = request_.parameters.at(name);
  fields_.checkString(lowerFirst(name), text, rule);
  return text;
}

std::optional<std::string> RequestReader::query(const std::string& name, const StringRule& rule) {
  return find(request_.query, name, name, rule);
}

std::vector<std::string> RequestReader::queryList(const std::string& name, std::string_view field) {
  std::vector<std::string> values;
  std::istringstream lines(query(name).value_or(""));
  for (std::string value; std::getline(lines, value);) values.push_back(value);
  if (values.empty()) {
    refuse("Value null at '" + std::string(field) + "' failed to satisfy constraint: Member must not be null");
  }
  return values;
}

std::optional<std::int64_t> RequestReader::queryInteger(const std::string& name, const IntegerRule& rule) {
  const auto text = query(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) {
    fields_.refuse(name, *text, "Member must be an integer");
    return std::nullopt;
  }
  fields_.checkInteger(name, number, rule);
  return number;
}

std::optional<std::string> RequestReader::header(const std::string& header, std::string_view field,
                                                 const StringRule& rule) {
  return find(request_.headers, header, field, rule);
}

void RequestReader::finish() {
  if (failed_check_) std::rethrow_exception(failed_check_);
  if (broken_.empty()) return;
  std::string message =
      std::to_string(broken_.size()) + " validation error" + (broken_.size() > 1 ? "s" : "") + " detected: ";
  for (std::size_t i = 0; i < broken_.size(); ++i) message += (i ? "; " : "") + broken_[i];
  throw validationError(std::move(message));
}

}  // namespace ddblog::rpc
