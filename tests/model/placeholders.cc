#include "model/placeholders.h"

#include <algorithm>

namespace ddblog::model {

std::string Placeholders::name(const std::string& attribute) {
  const auto found = std::find(names_.begin(), names_.end(), attribute);
  if (found == names_.end()) {
    if (attribute != "ttl" && rng_.chance(60)) return attribute;  // TTL is a reserved word
    names_.push_back(attribute);
    return "#n" + std::to_string(names_.size() - 1);
  }
  return "#n" + std::to_string(found - names_.begin());
}

std::string Placeholders::path(const Path& path) {
  std::string text = name(path.attribute);
  for (const Step& step : path.steps) {
    text += step.member.empty() ? "[" + std::to_string(step.element) + "]" : "." + name(step.member);
  }
  return text;
}

std::string Placeholders::value(const Value& value) {
  const std::string placeholder = ":v" + std::to_string(value_count_++);
  if (!values_.empty()) values_ += ',';
  values_ += "\"" + placeholder + "\":";
  appendJson(values_, value, spelling_);
  return placeholder;
}

void Placeholders::append(std::string& body) const {
  if (!names_.empty()) {
    body += ",\"ExpressionAttributeNames\":{";
    for (std::size_t i = 0; i < names_.size(); ++i) {
      body += (i == 0 ? "\"#n" : ",\"#n") + std::to_string(i) + "\":";
      appendText(body, names_[i]);
    }
    body += '}';
  }
  if (!values_.empty()) body += ",\"ExpressionAttributeValues\":{" + values_ + "}";
}

}  // namespace ddblog::model
