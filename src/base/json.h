// JSON trees (Boost.JSON), and the one parser for JSON from outside.
//
// Thread safety: pure functions.
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

// Parses JSON from outside: RFC 8259, valid UTF-8, at most limits::kJsonDepth deep. Of duplicate
// names the last one wins. Numbers become int64, uint64 or double, so do not use it for JSON whose
// numbers must keep every digit. `memory`: where the tree is allocated; the default is the heap.
// Throws std::invalid_argument that says what is wrong and where.
json::value parseJson(std::string_view text, json::storage_ptr memory = {});

// The name of a JSON type in AWS's serialization errors: "STRING_VALUE", "START_OBJECT",
// "NUMBER_VALUE".
std::string_view jsonTokenName(const json::value& value);

// Whether `text` is one JSON object. Checks an event's detail without changing its bytes.
bool isJsonObject(std::string_view text);

}  // namespace ddblog
