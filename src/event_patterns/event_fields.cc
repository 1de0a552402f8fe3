#include "event_patterns/event_fields.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/api_error.h"

namespace ddblog::event_patterns {

Scalar Scalar::ofNumber(std::string_view digits) {
  Scalar scalar{JsonKind::kNumber, std::string(digits), {}};
  try {
    scalar.number = Decimal::parse(digits);
  } catch (const ApiError&) {
    // The number has more digits than a Decimal; its bytes still equal themselves.
  }
  return scalar;
}

bool Scalar::equals(const Scalar& other) const {
  if (kind != other.kind) return false;
  if (number && other.number) return *number == *other.number;
  return text == other.text;
}

// Walks an event and collects its leaves.
struct EventFields::Walk {
  std::vector<EventField>& fields;
  std::string path;
  std::vector<ArrayPlace> places;
  std::uint32_t arrays = 0;

  void members(JsonText::Value object) {
    const std::size_t length = path.size();
    for (auto member = object.child(); member; member = member->next()) {
      if (length != 0) path.push_back('.');
      path += member->name();
      value(*member);
      path.resize(length);
    }
  }

  void elements(JsonText::Value array) {
    const std::uint32_t id = arrays++;
    std::uint32_t index = 0;
    for (auto element = array.child(); element; element = element->next(), ++index) {
      // Scalars in one array are alternatives, not elements that exclude each other.
      const bool nested = element->isObject() || element->isArray();
      if (nested) places.push_back({id, index});
      value(*element);
      if (nested) places.pop_back();
    }
  }

  void value(JsonText::Value value) {
    switch (value.kind()) {
      case JsonKind::kObject:
        members(value);
        break;
      case JsonKind::kArray:
        elements(value);
        break;
      case JsonKind::kString:
        fields.push_back({path, Scalar::string(std::string(value.string())), places});
        break;
      case JsonKind::kNumber:
        fields.push_back({path, Scalar::ofNumber(value.raw()), places});
        break;
      default:
        fields.push_back({path, Scalar{value.kind(), std::string(value.raw()), {}}, places});
    }
  }
};

EventFields::EventFields(JsonText::Value event) {
  std::vector<EventField> found;
  found.reserve(32);
  Walk walk{found, {}, {}, 0};
  walk.members(event);
  // Sorts numbers, because a field is large: each is moved once.
  std::vector<std::uint32_t> order(found.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&found](std::uint32_t a, std::uint32_t b) {
    const int compared = found[a].path.compare(found[b].path);
    return compared != 0 ? compared < 0 : a < b;
  });
  fields_.reserve(found.size());
  for (const std::uint32_t number : order) fields_.push_back(std::move(found[number]));
}

std::span<const EventField> EventFields::at(std::string_view path) const {
  const auto first = std::lower_bound(fields_.begin(), fields_.end(), path,
                                      [](const EventField& field, std::string_view p) { return field.path < p; });
  auto last = first;
  while (last != fields_.end() && last->path == path) ++last;
  return {first, last};
}

}  // namespace ddblog::event_patterns
