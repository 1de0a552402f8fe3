#include "services/eventbridge/bus/target_input.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <stdexcept>

#include "base/api_error.h"
#include "base/json_writer.h"

namespace ddblog::eventbridge {
namespace {

constexpr std::string_view kDefined = "aws.events.";

const std::string* stringField(const json::object& object, std::string_view name, std::string& storage) {
  const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr || !value->is_string()) return nullptr;
  storage.assign(value->get_string().data(), value->get_string().size());
  return &storage;
}

bool isDefinedVariable(std::string_view name) {
  return name == "aws.events.rule-arn" || name == "aws.events.rule-name" || name == "aws.events.event" ||
         name == "aws.events.event.json" || name == "aws.events.event.ingestion-time";
}

std::string jsonString(std::string_view text) {
  std::string out;
  appendJsonString(out, text);
  return out;
}

// The value of <aws.events.event>: the event without its detail.
std::string withoutDetail(event_patterns::JsonText::Value event) {
  std::string out;
  JsonWriter json(out);
  json.beginObject();
  for (auto member = event.child(); member; member = member->next()) {
    if (member->name() == "detail") continue;
    json.key(member->name() == "detail-type" ? "detailType" : member->name()).raw(member->raw());
  }
  json.endObject();
  return out;
}

// Walks a template: calls `plain` with the text between variables, and `variable` with a variable's
// name and whether it is inside quotes.
void walkTemplate(std::string_view text, const std::function<void(std::string_view)>& plain,
                  const std::function<void(std::string_view, bool)>& variable) {
  bool in_quotes = false;
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_quotes = !in_quotes;
    } else if (text[i] == '<') {
      const std::size_t end = text.find('>', i);
      if (end == std::string_view::npos) break;
      plain(text.substr(from, i - from));
      variable(text.substr(i + 1, end - i - 1), in_quotes);
      from = end + 1;
      i = end;
    }
  }
  plain(text.substr(from));
}

// A JSON value as it appears inside quotes.
std::string inQuotes(std::string text) {
  if (text.starts_with('"')) return text.substr(1, text.size() - 2);
  text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
  return text;
}

}  // namespace

JsonPath::JsonPath(std::string_view path) {
  const auto refuse = [] { throw std::invalid_argument("no JSON path"); };
  if (!path.starts_with('$')) refuse();
  for (std::size_t i = 1; i < path.size();) {
    if (path[i] == '.') {
      const std::size_t end = std::min(path.find_first_of(".[", i + 1), path.size());
      if (end == i + 1) refuse();
      const std::string_view name = path.substr(i + 1, end - i - 1);
      if (name == "*") {
        steps_.emplace_back(Wildcard());
      } else {
        steps_.emplace_back(std::string(name));
      }
      i = end;
    } else if (path.substr(i).starts_with("[*]")) {
      steps_.emplace_back(Wildcard());
      i += 3;
    } else if (path.substr(i).starts_with("['") || path.substr(i).starts_with("[\"")) {
      const std::size_t end = path.find(std::string{path[i + 1], ']'}, i + 2);
      if (end == std::string_view::npos) refuse();
      steps_.emplace_back(std::string(path.substr(i + 2, end - i - 2)));
      i = end + 2;
    } else {
      std::size_t index = 0;
      const char* const last = path.data() + path.size();
      const auto [end, error] = std::from_chars(path.data() + std::min(i + 1, path.size()), last, index);
      if (path[i] != '[' || error != std::errc() || end == last || *end != ']') refuse();
      steps_.emplace_back(index);
      i = static_cast<std::size_t>(end - path.data()) + 1;
    }
  }
  has_wildcard_ = std::any_of(steps_.begin(), steps_.end(),
                              [](const auto& step) { return std::holds_alternative<Wildcard>(step); });
}

std::optional<std::string> JsonPath::find(event_patterns::JsonText::Value root) const {
  Found found = {root};
  for (const auto& step : steps_) {
    if (std::holds_alternative<Wildcard>(step)) {
      found = children(found);
      continue;
    }
    Found next;
    for (const auto& value : found) {
      const auto* name = std::get_if<std::string>(&step);
      const auto inner = name ? value.find(*name) : value.element(std::get<std::size_t>(step));
      if (inner) next.push_back(*inner);
    }
    found = std::move(next);
  }
  if (found.empty()) return std::nullopt;
  if (!has_wildcard_) return std::string(found.front().raw());
  std::string list;
  JsonWriter json(list);
  json.beginArray();
  for (const auto& value : found) json.raw(value.raw());
  json.endArray();
  return list;
}

