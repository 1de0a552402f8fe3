#include "item/plain_json.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "base/json_handler.h"

namespace ddblog {

namespace {

// Receives the parts of a JSON text and builds the value. Boost's trees round numbers; this sees their digits.
struct PlainValueBuilder : JsonHandler {
  struct Container {
    bool is_map = false;
    std::string key;  // of the map's next member
    AttributeValue::Map map;
    AttributeValue::List list;
  };

  std::vector<Container> open;
  std::string text;  // of the string, key or number that is being read
  AttributeValue result;

  bool add(AttributeValue value) {
    if (open.empty()) {
      result = std::move(value);
    } else if (open.back().is_map) {
      open.back().map.insert_or_assign(std::exchange(open.back().key, {}), std::move(value));
    } else {
      open.back().list.push_back(std::move(value));
    }
    return true;
  }
  bool append(Text part) {
    text.append(part.data(), part.size());
    return true;
  }
  bool addNumber(Text end) {
    append(end);
    return add(AttributeValue(Decimal::parse(std::exchange(text, {}))));
  }

  bool on_object_begin(Error&) {
    open.push_back({.is_map = true, .key = {}, .map = {}, .list = {}});
    return true;
  }
  bool on_object_end(std::size_t, Error&) {
    AttributeValue value(std::move(open.back().map));
    open.pop_back();
    return add(std::move(value));
  }
  bool on_array_begin(Error&) {
    open.emplace_back();
    return true;
  }
  bool on_array_end(std::size_t, Error&) {
    AttributeValue value(std::move(open.back().list));
    open.pop_back();
    return add(std::move(value));
  }
  bool on_key_part(Text part, std::size_t, Error&) { return append(part); }
  bool on_key(Text end, std::size_t, Error&) {
    append(end);
    open.back().key = std::exchange(text, {});
    return true;
  }
  bool on_string_part(Text part, std::size_t, Error&) { return append(part); }
  bool on_string(Text end, std::size_t, Error&) {
    append(end);
    return add(AttributeValue(std::exchange(text, {})));
  }
  bool on_number_part(Text part, Error&) { return append(part); }
  bool on_int64(std::int64_t, Text end, Error&) { return addNumber(end); }
  bool on_uint64(std::uint64_t, Text end, Error&) { return addNumber(end); }
  bool on_double(double, Text end, Error&) { return addNumber(end); }
  bool on_bool(bool truth, Error&) { return add(AttributeValue(truth)); }
  bool on_null(Error&) { return add(AttributeValue()); }
};

}  // namespace

Item itemOfPlainJson(std::string_view object) {
  json::parse_options options;
  options.max_depth = limits::kJsonDepth;
  json::basic_parser<PlainValueBuilder> parser(options);
  boost::system::error_code error;
  try {
    const std::size_t read = parser.write_some(false, object.data(), object.size(), error);
    if (!error && read < object.size()) error = json::error::extra_data;
  } catch (const ApiError& e) {
    throw std::invalid_argument(e.message());
  }
  if (error) throw std::invalid_argument(error.message());
  auto* map = parser.handler().result.getIf<AttributeValue::Map>();
  if (!map) throw std::invalid_argument("it is not a JSON object");
  return std::move(*map);
}

bool isDynamoDbJson(const json::object& object) {
  static constexpr std::array<std::string_view, 10> kTypes = {"S",  "N", "B", "SS",   "NS",
                                                              "BS", "M", "L", "BOOL", "NULL"};
  return !object.empty() && std::ranges::all_of(object, [](const auto& member) {
    const json::object* value = member.value().if_object();
    return value && value->size() == 1 &&
           std::ranges::find(kTypes, std::string_view(value->begin()->key())) != kTypes.end();
  });
}

}  // namespace ddblog
