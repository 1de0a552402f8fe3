#include "rpc/finite_numbers.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/api_error.h"

namespace ddblog::rpc {

namespace {

bool isFinite(const json::object& object) {
  return std::ranges::all_of(object, [](const auto& member) { return rpc::isFinite(member.value()); });
}

}  // namespace

bool isFinite(const json::value& value) {
  if (value.is_double()) return std::isfinite(value.get_double());
  if (value.is_object()) return isFinite(value.get_object());
  return !value.is_array() || std::ranges::all_of(value.get_array(), [](const auto& item) { return isFinite(item); });
}

json::value withFiniteNumbers(json::value value) {
  if (!isFinite(value)) throw serializationError("");
  return value;
}

json::object withFiniteNumbers(json::object object) {
  if (!isFinite(object)) throw serializationError("");
  return object;
}

}  // namespace ddblog::rpc