JsonPath::Found JsonPath::children(const Found& of) {
  Found children;
  for (const auto& value : of) {
    for (auto child = value.child(); child; child = child->next()) children.push_back(*child);
  }
  return children;
}

TargetInput::TargetInput(const json::object& target) {
  std::string storage, id;
  stringField(target, "Id", id);
  const json::value* transformer = target.if_contains("InputTransformer");
  const int given = (target.contains("Input") ? 1 : 0) + (target.contains("InputPath") ? 1 : 0) + (transformer ? 1 : 0);
  if (given > 1) {
    throw validationError("Only one of Input, InputPath, or InputTransformer must be provided for target " + id + ".");
  }
  if (const std::string* input = stringField(target, "Input", storage)) {
    try {
      parseJson(*input);
    } catch (const std::invalid_argument& error) {
      throw validationError("JSON syntax error in input for target " + id + ": " + error.what());
    }
    input_ = Constant{*input};
    key_ = "constant " + *input;
  } else if (const std::string* path = stringField(target, "InputPath", storage)) {
    try {
      if (*path != "$" && !path->empty()) {
        input_ = JsonPath(*path);
        key_ = "path " + *path;
      }
    } catch (const std::invalid_argument&) {
      throw validationError("Invalid InputPath for target " + id + ".");
    }
  } else if (transformer) {
    input_ = readTransformer(*transformer, id);
    key_ = "transformer " + json::serialize(*transformer);
    depends_on_rule_ = std::get<Transformer>(input_).text.find("<aws.events.rule-") != std::string::npos;
  }
}

TargetInput::Transformer TargetInput::readTransformer(const json::value& value, std::string_view target_id) {
  const std::string of_target = "for target " + std::string(target_id);
  Transformer transformer;
  std::string storage;
  const json::object& object = value.as_object();
  if (const std::string* text = stringField(object, "InputTemplate", storage)) transformer.text = *text;
  if (const json::value* paths = object.if_contains("InputPathsMap"); paths && paths->is_object()) {
    for (const auto& member : paths->get_object()) {
      const std::string name(member.key().data(), member.key().size());
      try {
        transformer.paths.emplace(name, JsonPath(std::string_view(member.value().as_string().c_str())));
      } catch (const std::invalid_argument&) {
        throw validationError("InputPathsMap " + of_target + " contains invalid JSON path for key " + name + ".");
      }
      if (name.starts_with("AWS")) {
        throw validationError("InputPathsMap " + of_target + " contains invalid key " + name + ".");
      }
    }
  }
  walkTemplate(
      transformer.text, [](std::string_view) {},
      [&](std::string_view name, bool) {
        if (isDefinedVariable(name) || transformer.paths.contains(name)) return;
        throw validationError("InputTemplate " + of_target + " contains invalid placeholder " + std::string(name) +
                              ".");
      });
  return transformer;
}

std::string TargetInput::sharedKey(std::string_view rule_name) const {
  return depends_on_rule_ ? key_ + " of " + std::string(rule_name) : key_;
}

std::string TargetInput::make(const Event& event, std::string_view rule_arn, std::string_view rule_name,
                              Timestamp ingestion_time) const {
  if (std::holds_alternative<Whole>(input_)) return event.text;
  if (const auto* constant = std::get_if<Constant>(&input_)) return constant->text;
  const event_patterns::JsonText json(event.text);
  if (const auto* path = std::get_if<JsonPath>(&input_)) {
    return path->find(json.root()).value_or("null");
  }
  const Transformer& transformer = std::get<Transformer>(input_);
  const auto find = [&](std::string_view name) -> std::optional<std::string> {
    if (!name.starts_with(kDefined)) return transformer.paths.find(name)->second.find(json.root());
    if (name == "aws.events.event") return withoutDetail(json.root());
    if (name == "aws.events.event.json") return event.text;
    if (name == "aws.events.rule-arn") return jsonString(rule_arn);
    if (name == "aws.events.rule-name") return jsonString(rule_name);
    return jsonString(toIso8601(ingestion_time, true));
  };
  std::map<std::string_view, std::optional<std::string>> values;  // each is looked for once, however often it is used
  std::string out;
  walkTemplate(
      transformer.text, [&out](std::string_view text) { out += text; },
      [&](std::string_view name, bool in_quotes) {
        if (out.size() > kMostBytes) {
          throw TargetInputTooLarge("its input is larger than " + std::to_string(kMostBytes) + " bytes");
        }
        const auto [value, is_new] = values.try_emplace(name);
        if (is_new) value->second = find(name);
        if (value->second) {
          out += in_quotes ? inQuotes(*value->second) : *value->second;
        } else if (!in_quotes) {
          out += "\"\"";
        }
      });
  return out;
}

}  // namespace ddblog::eventbridge
