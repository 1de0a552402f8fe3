#include "template/intrinsics.h"

#include "base/base64.h"
#include "base/json_fields.h"
#include "template/resource.h"

namespace ddblog::templates {

namespace {

constexpr int kDepth = 64;  // of nested functions, so that circular references end

bool isNoValue(const json::value& value) {
  const json::object* object = value.if_object();
  const json::value* name = object && object->size() == 1 ? memberOf(*object, "Ref") : nullptr;
  return name && name->is_string() && name->get_string() == "AWS::NoValue";
}

const json::array& listOf(const json::value& value, std::size_t least, std::string_view function) {
  if (!value.is_array() || value.get_array().size() < least) {
    throw TemplateError(std::string(function) + " must be a list of at least " + std::to_string(least));
  }
  return value.get_array();
}

}  // namespace

struct Intrinsics::Nesting {
  explicit Nesting(int& depth) : depth(depth) {
    if (++depth > kDepth) throw TemplateError("circular references, or functions nested too deep");
  }
  ~Nesting() { --depth; }
  int& depth;
};

Intrinsics::Intrinsics(const json::object& document, std::map<std::string, std::string> parameters,
                       PseudoParameters pseudo)
    : document_(document), pseudo_(std::move(pseudo)) {
  const json::value* declared = memberOf(document_, "Parameters");
  if (declared && declared->is_object()) {
    for (const auto& parameter : declared->get_object()) {
      const std::string name(parameter.key());
      const json::object* properties = parameter.value().if_object();
      const json::value* fallback = properties ? memberOf(*properties, "Default") : nullptr;
      if (auto given = parameters.extract(name)) {
        parameters_[name] = json::value(given.mapped());
      } else if (fallback) {
        parameters_[name] = *fallback;
      } else {
        throw TemplateError("the parameter " + name + " has neither a value nor a Default");
      }
    }
  }
}

const json::object& Intrinsics::resource(const std::string& logical_id) const {
  const json::value* resources = memberOf(document_, "Resources");
  const json::value* found =
      resources && resources->is_object() ? memberOf(resources->get_object(), logical_id) : nullptr;
  if (!found || !found->is_object()) {
    throw TemplateError("there is no parameter or resource " + logical_id);
  }
  return found->get_object();
}

std::string Intrinsics::text(const json::value& value, std::string_view where) {
  const json::value resolved = resolve(value);
  if (resolved.is_string()) return std::string(resolved.get_string());
  if (resolved.is_number() || resolved.is_bool()) return json::serialize(resolved);
  throw TemplateError(std::string(where) + " must be a string");
}

std::string Intrinsics::physicalName(const std::string& logical_id) {
  const json::object& found = resource(logical_id);
  const ResourceType* type = findResourceType(textOf(found, "Type"));
  const json::object* properties = objectOf(found, "Properties");
  const json::value* name = type && properties ? memberOf(*properties, type->name_property) : nullptr;
  if (name) return text(*name, logical_id + "'s name");
  if (!type || !type->default_name) return logical_id;
  return type->default_name(logical_id, Properties(properties ? *properties : json::object{}));
}

std::string Intrinsics::arn(const std::string& logical_id) {
  const ResourceType* type = findResourceType(textOf(resource(logical_id), "Type"));
  if (!type || type->arn_service.empty()) throw TemplateError(logical_id + " has no ARN offline");
  return "arn:aws:" + std::string(type->arn_service) + ":" + pseudo_.region + ":" + pseudo_.account_id + ":" +
         std::string(type->arn_prefix) + physicalName(logical_id);
}

std::string Intrinsics::reference(const std::string& name) {
  if (const auto found = parameters_.find(name); found != parameters_.end()) {
    const json::value& value = found->second;
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
  }
  if (name == "AWS::Region") return pseudo_.region;
  if (name == "AWS::AccountId") return pseudo_.account_id;
  if (name == "AWS::StackName") return pseudo_.stack_name;
  if (name == "AWS::Partition") return "aws";
  if (name == "AWS::URLSuffix") return "amazonaws.com";
  if (name == "AWS::StackId") {
    return "arn:aws:cloudformation:" + pseudo_.region + ":" + pseudo_.account_id + ":stack/" + pseudo_.stack_name +
           "/local";
  }
  const ResourceType* type = findResourceType(textOf(resource(name), "Type"));
  return type && type->reference ? type->reference(pseudo_, physicalName(name)) : physicalName(name);
}

std::string Intrinsics::attribute(const std::string& logical_id, const std::string& name) {
  if (name == "Arn") return arn(logical_id);
  // The stream's label is unknown until the table is created, so mappings find the stream by its
  // table.
  if (name == "StreamArn") return arn(logical_id) + "/stream/latest";
  if (name == "Name" || name == "QueueName" || name == "TopicName") return physicalName(logical_id);
  if (name == "QueueUrl") return reference(logical_id);
  throw TemplateError(logical_id + " has no attribute " + name + " offline");
}

std::string Intrinsics::substitute(const json::value& argument) {
  const json::object* values = nullptr;
  const json::value* pattern = &argument;
  if (argument.is_array()) {
    const json::array& list = listOf(argument, 2, "Fn::Sub");
    pattern = &list[0];
    values = list[1].if_object();
  }
  if (!pattern->is_string()) throw TemplateError("Fn::Sub must be a string");
  const std::string_view rest = pattern->get_string();
  std::string result;
  for (std::size_t place = 0; place < rest.size();) {
    const std::size_t begin = rest.find("${", place);
    const std::size_t end = begin == std::string_view::npos ? begin : rest.find('}', begin);
    result.append(
        rest.substr(place, begin == std::string_view::npos || end == std::string_view::npos ? begin : begin - place));
    if (begin == std::string_view::npos) break;
    if (end == std::string_view::npos) throw TemplateError("Fn::Sub: a '${' is not closed");
    const std::string name(rest.substr(begin + 2, end - begin - 2));
    const json::value* given = values ? memberOf(*values, name) : nullptr;
    const std::size_t point = name.find('.');
    if (!name.empty() && name[0] == '!') {
      result += "${" + name.substr(1) + "}";
    } else if (given) {
      result += text(*given, "Fn::Sub");
    } else if (point != std::string::npos) {
      result += attribute(name.substr(0, point), name.substr(point + 1));
    } else {
      result += reference(name);
    }
    place = end + 1;
  }
  return result;
}

json::value Intrinsics::join(const json::value& argument) {
  const json::array& list = listOf(argument, 2, "Fn::Join");
  const std::string delimiter = text(list[0], "Fn::Join");
  const json::value parts = resolve(list[1]);
  std::string joined;
  bool first = true;
  for (const json::value& part : listOf(parts, 0, "Fn::Join")) {
    joined += (first ? "" : delimiter) + text(part, "Fn::Join");
    first = false;
  }
  return json::value(joined);
}

json::value Intrinsics::select(const json::value& argument) {
  const json::array& list = listOf(argument, 2, "Fn::Select");
  const std::string number = text(list[0], "Fn::Select");
  const json::value parts = resolve(list[1]);
  const bool digits =
      !number.empty() && number.size() < 6 && number.find_first_not_of("0123456789") == std::string::npos;
  const std::size_t index = digits ? std::stoul(number) : static_cast<std::size_t>(-1);
  if (index >= listOf(parts, 0, "Fn::Select").size()) throw TemplateError("Fn::Select: no element " + number);
  return parts.get_array()[index];
}

json::value Intrinsics::split(const json::value& argument) {
  const json::array& list = listOf(argument, 2, "Fn::Split");
  const std::string delimiter = text(list[0], "Fn::Split");
  const std::string whole = text(list[1], "Fn::Split");
  if (delimiter.empty()) throw TemplateError("Fn::Split must have a delimiter");
  json::array parts;
  std::size_t place = 0;
  for (std::size_t end; (end = whole.find(delimiter, place)) != std::string::npos; place = end + delimiter.size()) {
    parts.emplace_back(whole.substr(place, end - place));
  }
  parts.emplace_back(whole.substr(place));
  return parts;
}

json::value Intrinsics::findInMap(const json::value& argument) {
  const json::array& list = listOf(argument, 3, "Fn::FindInMap");
  const json::value* found = memberOf(document_, "Mappings");
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string name = text(list[i], "Fn::FindInMap");
    found = found && found->is_object() ? memberOf(found->get_object(), name) : nullptr;
    if (!found) throw TemplateError("Fn::FindInMap: there is no " + name);
  }
  return resolve(*found);
}

