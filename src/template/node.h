// A node of a template's tree: a scalar, a list or a map, with the line where it stands.
//
// Scalars keep the text as it is written (1.10, 007, yes), because a value's type depends on the
// property that it is for: an environment variable gets the text, BatchSize a number.
//
// Thread safety: a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace ddblog::templates {

// A line of one of a reader's files (findings.h). Line 0: unknown.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t file = 0;
};

class Node {
 public:
  enum class Kind {
    kNull,
    kPlain,  // a scalar without quotes: may be a number or a boolean
    kText,   // a scalar that is always a text
    kList,
    kMap,
  };
  struct Member;

  Node();
  Node(Kind of_kind, Place at);
  static Node ofText(std::string text, Place place);
  static Node ofMap(Place place);
  // Numbers and booleans become plain scalars.
  static Node ofJson(const json::value& value, Place place);

  bool isNull() const { return kind == Kind::kNull; }
  bool isScalar() const { return kind == Kind::kPlain || kind == Kind::kText; }
  bool isList() const { return kind == Kind::kList; }
  bool isMap() const { return kind == Kind::kMap; }

  // Of a map: nullptr: it has no such member, or this is no map.
  const Node* find(std::string_view name) const;
  // The same, but nullptr also for a null.
  const Node* given(std::string_view name) const;
  void add(std::string name, Node value);  // without looking for another of that name
  void set(std::string_view name, Node value);

  // The only member of a map whose name is a function's ("Ref", "Fn::…"); nullptr: this is no function.
  const Member* function() const;

  // Plain scalars become null, booleans, integers or decimals if YAML 1.2's core schema says so:
  // 012345678901 and 2010-09-09 stay texts.
  json::value toJson() const;

  // Nodes in this tree, itself included.
  std::size_t count() const;
  // Bytes of their texts and names.
  std::size_t bytes() const;

  Kind kind = Kind::kNull;
  bool is_made_up = false;  // of a number that nobody gave, whose text others may mean
  Place place;
  std::string text;             // of a scalar
  std::vector<Member> members;  // of a map: in the order of the file, each name once
  std::vector<Node> elements;   // of a list
};

struct Node::Member {
  std::string name;
  Node value;
};

// Here, because Member must be complete.
inline Node::Node() = default;
inline Node::Node(Kind of_kind, Place at) : kind(of_kind), place(at) {}
inline Node Node::ofMap(Place place) { return {Kind::kMap, place}; }

// What a scalar without quotes is.
json::value plainScalar(const std::string& text);
// A scalar as text, as JavaScript writes it: "6", "true", "0.1"; empty for null.
std::string scalarText(const json::value& scalar);
// JSON whose decimals are such texts.
std::string jsonText(const json::value& value);

}  // namespace ddblog::templates
