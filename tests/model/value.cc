#include "model/value.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace ddblog::model {

namespace {

constexpr std::array<std::string_view, 10> kNames = {"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"};
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void appendBase64(std::string& out, std::string_view bytes) {
  unsigned bits = 0;
  int count = 0;
  std::size_t written = 0;
  for (unsigned char byte : bytes) {
    bits = bits << 8 | byte;
    count += 8;
    for (; count >= 6; ++written) {
      count -= 6;
      out += kBase64[bits >> count & 63];
    }
  }
  if (count > 0) {
    out += kBase64[bits << (6 - count) & 63];
    ++written;
  }
  for (; written % 4 != 0; ++written) out += '=';
}

std::string readBase64(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == '=') break;
    const std::size_t digit = kBase64.find(c);
    if (digit == std::string_view::npos) throw std::invalid_argument("not base64: " + std::string(text));
    bits = bits << 6 | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255);
  }
  return bytes;
}

void appendScalar(std::string& out, const Value& value, unsigned spelling) {
  if (value.type == Type::kString) {
    appendText(out, value.text);
  } else if (value.type == Type::kNumber) {
    appendText(out, value.number.toString(spelling + static_cast<unsigned>(out.size())));
  } else {
    out += '"';
    appendBase64(out, value.text);
    out += '"';
  }
}

std::string_view textOf(const json::value& wire) {
  if (!wire.is_string()) throw std::invalid_argument("not a text: " + json::serialize(wire));
  return {wire.get_string().data(), wire.get_string().size()};
}

Value readScalar(Type type, const json::value& wire) {
  if (type == Type::kString) return Value::ofString(std::string(textOf(wire)));
  if (type == Type::kNumber) return Value::ofNumber(Number::parse(textOf(wire)));
  return Value::ofBinary(readBase64(textOf(wire)));
}

std::vector<Value> readElements(const json::value& wire, Type type) {
  std::vector<Value> elements;
  for (const json::value& element : wire.as_array()) {
    elements.push_back(type == Type::kList ? readValue(element) : readScalar(type, element));
  }
  return elements;
}

bool scalarBefore(const Value& one, const Value& other) { return compareScalars(one, other) < 0; }

}  // namespace

std::string_view nameOf(Type type) { return kNames[static_cast<std::size_t>(type)]; }

Value Value::ofString(std::string text) {
  Value value;
  value.type = Type::kString;
  value.text = std::move(text);
  return value;
}

Value Value::ofNumber(Number number) {
  Value value;
  value.type = Type::kNumber;
  value.number = std::move(number);
  return value;
}

Value Value::ofBinary(std::string bytes) {
  Value value = ofString(std::move(bytes));
  value.type = Type::kBinary;
  return value;
}

Value Value::ofBool(bool truth) {
  Value value;
  value.type = Type::kBool;
  value.truth = truth;
  return value;
}

Value Value::ofList(std::vector<Value> elements) {
  Value value;
  value.type = Type::kList;
  value.elements = std::move(elements);
  return value;
}

Value Value::ofMap(std::map<std::string, Value> members) {
  Value value;
  value.type = Type::kMap;
  value.members = std::move(members);
  return value;
}

Value Value::ofSet(std::vector<Value> elements) {
  const Type of = elements.at(0).type;
  std::sort(elements.begin(), elements.end(), scalarBefore);
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  Value value = ofList(std::move(elements));
  value.type = of == Type::kString ? Type::kStringSet : of == Type::kNumber ? Type::kNumberSet : Type::kBinarySet;
  return value;
}

bool operator==(const Value& one, const Value& other) {
  if (one.type != other.type) return false;
  switch (one.type) {
    case Type::kString:
    case Type::kBinary:
      return one.text == other.text;
    case Type::kNumber:
      return one.number == other.number;
    case Type::kBool:
      return one.truth == other.truth;
    case Type::kNull:
      return true;
    case Type::kMap:
      return one.members == other.members;
    default:
      return one.elements == other.elements;
  }
}

