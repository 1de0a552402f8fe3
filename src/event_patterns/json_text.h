// A read-only view of JSON: every value knows its raw bytes, so a part of an event can be passed on
// unchanged (numbers keep every digit, strings their escapes, objects the order of their members).
//
// The text must be valid JSON (isJsonObject or parseJson has checked its UTF-8, grammar and depth).
// For invalid JSON, the constructor throws std::invalid_argument where it notices an error; it
// never reads out of bounds.
//
// Thread safety: immutable. Values refer to the JsonText and to its text: both must outlive them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ddblog::event_patterns {

enum class JsonKind : std::uint8_t { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull };

class JsonText {
 public:
  class Value;

  explicit JsonText(std::string_view text);
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  Value root() const;

 private:
  struct Node {
    JsonKind kind = JsonKind::kNull;
    std::uint32_t begin = 0;  // position of its bytes in the text
    std::uint32_t end = 0;
    std::uint32_t child = 0;  // its first child; 0: none (the root is never a child)
    std::uint32_t next = 0;   // its next sibling; 0: none
    std::string_view name;    // of an object's member, unescaped
    std::string_view string;  // of a string, unescaped
  };

  std::uint32_t readValue(int depth);
  void readMembers(std::uint32_t node, int depth);
  void readElements(std::uint32_t node, int depth);
  std::string_view readString();
  void readWord(std::uint32_t node);
  std::string unescape(std::string_view escaped) const;
  void skipBlanks();
  char peek() const;
  void expect(char c);

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Node> nodes_;
  std::deque<std::string> unescaped_;  // strings that contained escapes
};

// One value of the text: a handle that is cheap to copy.
class JsonText::Value {
 public:
  Value(const JsonText& text, std::uint32_t node) : text_(&text), node_(node) {}

  JsonKind kind() const { return node().kind; }
  bool isObject() const { return kind() == JsonKind::kObject; }
  bool isArray() const { return kind() == JsonKind::kArray; }
  bool isString() const { return kind() == JsonKind::kString; }
  // Its raw bytes: a string with its quotes and escapes.
  std::string_view raw() const { return text_->text_.substr(node().begin, node().end - node().begin); }
  // A string's characters; empty for other kinds.
  std::string_view string() const { return node().string; }
  // Its name as a member of an object.
  std::string_view name() const { return node().name; }

  // The first member or element, and the next sibling.
  std::optional<Value> child() const { return at(node().child); }
  std::optional<Value> next() const { return at(node().next); }
  // A member by name; of several with the same name the last, as in JSON parsers.
  std::optional<Value> find(std::string_view name) const;
  // An element by its index.
  std::optional<Value> element(std::size_t index) const;

 private:
  const Node& node() const { return text_->nodes_[node_]; }
  std::optional<Value> at(std::uint32_t node) const {
    if (node == 0) return std::nullopt;
    return Value(*text_, node);
  }

  const JsonText* text_;
  std::uint32_t node_;
};

inline JsonText::Value JsonText::root() const { return {*this, 0}; }

}  // namespace ddblog::event_patterns
