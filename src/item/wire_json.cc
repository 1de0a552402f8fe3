#include "item/wire_json.h"

#include <optional>
#include <set>
#include <vector>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/bool_text.h"
#include "item/legacy_numbers.h"
#include "item/limits.h"

namespace ddblog {

namespace {

std::string_view textOf(const json::string& text) { return {text.data(), text.size()}; }
std::string_view textOf(json::string_view text) { return {text.data(), text.size()}; }

// The classes of AWS's API model, as they appear in error messages.
constexpr std::string_view kStringClass = "class java.lang.String";
constexpr std::string_view kBooleanClass = "class java.lang.Boolean";
constexpr std::string_view kBytesClass = "class java.nio.ByteBuffer";
constexpr std::string_view kValueClass = "class com.amazonaws.dynamodb.v20120810.AttributeValue";
constexpr std::string_view kMapClass =
    "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>";

// Rejects a list in place of `type`, or an object. The messages are the same for every type.
void refuseNested(const json::value& wire, std::string_view type) {
  if (wire.is_array()) throw serializationError("Unrecognized collection type " + std::string(type));
  if (wire.is_object()) throw serializationError("Start of structure or map found where not expected");
}

const json::string& readText(const json::value& wire) {
  if (const json::string* text = wire.if_string()) return *text;
  refuseNested(wire, kStringClass);
  throw serializationError(std::string(jsonTokenName(wire)) + " cannot be converted to String");
}

bool readTruth(const json::value& wire) {
  if (const bool* truth = wire.if_bool()) return *truth;
  refuseNested(wire, kBooleanClass);
  if (const json::string* text = wire.if_string()) {
    if (const std::optional<bool> truth = parseBool(textOf(*text))) return *truth;
    throw serializationError("Unexpected token received from parser");
  }
  throw serializationError(std::string(jsonTokenName(wire)) + " cannot be converted to Boolean");
}

bool isBase64Letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

[[noreturn]] void refuseBase64(std::string_view text) {
  if (text.size() % 4 != 0) {
    throw serializationError("Base64 encoded length is expected a multiple of 4 bytes but found: " +
                             std::to_string(text.size()));
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool padding = text[i] == '=' && text.find_first_not_of('=', i) == std::string_view::npos;
    if (!isBase64Letter(text[i]) && !padding) {
      throw serializationError("Invalid Base64 character: '" + std::string(1, text[i]) + "'");
    }
  }
  throw serializationError("Invalid last non-pad Base64 character dectected");
}

std::string readBytes(const json::value& wire) {
  const json::string* text = wire.if_string();
  if (!text) {
    refuseNested(wire, kBytesClass);
    throw serializationError("only base-64-encoded strings are convertible to bytes");
  }
  auto bytes = fromBase64(textOf(*text));
  if (!bytes) refuseBase64(textOf(*text));
  // The unused bits of the last letter must be zero, so that equal bytes have one encoding.
  const std::size_t padding = text->ends_with("==") ? 2 : text->ends_with('=') ? 1 : 0;
  if (padding > 0) {
    const std::string tail = toBase64(std::string_view(*bytes).substr(bytes->size() - (3 - padding)));
    if (!text->ends_with(json::string_view(tail.data(), tail.size()))) refuseBase64(textOf(*text));
  }
  return std::move(*bytes);
}

// Null members count as absent; unknown members are ignored.
enum class Member { kUnknown, kS, kN, kB, kSS, kNS, kBS, kM, kL, kBOOL, kNULL };

Member memberOf(std::string_view name) {
  switch (name.size()) {
    case 1:
      switch (name[0]) {
        case 'S':
          return Member::kS;
        case 'N':
          return Member::kN;
        case 'B':
          return Member::kB;
        case 'M':
          return Member::kM;
        case 'L':
          return Member::kL;
        default:
          return Member::kUnknown;
      }
    case 2:
      if (name[1] != 'S') return Member::kUnknown;
      return name[0] == 'S'   ? Member::kSS
             : name[0] == 'N' ? Member::kNS
             : name[0] == 'B' ? Member::kBS
                              : Member::kUnknown;
    case 4:
      return name == "BOOL" ? Member::kBOOL : name == "NULL" ? Member::kNULL : Member::kUnknown;
    default:
      return Member::kUnknown;
  }
}

constexpr const char* kEmptyName = "Empty attribute name";
constexpr const char* kLongName = "Attribute name is too large, must be less than 65536 bytes";

// Reads values. It remembers the first invalid value instead of throwing, because a wrong JSON type
// later in the request takes precedence.
class WireReader {
 public:
  explicit WireReader(MessageStyle style, int levels = limits::kItemDepth) : style_(style), levels_(levels) {}

