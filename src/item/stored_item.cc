#include "item/stored_item.h"

#include <cstdint>
#include <stdexcept>

#include "base/base64.h"
#include "item/item_size.h"
#include "item/limits.h"

namespace ddblog {

namespace {

constexpr char kVersion = 0x01;

enum Tag : char {
  kString = 'S',
  kNumber = 'N',
  kBinary = 'B',
  kStringSet = 's',
  kNumberSet = 'n',
  kBinarySet = 'b',
  kMap = 'M',
  kList = 'L',
  kTrue = '1',
  kFalse = '0',
  kNull = '-',
};

void appendVarint(std::string& out, std::size_t number) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>(number | 0x80));
  out.push_back(static_cast<char>(number));
}

void appendText(std::string& out, std::string_view text) {
  appendVarint(out, text.size());
  out.append(text);
}

void appendAttributes(std::string& out, const AttributeMap& attributes);

struct Encode {
  std::string& out;

  void operator()(const std::string& text) const { append(kString, text); }
  void operator()(const AttributeValue::Binary& binary) const { append(kBinary, binary.bytes); }
  void operator()(const Decimal& number) const {
    out.push_back(kNumber);
    number.appendOrderedBytes(out);
  }
  void operator()(const AttributeValue::StringSet& set) const {
    open(kStringSet, set.size());
    for (const std::string& text : set) appendText(out, text);
  }
  void operator()(const AttributeValue::NumberSet& set) const {
    open(kNumberSet, set.size());
    for (const Decimal& number : set) number.appendOrderedBytes(out);
  }
  void operator()(const AttributeValue::BinarySet& set) const {
    open(kBinarySet, set.size());
    for (const AttributeValue::Binary& binary : set) appendText(out, binary.bytes);
  }
  void operator()(const AttributeValue::Map& map) const {
    out.push_back(kMap);
    appendAttributes(out, map);
  }
  void operator()(const AttributeValue::List& list) const {
    open(kList, list.size());
    for (const AttributeValue& value : list) value.visit(*this);
  }
  void operator()(bool truth) const { out.push_back(truth ? kTrue : kFalse); }
  void operator()(AttributeValue::Null) const { out.push_back(kNull); }

  void append(Tag tag, std::string_view text) const {
    out.push_back(tag);
    appendText(out, text);
  }
  void open(Tag tag, std::size_t count) const {
    out.push_back(tag);
    appendVarint(out, count);
  }
};

void appendAttributes(std::string& out, const AttributeMap& attributes) {
  appendVarint(out, attributes.size());
  for (const auto& [name, value] : attributes) {
    appendText(out, name);
    value.visit(Encode{out});
  }
}

[[noreturn]] void refuseBytes() { throw std::runtime_error("a stored item is damaged"); }

// Reads the format from the front. Checks every count against the bytes that are left (each element
// takes at least one), so damaged bytes cannot cause a huge allocation.
class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}

  char byte() {
    if (rest_.empty()) refuseBytes();
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  std::size_t varint() {
    std::size_t number = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const auto next = static_cast<unsigned char>(byte());
      number |= static_cast<std::size_t>(next & 0x7F) << shift;
      if (next < 0x80) return number;
    }
    refuseBytes();
  }
  std::size_t count() {
    const std::size_t number = varint();
    if (number > rest_.size()) refuseBytes();
    return number;
  }
  std::string_view text() {
    const std::size_t size = count();
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  Decimal number() { return Decimal::takeOrderedBytes(rest_); }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// The bytes after the version: the item's size, then its attributes.
Bytes open(std::string_view stored) {
  Bytes in(stored);
  if (in.byte() != kVersion) refuseBytes();
  return in;
}

AttributeMap decodeAttributes(Bytes& in, int depth);

template <class Set, class Take>
AttributeValue decodeSet(Bytes& in, Take take) {
  Set set;
  for (std::size_t left = in.count(); left > 0; --left) set.insert(set.end(), take(in));
  return AttributeValue(std::move(set));
}

AttributeValue decodeValue(Bytes& in, int depth) {
  if (depth > limits::kItemDepth) refuseBytes();
  switch (in.byte()) {
    case kString:
      return AttributeValue(in.text());
    case kNumber:
      return AttributeValue(in.number());
    case kBinary:
      return AttributeValue(AttributeValue::Binary{std::string(in.text())});
    case kStringSet:
      return decodeSet<AttributeValue::StringSet>(in, [](Bytes& from) { return std::string(from.text()); });
    case kNumberSet:
      return decodeSet<AttributeValue::NumberSet>(in, [](Bytes& from) { return from.number(); });
    case kBinarySet:
      return decodeSet<AttributeValue::BinarySet>(
          in, [](Bytes& from) { return AttributeValue::Binary{std::string(from.text())}; });
    case kMap:
      return AttributeValue(decodeAttributes(in, depth + 1));
    case kList: {
      AttributeValue::List list;
      const std::size_t count = in.count();
      list.reserve(count);
      for (std::size_t i = 0; i < count; ++i) list.push_back(decodeValue(in, depth + 1));
      return AttributeValue(std::move(list));
    }
    case kTrue:
      return AttributeValue(true);
    case kFalse:
      return AttributeValue(false);
    case kNull:
      return AttributeValue();
    default:
      refuseBytes();
  }
}

AttributeMap decodeAttributes(Bytes& in, int depth) {
  AttributeMap attributes;
  for (std::size_t left = in.count(); left > 0; --left) {
    const std::string_view name = in.text();
    attributes.emplace_hint(attributes.end(), std::string(name), decodeValue(in, depth));
  }
  return attributes;
}

void writeAttributes(std::string& out, Bytes& in, int depth);

// Writes {"SS":[…]} or {"L":[…]}: `begin` is the text up to the bracket, `write` appends one
// element.
template <class Write>
void writeElements(std::string& out, std::string_view begin, Bytes& in, Write write) {
  out += begin;
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    write();
  }
  out += "]}";
}