json::value Intrinsics::choose(const json::value& argument) {
  const json::array& list = listOf(argument, 3, "Fn::If");
  const json::value& chosen = list[condition(text(list[0], "Fn::If")) ? 1 : 2];
  return isNoValue(chosen) ? chosen : resolve(chosen);
}

bool Intrinsics::condition(const std::string& name) {
  const json::value* conditions = memberOf(document_, "Conditions");
  const json::value* found = conditions && conditions->is_object() ? memberOf(conditions->get_object(), name) : nullptr;
  if (!found) throw TemplateError("there is no condition " + name);
  return truth(*found);
}

bool Intrinsics::truth(const json::value& value) {
  const Nesting nesting(depth_);
  if (!value.is_object() || value.get_object().size() != 1) throw TemplateError("a condition must be a function");
  const auto& [key, argument] = *value.get_object().begin();
  const std::string_view function = key;
  if (function == "Condition") return condition(text(argument, "Condition"));
  if (function == "Fn::Equals") {
    const json::array& list = listOf(argument, 2, function);
    return resolve(list[0]) == resolve(list[1]);
  }
  if (function == "Fn::Not") return !truth(listOf(argument, 1, function)[0]);
  const bool all = function == "Fn::And";
  if (!all && function != "Fn::Or") throw TemplateError("a condition cannot be " + std::string(function));
  for (const json::value& part : listOf(argument, 2, function)) {
    if (truth(part) != all) return !all;
  }
  return all;
}