  AttributeValue value(const json::value& wire, int depth) {
    const json::object* object = wire.if_object();
    if (!object) {
      if (wire.is_array()) throw serializationError("Unrecognized collection type " + std::string(kValueClass));
      if (wire.is_null()) return refuseMalformed(kEmpty);
      throw serializationError("Unexpected value type in payload");
    }
    // The parser has limited the depth of the text, so the recursion ends. Values that are too deep
    // are not kept.
    if (depth > levels_) refuseDepth();
    if (object->size() == 1) {  // nearly every value has exactly one member
      const auto& [name, inner] = *object->begin();
      const Member type = memberOf(textOf(name));
      if (type != Member::kUnknown && !inner.is_null()) return member(type, inner, depth);
    }
    int members = 0;
    AttributeValue result;
    for (const auto& [name, inner] : *object) {
      const Member type = memberOf(textOf(name));
      if (type == Member::kUnknown || inner.is_null()) continue;
      ++members;
      result = member(type, inner, depth);
    }
    if (members == 0) return refuseMalformed(kEmpty);
    if (members > 1) return refuseMalformed(kSeveral);
    return result;
  }

  AttributeMap attributes(const json::object& wire, int depth) {
    AttributeMap map;
    for (const auto& [name, inner] : wire) {
      if (name.empty()) (depth == 1 ? has_empty_name_ : has_empty_name_within_) = true;
      if (name.size() > limits::kAttributeNameBytes) has_long_name_ = true;
      map.emplace_hint(map.end(), textOf(name), value(inner, depth));  // names in the tree are unique
    }
    return map;
  }

  void finish() {
    if (has_empty_name_ || (has_empty_name_within_ && !too_deep_)) throw validationError(kEmptyName);
    if (has_long_name_) throw validationError(kLongName);
    if (!refused_) return;
    if (malformed_ && *refused_ == kSeveral) throw SeveralTypes(std::move(*refused_));
    if (malformed_) throw MalformedValue(std::move(*refused_));
    throw validationError(std::move(*refused_));
  }

 private:
  static constexpr const char* kEmpty =
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
  static constexpr const char* kSeveral =
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
  static constexpr const char* kTooDeep =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

  AttributeValue refuse(std::string message) {
    if (!refused_) refused_ = std::move(message);
    return AttributeValue();
  }
  void refuseDepth() {
    if (!refused_) too_deep_ = true;
    refuse(kTooDeep);
  }
  AttributeValue refuseMalformed(std::string message) {
    if (!refused_) malformed_ = true;
    return refuse(std::move(message));
  }
  AttributeValue refuseParameter(const std::string& message) {
    return refuse("One or more parameter values were invalid: " + message);
  }

  AttributeValue member(Member type, const json::value& wire, int depth) {
    switch (type) {
      case Member::kS:
        return AttributeValue(textOf(readText(wire)));
      case Member::kN:
        return AttributeValue(number(wire));
      case Member::kB:
        return AttributeValue(AttributeValue::Binary{readBytes(wire)});
      case Member::kBOOL:
        return AttributeValue(readTruth(wire));
      case Member::kNULL:
        if (!readTruth(wire)) return refuseParameter("Null attribute value types must have the value of true");
        return AttributeValue();
      case Member::kSS:
        return stringSet(list(wire));
      case Member::kNS:
        return numberSet(list(wire));
      case Member::kBS:
        return binarySet(list(wire));
      case Member::kL: {
        AttributeValue::List values;
        const json::array& elements = list(wire);
        values.reserve(elements.size());
        for (const json::value& element : elements) values.push_back(value(element, depth + 1));
        return AttributeValue(std::move(values));
      }
      case Member::kM: {
        const json::object* object = wire.if_object();
        if (!object) {
          if (wire.is_array()) throw serializationError("Unrecognized collection type " + std::string(kMapClass));
          throw serializationError("Unexpected field type");
        }
        return AttributeValue(attributes(*object, depth + 1));
      }
      case Member::kUnknown:
        break;
    }
    return AttributeValue();
  }

