// JSON trees (Boost.JSON), and the one parser for text from outside.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace ddblog {

namespace json = boost::json;

// Parses text from outside: RFC 8259, valid UTF-8, at most limits::kJsonDepth deep. The last of
// duplicate names wins. Numbers become int64, uint64 or double, so text whose numbers must keep
// every digit is never sent through here. `memory`: where the tree is kept; the default is the
// heap. Throws std::invalid_argument saying what is wrong and where.
json::value parseJson(std::string_view text, json::storage_ptr memory = {});

// The name of a JSON type as AWS's serialization errors have it, e.g. "STRING_VALUE",
// "START_OBJECT", "NUMBER_VALUE".
std::string_view jsonTokenName(const json::value& value);

// Whether `text` is one JSON object (used to check an event's detail without changing its bytes).
bool isJsonObject(std::string_view text);

}  // namespace ddblog
