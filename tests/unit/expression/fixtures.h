// What the tests of expressions share: items and substitutions from JSON, refusals as text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/json.h"
#include "expression/substitutions.h"
#include "item/wire_json.h"

namespace ddblog {

inline Item itemOf(std::string_view text) { return readItem(parseJson(text).as_object()); }

inline std::string jsonOf(const Item& item) {
  std::string text;
  JsonWriter json(text);
  writeItem(json, item);
  return text;
}

// Both as JSON objects; "" for none.
inline Substitutions substitutions(std::string_view names, std::string_view values, Substitutions::Use use = {}) {
  const json::value names_json = names.empty() ? json::value() : parseJson(names);
  const json::value values_json = values.empty() ? json::value() : parseJson(values);
  return Substitutions(names_json.if_object(), values_json.if_object(), use);
}

inline std::string syntaxError(const std::string& token, const std::string& near) {
  return "Syntax error; token: \"" + token + "\", near: \"" + near + "\"";
}

// The message of the ValidationException that `act` throws.
template <class Act>
std::string refusalOf(Act act) {
  try {
    act();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.type(), "ValidationException");
    return error.message();
  }
  return "not refused";
}

}  // namespace ddblog