  const json::array& list(const json::value& wire) {
    if (const json::array* array = wire.if_array()) return *array;
    if (wire.is_object()) throw serializationError("Start of structure or map found where not expected");
    throw serializationError("Unexpected field type");
  }

  Decimal number(const json::value& wire) {
    const std::string_view text = textOf(readText(wire));
    if (refused_) return {};
    if (text.empty() && style_ == MessageStyle::kCurrent) {
      refuse("The parameter cannot be converted to a numeric value: ");
      return {};
    }
    try {
      return Decimal::parse(text);
    } catch (const ApiError& error) {
      refuse(style_ == MessageStyle::kLegacy ? legacyNumberMessage(text, error) : error.message());
      return {};
    }
  }

  AttributeValue stringSet(const json::array& elements) {
    AttributeValue::StringSet set;
    bool null = false;
    for (const json::value& element : elements) {
      if (element.is_null()) {
        null = true;
      } else {
        set.emplace(textOf(readText(element)));
      }
    }
    if (elements.empty()) return refuseParameter("An string set  may not be empty");
    if (null) return refuseParameter("An string set may not have a null string as a member");
    if (set.size() < elements.size()) return refuseDuplicates(elements, ", ", "]", textBefore);
    return AttributeValue(std::move(set));
  }

  AttributeValue numberSet(const json::array& elements) {
    AttributeValue::NumberSet set;
    for (const json::value& element : elements) {
      if (element.is_null()) {
        refuse("The parameter cannot be converted to a numeric value");
      } else {
        set.insert(number(element));
      }
    }
    if (elements.empty()) return refuseParameter("An number set  may not be empty");
    if (set.size() < elements.size()) {
      if (style_ == MessageStyle::kCurrent) return refuseParameter("Input collection contains duplicates.");
      return refuse("Input collection contains duplicates");
    }
    return AttributeValue(std::move(set));
  }

  AttributeValue binarySet(const json::array& elements) {
    AttributeValue::BinarySet set;
    bool null = false;
    for (const json::value& element : elements) {
      if (element.is_null()) {
        null = true;
      } else {
        set.insert(AttributeValue::Binary{readBytes(element)});
      }
    }
    if (elements.empty()) return refuseParameter("Binary sets should not be empty");
    if (null) return refuseParameter("Binary sets may not contain null or empty values");
    if (set.size() < elements.size()) return refuseDuplicates(elements, ",", "]of type BS", bytesBefore);
    return AttributeValue(std::move(set));
  }

  // "Input collection [a, a] contains duplicates." and, without a blank, "Input collection [YQ==,
  // YQ==]of type BS contains …". The current style lists the elements before the first repetition in
  // the order of their bytes, then the repeated one, then the rest; `between` separates these parts.
  using Before = bool (*)(std::string_view, std::string_view);
  AttributeValue refuseDuplicates(const json::array& elements, const char* between, const char* end, Before before) {
    std::string shown;
    if (style_ == MessageStyle::kCurrent) {
      for (const std::string_view element : untilRepeated(elements, before)) {
        shown.append(shown.empty() ? "" : between).append("\"").append(element).append("\"");
      }
    } else {
      for (const json::value& element : elements) {
        shown.append(shown.empty() ? "" : ", ").append(textOf(element.get_string()));
      }
    }
    return refuseParameter("Input collection [" + shown + end + " contains duplicates.");
  }

  static bool textBefore(std::string_view a, std::string_view b) { return a < b; }
  static bool bytesBefore(std::string_view a, std::string_view b) { return *fromBase64(a) < *fromBase64(b); }

  static std::vector<std::string_view> untilRepeated(const json::array& elements, Before before) {
    std::vector<std::string_view> listed;
    std::set<std::string_view, Before> seen(before);
    bool repeated = false;
    for (const json::value& element : elements) {
      const std::string_view text = textOf(element.get_string());
      if (!repeated && seen.insert(text).second) continue;
      if (!repeated) listed.assign(seen.begin(), seen.end());
      repeated = true;
      listed.push_back(text);
    }
    return listed;
  }

