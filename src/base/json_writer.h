// Writes JSON straight into a string, without a tree: responses with items, and events whose parts
// must keep their bytes.
//
//   JsonWriter json(out);
//   json.beginObject().key("Count").value(2).key("detail").raw(detail_text).endObject();
//
// It writes the commas. Strings are escaped (control characters, quotes, backslashes) and must be
// UTF-8. The caller is responsible for the nesting. Thread safety: none; use it on one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ddblog {

void appendJsonString(std::string& out, std::string_view utf8);  // with the quotes

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& beginObject() { return open('{'); }
  JsonWriter& endObject() { return close('}'); }
  JsonWriter& beginArray() { return open('['); }
  JsonWriter& endArray() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool truth);
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& value(std::uint64_t number);
  JsonWriter& value(double number);
  JsonWriter& null();
  // Appends `text`, which must be a JSON value, as it is.
  JsonWriter& raw(std::string_view text);
  // Begins a value: the caller appends one JSON value to the returned string.
  std::string& raw();

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace ddblog
