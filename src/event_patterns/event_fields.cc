#include "event_patterns/event_fields.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
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

constexpr std::size_t kMostPaths = 64u << 20;  // ours: bytes; a name of half a megabyte can have many leaves

// Walks an event and collects its leaves.
struct EventFields::Walk {
  std::vector<EventField>& fields;
  std::string& paths;
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

  void leaf(Scalar value) {
    const bool is_known = !fields.empty() && paths.compare(fields.back().path_begin, std::string::npos, path) == 0;
    const std::size_t begin = is_known ? fields.back().path_begin : paths.size();
    if (!is_known) paths += path;
    if (paths.size() > kMostPaths) throw std::invalid_argument("the paths in an event are too long in all");
    fields.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(paths.size()), std::move(value), places});
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
        leaf(Scalar::string(std::string(value.string())));
        break;
      case JsonKind::kNumber:
        leaf(Scalar::ofNumber(value.raw()));
        break;
      default:
        leaf(Scalar{value.kind(), std::string(value.raw()), {}});
    }
  }
};

EventFields::EventFields(JsonText::Value event) {
  std::vector<EventField> found;
  found.reserve(32);
  paths_.reserve(512);
  Walk walk{found, paths_, {}, {}, 0};
  walk.members(event);
  // Sorts numbers, because a field is large: each is moved once.
  std::vector<std::uint32_t> order(found.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int compared = pathOf(found[a]).compare(pathOf(found[b]));
    return compared != 0 ? compared < 0 : a < b;
  });
  fields_.reserve(found.size());
  for (const std::uint32_t number : order) fields_.push_back(std::move(found[number]));
}

std::span<const EventField> EventFields::at(std::string_view path) const {
  const auto is_before = [this](const EventField& field, std::string_view other) { return pathOf(field) < other; };
  const auto first = std::lower_bound(fields_.begin(), fields_.end(), path, is_before);
  auto last = first;
  while (last != fields_.end() && pathOf(*last) == path) ++last;
  return {first, last};
}

}  // namespace ddblog::event_patterns