  MessageStyle style_;
  int levels_;
  bool has_empty_name_ = false;         // of an attribute of the item
  bool has_empty_name_within_ = false;  // of a member of a map
  bool has_long_name_ = false;
  bool malformed_ = false;  // refused_ is a MalformedValue
  bool too_deep_ = false;   // refused_ is kTooDeep
  std::optional<std::string> refused_;
};

struct Write {
  JsonWriter& json;

  void operator()(const std::string& text) const { json.key("S").value(text); }
  void operator()(const Decimal& number) const { json.key("N").value(number.toString()); }
  void operator()(const AttributeValue::Binary& binary) const { json.key("B").value(toBase64(binary.bytes)); }
  void operator()(const AttributeValue::StringSet& set) const {
    json.key("SS").beginArray();
    for (const std::string& text : set) json.value(text);
    json.endArray();
  }
  void operator()(const AttributeValue::NumberSet& set) const {
    json.key("NS").beginArray();
    for (const Decimal& number : set) json.value(number.toString());
    json.endArray();
  }
  void operator()(const AttributeValue::BinarySet& set) const {
    json.key("BS").beginArray();
    for (const AttributeValue::Binary& binary : set) json.value(toBase64(binary.bytes));
    json.endArray();
  }
  void operator()(const AttributeValue::Map& map) const {
    json.key("M");
    writeItem(json, map);
  }
  void operator()(const AttributeValue::List& list) const {
    json.key("L").beginArray();
    for (const AttributeValue& value : list) writeAttributeValue(json, value);
    json.endArray();
  }
  void operator()(bool truth) const { json.key("BOOL").value(truth); }
  void operator()(AttributeValue::Null) const { json.key("NULL").value(true); }
};

json::array toArray(const auto& set, auto show) {
  json::array array;
  array.reserve(set.size());
  for (const auto& element : set) array.emplace_back(show(element));
  return array;
}

json::object valueToJson(const AttributeValue& value);

struct ToJson {
  json::value operator()(const std::string& text) const { return json::string(text); }
  json::value operator()(const Decimal& number) const { return json::string(number.toString()); }
  json::value operator()(const AttributeValue::Binary& binary) const { return json::string(toBase64(binary.bytes)); }
  json::value operator()(const AttributeValue::StringSet& set) const { return toArray(set, *this); }
  json::value operator()(const AttributeValue::NumberSet& set) const { return toArray(set, *this); }
  json::value operator()(const AttributeValue::BinarySet& set) const { return toArray(set, *this); }
  json::value operator()(const AttributeValue::Map& map) const { return itemToJson(map); }
  json::value operator()(const AttributeValue::List& list) const { return toArray(list, valueToJson); }
  json::value operator()(bool truth) const { return truth; }
  json::value operator()(AttributeValue::Null) const { return true; }
};

json::object valueToJson(const AttributeValue& value) {
  json::object object;
  const std::string_view name = typeName(value.type());
  object.emplace(json::string_view(name.data(), name.size()), value.visit(ToJson{}));
  return object;
}

}  // namespace

void checkAttributeName(std::string_view name) {
  if (name.empty()) throw validationError(kEmptyName);
  if (name.size() > limits::kAttributeNameBytes) throw validationError(kLongName);
}

void checkJsonTypes(const json::object& wire) { WireReader(MessageStyle::kCurrent).attributes(wire, 1); }

AttributeValue readAttributeValue(const json::value& wire, MessageStyle style, int levels) {
  WireReader reader(style, levels);
  AttributeValue value = reader.value(wire, 1);
  reader.finish();
  return value;
}

Item readItem(const json::object& wire, MessageStyle style) {
  WireReader reader(style);
  Item item = reader.attributes(wire, 1);
  reader.finish();
  return item;
}

void writeAttributeValue(JsonWriter& json, const AttributeValue& value) {
  json.beginObject();
  value.visit(Write{json});
  json.endObject();
}

void writeItem(JsonWriter& json, const Item& item) {
  json.beginObject();
  for (const auto& [name, value] : item) {
    json.key(name);
    writeAttributeValue(json, value);
  }
  json.endObject();
}

json::object itemToJson(const Item& item) {
  json::object object;
  object.reserve(item.size());
  for (const auto& [name, value] : item) object.emplace(name, valueToJson(value));
  return object;
}

std::string itemJson(const Item& item) {
  std::string text;
  JsonWriter json(text);
  writeItem(json, item);
  return text;
}

}  // namespace ddblog
