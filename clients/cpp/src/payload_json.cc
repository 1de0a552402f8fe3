#include "clients/cpp/src/payload_json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <set>
#include <vector>

#include "base/api_error.h"
#include "base/decimal.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "ddblog/errors.h"

namespace ddblog {
namespace {

using boost::json::error_code;

// Handles the tokens of a JSON text and writes DynamoDB's JSON. Numbers arrive as characters.
class AttributeWriter {
 public:
  // Boost's parser requires these; we set no limits here.
  static constexpr std::size_t max_object_size = -1;
  static constexpr std::size_t max_array_size = -1;
  static constexpr std::size_t max_key_size = -1;
  static constexpr std::size_t max_string_size = -1;

  const std::string& error() const { return error_; }
  const std::string& limit() const { return limit_; }  // the one that is broken
  std::string take() { return std::move(out_); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code&) {
    json_.beginObject().key("M").beginObject();
    names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    names_.pop_back();
    json_.endObject().endObject();
    return true;
  }
  bool on_array_begin(error_code&) {
    json_.beginObject().key("L").beginArray();
    return true;
  }
  bool on_array_end(std::size_t, error_code&) {
    json_.endArray().endObject();
    return true;
  }

  bool on_key_part(std::string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_key(std::string_view rest, std::size_t, error_code& error) {
    collect(rest);
    if (text_.empty()) return fail("a member has an empty name", error);
    if (!names_.back().insert(text_).second) return fail("the name \"" + text_ + "\" appears twice", error);
    json_.key(text_);
    text_.clear();
    return true;
  }
  bool on_string_part(std::string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_string(std::string_view rest, std::size_t, error_code&) {
    collect(rest);
    json_.beginObject().key("S").value(text_).endObject();
    text_.clear();
    return true;
  }
  bool on_number_part(std::string_view part, error_code&) { return collect(part); }
  bool on_int64(std::int64_t, std::string_view rest, error_code& error) { return number(rest, error); }
  bool on_uint64(std::uint64_t, std::string_view rest, error_code& error) { return number(rest, error); }
  bool on_double(double, std::string_view rest, error_code& error) { return number(rest, error); }
  bool on_bool(bool value, error_code&) {
    json_.beginObject().key("BOOL").value(value).endObject();
    return true;
  }
  bool on_null(error_code&) {
    json_.beginObject().key("NULL").value(true).endObject();
    return true;
  }
  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }

 private:
  bool collect(std::string_view part) {
    text_ += part;
    return true;
  }
  bool number(std::string_view rest, error_code& error) {
    collect(rest);
    try {
      Decimal::parse(text_);
    } catch (const ApiError& refused) {
      const bool has_too_many = refused.message().find("significant digits") != std::string::npos;
      limit_ = has_too_many ? "digits" : "number";
      return fail("the number " + text_.substr(0, 60) + ": " + refused.message(), error);
    }
    json_.beginObject().key("N").value(text_).endObject();
    text_.clear();
    return true;
  }
  bool fail(std::string why, error_code& error) {
    error_ = std::move(why);
    error = boost::json::error::exception;
    return false;
  }

  std::string out_;
  JsonWriter json_{out_};
  std::string text_;
  std::string error_;
  std::string limit_ = "json";
  std::vector<std::set<std::string>> names_;
};

std::string convert(std::string_view text, int max_depth) {
  boost::json::parse_options options;
  options.max_depth = static_cast<std::size_t>(max_depth);
  boost::json::basic_parser<AttributeWriter> parser(options);
  error_code error;
  const std::string_view value = trim(text);
  const std::size_t used = parser.write_some(false, value.data(), value.size(), error);
  if (!error && used == value.size()) return parser.handler().take();
  std::string why = parser.handler().error();
  if (why.empty()) why = error ? error.message() : "more text after the value";
  const std::string limit = error == boost::json::error::too_deep ? "depth" : parser.handler().limit();
  throw InvalidArgument("invalid JSON (at byte " + std::to_string(used) + "): " + why, limit);
}

[[noreturn]] void noAttribute(const std::string& why) { throw InvalidEvent("not a DynamoDB attribute: " + why); }

const json::string& textOf(const json::value& value, std::string_view type) {
  if (!value.is_string()) noAttribute(std::string(type) + " does not hold text");
  return value.get_string();
}

const json::array& listOf(const json::value& value, std::string_view type) {
  if (!value.is_array()) noAttribute(std::string(type) + " does not hold a list");
  return value.get_array();
}

void writeObject(JsonWriter& out, const json::object& attributes, int depth);

void writeNumber(JsonWriter& out, std::string_view number) {
  if (!isJsonNumber(number)) noAttribute("\"" + std::string(number.substr(0, 60)) + "\" is not a number");
  out.raw(number);
}

void writeValue(JsonWriter& out, const json::value& attribute, int depth) {
  if (depth > kAttributeDepth) noAttribute("nested too deeply");
  if (!attribute.is_object() || attribute.get_object().size() != 1) noAttribute("not exactly one type");
  const auto& [key, value] = *attribute.get_object().begin();
  const std::string_view type = key;
  if (type == "S" || type == "B") {
    out.value(std::string_view(textOf(value, type)));
  } else if (type == "N") {
    writeNumber(out, textOf(value, type));
  } else if (type == "BOOL") {
    if (!value.is_bool()) noAttribute("BOOL is neither true nor false");
    out.value(value.get_bool());
  } else if (type == "NULL") {
    out.null();
  } else if (type == "M") {
    if (!value.is_object()) noAttribute("M does not hold an object");
    writeObject(out, value.get_object(), depth + 1);
  } else if (type == "L") {
    out.beginArray();
    for (const json::value& element : listOf(value, type)) writeValue(out, element, depth + 1);
    out.endArray();
  } else if (type == "SS" || type == "BS" || type == "NS") {
    out.beginArray();
    for (const json::value& element : listOf(value, type)) {
      const std::string_view text = textOf(element, type);
      type == "NS" ? writeNumber(out, text) : static_cast<void>(out.value(text));
    }
    out.endArray();
  } else {
    noAttribute("unknown type " + std::string(type.substr(0, 20)));
  }
}

void writeObject(JsonWriter& out, const json::object& attributes, int depth) {
  out.beginObject();
  for (const auto& [name, value] : attributes) {
    out.key(name);
    writeValue(out, value, depth);
  }
  out.endObject();
}

}  // namespace

std::string attributesFromJson(std::string_view object, int max_depth) {
  const std::string attribute = attributeFromJson(object, max_depth);
  static constexpr std::string_view kMap = "{\"M\":";
  if (!attribute.starts_with(kMap)) throw InvalidArgument("not a JSON object", "object");
  return attribute.substr(kMap.size(), attribute.size() - kMap.size() - 1);
}

std::string attributeFromJson(std::string_view value, int max_depth) { return convert(value, max_depth); }

std::string jsonFromAttributes(const json::object& attributes) {
  std::string text;
  JsonWriter out(text);
  writeObject(out, attributes, 1);
  return text;
}

std::string jsonFromAttribute(const json::value& attribute) {
  std::string text;
  JsonWriter out(text);
  writeValue(out, attribute, 1);
  return text;
}

bool isJsonNumber(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - start;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const std::size_t integer_start = at;
  const std::size_t integer_digits = digits();
  if (integer_digits == 0 || (integer_digits > 1 && text[integer_start] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

}  // namespace ddblog
