#include "rpc/request_errors.h"

namespace ddblog::rpc {

namespace {

ApiError wrongCollection(std::string_view java_class) {
  if (java_class.empty()) return serializationError("Start of list found where not expected");
  return serializationError("Unrecognized collection type class " + std::string(java_class));
}

}  // namespace

std::string lowerFirst(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

std::string shown(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_array()) {
    std::string text = "[";
    for (std::size_t i = 0; i < value.get_array().size(); ++i) text += (i ? ", " : "") + shown(value.get_array()[i]);
    return text + "]";
  }
  if (value.is_object()) {
    std::string text = "{";
    bool first = true;
    for (const auto& member : value.get_object()) {
      text += (first ? "" : ", ") + std::string(member.key()) + "=" + shown(member.value());
      first = false;
    }
    return text + "}";
  }
  return json::serialize(value);
}

std::string shownList(const json::array& list, std::string_view java_class) {
  if (java_class.empty()) return shown(list);
  const std::string_view name = java_class.substr(java_class.rfind('.') + 1);
  std::string text = "[";
  for (const json::value& element : list) {
    if (text.size() > 1) text += ", ";
    const json::object* object = element.if_object();
    if (!object) {
      text += shown(element);
      continue;
    }
    text.append(name).append("(");
    bool first = true;
    for (const auto& member : *object) {
      text +=
          (first ? "" : ", ") + lowerFirst({member.key().data(), member.key().size()}) + "=" + shown(member.value());
      first = false;
    }
    text += ")";
  }
  return text + "]";
}

ApiError wrongScalar(const json::value& value, std::string_view wanted) {
  if (value.is_object()) return serializationError("Start of structure or map found where not expected");
  if (value.is_array()) return wrongCollection("java.lang." + std::string(wanted));
  return serializationError(std::string(jsonTokenName(value)) + " cannot be converted to " + std::string(wanted));
}

ApiError wrongList(const json::value& value) {
  if (value.is_object()) return serializationError("Start of structure or map found where not expected");
  return serializationError("Unexpected field type");
}

ApiError wrongObject(const json::value& value, std::string_view java_class, bool as_element) {
  if (value.is_array()) return wrongCollection(java_class);
  return serializationError(as_element ? "Unexpected value type in payload" : "Unexpected field type");
}

ApiError wrongMap(const json::value& value, std::string_view java_class) {
  if (value.is_array() && !java_class.empty()) {
    return serializationError("Unrecognized collection type java.util.Map<java.lang.String, " +
                              std::string(java_class) + ">");
  }
  return wrongObject(value, {}, false);
}

}  // namespace ddblog::rpc