// For numbers and base64, which need no escapes.
void appendQuoted(std::string& out, std::string_view plain) {
  out.push_back('"');
  out += plain;
  out.push_back('"');
}

void writeValue(std::string& out, Bytes& in, int depth) {
  if (depth > limits::kItemDepth) refuseBytes();
  switch (in.byte()) {
    case kString:
      out += R"({"S":)";
      appendJsonString(out, in.text());
      break;
    case kNumber:
      out += R"({"N":)";
      appendQuoted(out, in.number().toString());
      break;
    case kBinary:
      out += R"({"B":)";
      appendQuoted(out, toBase64(in.text()));
      break;
    case kStringSet:
      writeElements(out, R"({"SS":[)", in, [&] { appendJsonString(out, in.text()); });
      return;
    case kNumberSet:
      writeElements(out, R"({"NS":[)", in, [&] { appendQuoted(out, in.number().toString()); });
      return;
    case kBinarySet:
      writeElements(out, R"({"BS":[)", in, [&] { appendQuoted(out, toBase64(in.text())); });
      return;
    case kMap:
      out += R"({"M":)";
      writeAttributes(out, in, depth + 1);
      break;
    case kList:
      writeElements(out, R"({"L":[)", in, [&] { writeValue(out, in, depth + 1); });
      return;
    case kTrue:
      out += R"({"BOOL":true)";
      break;
    case kFalse:
      out += R"({"BOOL":false)";
      break;
    case kNull:
      out += R"({"NULL":true)";
      break;
    default:
      refuseBytes();
  }
  out.push_back('}');
}

void writeAttributes(std::string& out, Bytes& in, int depth) {
  out.push_back('{');
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    appendJsonString(out, in.text());
    out.push_back(':');
    writeValue(out, in, depth);
  }
  out.push_back('}');
}

}  // namespace

std::string encodeItem(const Item& item) {
  const std::size_t size = itemSize(item);
  std::string stored;
  stored.reserve(size + size / 4 + 8 + 4 * item.size());
  stored.push_back(kVersion);
  appendVarint(stored, size);
  appendAttributes(stored, item);
  return stored;
}

std::string encodeItem(std::span<const NamedValue> attributes) {
  std::size_t size = 0;
  for (const auto& [name, value] : attributes) size += name.size() + attributeValueSize(*value);
  std::string stored;
  stored.reserve(size + size / 4 + 8 + 4 * attributes.size());
  stored.push_back(kVersion);
  appendVarint(stored, size);
  appendVarint(stored, attributes.size());
  for (const auto& [name, value] : attributes) {
    appendText(stored, name);
    value->visit(Encode{stored});
  }
  return stored;
}

Item decodeItem(std::string_view stored) {
  Bytes in = open(stored);
  in.varint();
  Item item = decodeAttributes(in, 1);
  if (!in.empty()) refuseBytes();
  return item;
}

void writeStoredItem(JsonWriter& json, std::string_view stored) {
  Bytes in = open(stored);
  in.varint();
  writeAttributes(json.raw(), in, 1);
  if (!in.empty()) refuseBytes();
}

std::size_t storedItemSize(std::string_view stored) { return open(stored).varint(); }

std::string storedItemJson(std::string_view stored) {
  std::string text;
  JsonWriter json(text);
  writeStoredItem(json, stored);
  return text;
}

}  // namespace ddblog