std::strong_ordering compareScalars(const Value& one, const Value& other) {
  if (one.type == Type::kNumber) return one.number <=> other.number;
  return one.text.compare(other.text) <=> 0;  // of bytes, as unsigned ones
}

bool isIn(const Value& set, const Value& element) {
  return std::find(set.elements.begin(), set.elements.end(), element) != set.elements.end();
}

const Value* find(const Item& item, const Path& path) {
  const auto found = item.find(path.attribute);
  if (found == item.end()) return nullptr;
  const Value* value = &found->second;
  for (const Step& step : path.steps) {
    if (step.member.empty()) {
      if (value->type != Type::kList || static_cast<std::size_t>(step.element) >= value->elements.size())
        return nullptr;
      value = &value->elements[static_cast<std::size_t>(step.element)];
    } else {
      const auto member = value->members.find(step.member);
      if (value->type != Type::kMap || member == value->members.end()) return nullptr;
      value = &member->second;
    }
  }
  return value;
}

void appendText(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void appendJson(std::string& out, const Value& value, unsigned spelling) {
  out.append("{\"").append(nameOf(value.type)).append("\":");
  switch (value.type) {
    case Type::kString:
    case Type::kNumber:
    case Type::kBinary:
      appendScalar(out, value, spelling);
      break;
    case Type::kBool:
      out += value.truth ? "true" : "false";
      break;
    case Type::kNull:
      out += "true";
      break;
    case Type::kMap:
      appendJson(out, value.members, spelling);
      break;
    default:
      out += '[';
      for (std::size_t i = 0; i < value.elements.size(); ++i) {
        if (i > 0) out += ',';
        if (value.type == Type::kList) {
          appendJson(out, value.elements[i], spelling);
        } else {
          appendScalar(out, value.elements[i], spelling);
        }
      }
      out += ']';
  }
  out += '}';
}

void appendJson(std::string& out, const Item& item, unsigned spelling) {
  out += '{';
  for (const auto& [name, value] : item) {
    if (out.back() != '{') out += ',';
    appendText(out, name);
    out += ':';
    appendJson(out, value, spelling);
  }
  out += '}';
}

std::string toJson(const Item& item, unsigned spelling) {
  std::string text;
  appendJson(text, item, spelling);
  return text;
}

Value readValue(const json::value& wire) {
  const json::object& object = wire.as_object();
  if (object.size() != 1) throw std::invalid_argument("not one type: " + json::serialize(wire));
  const std::string_view name(object.begin()->key().data(), object.begin()->key().size());
  const json::value& content = object.begin()->value();
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) throw std::invalid_argument("not a type: " + json::serialize(wire));
  switch (const Type type = static_cast<Type>(found - kNames.begin())) {
    case Type::kString:
    case Type::kNumber:
    case Type::kBinary:
      return readScalar(type, content);
    case Type::kBool:
      return Value::ofBool(content.as_bool());
    case Type::kNull:
      if (!content.as_bool()) throw std::invalid_argument("NULL that is false");
      return Value();
    case Type::kList:
      return Value::ofList(readElements(content, type));
    case Type::kMap:
      return Value::ofMap(readItem(content));
    default: {
      std::vector<Value> elements = readElements(content, type == Type::kStringSet   ? Type::kString
                                                          : type == Type::kNumberSet ? Type::kNumber
                                                                                     : Type::kBinary);
      const std::size_t size = elements.size();
      if (size == 0) throw std::invalid_argument("an empty set");
      Value set = Value::ofSet(std::move(elements));
      if (set.elements.size() != size) throw std::invalid_argument("a set with an element twice");
      return set;
    }
  }
}

Item readItem(const json::value& wire) {
  Item item;
  for (const auto& member : wire.as_object()) {
    item.emplace(std::string_view(member.key().data(), member.key().size()), readValue(member.value()));
  }
  return item;
}

}  // namespace ddblog::model