json::value Intrinsics::call(std::string_view function, const json::value& argument) {
  if (function == "Ref") return json::value(reference(text(argument, "Ref")));
  if (function == "Fn::Sub") return json::value(substitute(argument));
  if (function == "Fn::GetAtt") {
    const json::array& list = listOf(argument, 2, function);
    return json::value(attribute(text(list[0], function), text(list[1], function)));
  }
  if (function == "Fn::Join") return join(argument);
  if (function == "Fn::Select") return select(argument);
  if (function == "Fn::Split") return split(argument);
  if (function == "Fn::FindInMap") return findInMap(argument);
  if (function == "Fn::If") return choose(argument);
  if (function == "Fn::Base64") return json::value(toBase64(text(argument, function)));
  throw TemplateError("the function " + std::string(function) + " has no meaning offline");
}

json::value Intrinsics::resolve(const json::value& value) {
  const Nesting nesting(depth_);
  if (value.is_array()) {
    json::array resolved;
    for (const json::value& element : value.get_array()) {
      if (isNoValue(element)) continue;
      json::value one = resolve(element);
      if (!isNoValue(one)) resolved.push_back(std::move(one));
    }
    return resolved;
  }
  if (!value.is_object()) return value;
  const json::object& object = value.get_object();
  if (object.size() == 1) {
    const std::string_view key = object.begin()->key();
    if (key == "Ref" || key.starts_with("Fn::")) {
      return isNoValue(value) ? value : call(key, object.begin()->value());
    }
  }
  json::object resolved;
  for (const auto& one : object) {
    if (isNoValue(one.value())) continue;
    json::value inner = resolve(one.value());
    if (!isNoValue(inner)) resolved.emplace(one.key(), std::move(inner));
  }
  return resolved;
}

}  // namespace ddblog::templates
