#include "ddblog/payload.h"

#include "base/json_in_one_piece.h"
#include "base/json_writer.h"
#include "clients/cpp/src/payload_json.h"
#include "ddblog/errors.h"

namespace ddblog {

// The members as attributes, so numbers stay text.
struct Payload::Members {
  json::object attributes;

  const json::value* find(std::string_view name, std::string_view type) const {
    const json::value* attribute = attributes.if_contains(name);
    return attribute ? attribute->get_object().if_contains(type) : nullptr;
  }
  const json::value& get(std::string_view name, std::string_view type, std::string_view what) const {
    const json::value* value = find(name, type);
    if (!value) throw InvalidEvent("\"" + std::string(name) + "\" is missing or not " + std::string(what));
    return *value;
  }
};

Payload::Payload(std::string_view json)
    : members_(std::make_shared<Members>(
          Members{parseJsonInOnePiece(attributesFromJson(json, kAttributeDepth)).as_object()})) {}

bool Payload::has(std::string_view name) const {
  return members_->attributes.contains(name) && !members_->find(name, "NULL");
}

std::string Payload::string(std::string_view name) const {
  return std::string(members_->get(name, "S", "a string").get_string());
}

std::string Payload::number(std::string_view name) const {
  return std::string(members_->get(name, "N", "a number").get_string());
}

bool Payload::boolean(std::string_view name) const { return members_->get(name, "BOOL", "true or false").get_bool(); }

Payload Payload::at(std::string_view name) const {
  return Payload(std::make_shared<Members>(Members{members_->get(name, "M", "an object").get_object()}));
}

std::optional<std::string> Payload::json(std::string_view name) const {
  const json::value* attribute = members_->attributes.if_contains(name);
  if (!attribute) return std::nullopt;
  return jsonFromAttribute(*attribute);
}

std::string quoteJson(std::string_view utf8) {
  std::string text;
  appendJsonString(text, utf8);
  return text;
}

}  // namespace ddblog
