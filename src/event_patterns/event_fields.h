// An event as patterns see it: the values of its leaves, by their paths.
//
//   {"source": "log", "detail": {"tags": ["a", "b"], "items": [{"sku": 1}, {"sku": 2}]}}
//
//   source            "log"
//   detail.tags       "a", "b"
//   detail.items.sku  1 (element 0 of array 1), 2 (element 1 of array 1)
//
// A path's steps are joined by dots, so a name that contains a dot equals two nested names. Empty
// arrays and objects have no leaves: for a pattern they do not exist. Each leaf knows the array
// elements that contain it, because all fields of a pattern must match within one element. Created
// once on the I/O thread, matched many times on the writer thread.
// Source: https://github.com/aws/event-ruler (README, "JSON Array Matching").
//
// Thread safety: immutable after construction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "event_patterns/json_text.h"

namespace ddblog::event_patterns {

// A scalar, of an event or of a pattern.
struct Scalar {
  JsonKind kind = JsonKind::kNull;  // never an object or array
  std::string text;                 // a string's characters; otherwise the raw bytes ("1.50", "true")
  std::optional<Decimal> number;    // of a number, unless it has too many digits (then its bytes are compared)

  static Scalar string(std::string text) { return {JsonKind::kString, std::move(text), {}}; }
  static Scalar ofNumber(std::string_view digits);
  bool isString() const { return kind == JsonKind::kString; }
  // Compares numbers by value, everything else by kind and text.
  bool equals(const Scalar& other) const;
};

// An array on the path to a leaf, and the index of the element that contains the leaf.
struct ArrayPlace {
  std::uint32_t array = 0;
  std::uint32_t element = 0;
};

struct EventField {
  std::uint32_t path_begin = 0;  // in the paths of EventFields
  std::uint32_t path_end = 0;
  Scalar value;
  std::vector<ArrayPlace> places;
};

class EventFields {
 public:
  EventFields() = default;
  // Throws std::invalid_argument if its paths take more than 64 MiB.
  explicit EventFields(JsonText::Value event);

  // The leaves at `path`; empty: none.
  std::span<const EventField> at(std::string_view path) const;

 private:
  struct Walk;
  std::string_view pathOf(const EventField& field) const {
    return std::string_view(paths_).substr(field.path_begin, field.path_end - field.path_begin);
  }

  std::string paths_;               // one after another: a string for each would cost more than all the rest
  std::vector<EventField> fields_;  // sorted by path
};

}  // namespace ddblog::event_patterns
