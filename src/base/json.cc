#include "base/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <stdexcept>
#include <utility>

#include "base/json_handler.h"
#include "base/limits.h"

namespace ddblog {

json::value parseJson(std::string_view text, json::storage_ptr memory) {
  json::parse_options options;
  options.max_depth = limits::kJsonDepth;
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, std::move(memory), options);
  if (error) throw std::invalid_argument(error.message());
  return value;
}

std::string_view jsonTokenName(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string:
      return "STRING_VALUE";
    case json::kind::int64:
    case json::kind::uint64:
      return "NUMBER_VALUE";
    case json::kind::double_:
      return "DECIMAL_VALUE";
    case json::kind::bool_:
      return value.get_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
    case json::kind::object:
      return "START_OBJECT";
    case json::kind::array:
      return "START_ARRAY";
    case json::kind::null:
      return "NULL_VALUE";
  }
  return "NULL_VALUE";
}

namespace {

// Follows a text and keeps only one fact: whether it is an object at the top level.
struct ObjectCheck : JsonHandler {
  int depth = 0;
  bool object_at_top = false;

  bool on_object_begin(Error&) {
    if (depth++ == 0) object_at_top = true;
    return true;
  }
  bool on_object_end(std::size_t, Error&) { return --depth >= 0; }
  bool on_array_begin(Error&) { return ++depth > 0; }
  bool on_array_end(std::size_t, Error&) { return --depth >= 0; }
};

}  // namespace

bool isJsonObject(std::string_view text) {
  json::parse_options options;
  options.max_depth = limits::kJsonDepth;
  json::basic_parser<ObjectCheck> parser(options);
  boost::system::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  return !error && parser.done() && parser.handler().object_at_top && used == text.size();
}

}  // namespace ddblog
