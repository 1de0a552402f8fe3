// Reading a JSON object's members: payloads in handlers, events of functions.
//
//   ddblog::Payload payload(event.payload);
//   payload.text("name"); payload.number("long"); payload.at("location").number("lat");
//
// Numbers are text, with every digit as it was written. Thread safety: a value type.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ddblog {

class Payload {
 public:
  // Throws std::invalid_argument unless `json` is one JSON object, at most 120 levels deep, without duplicate names,
  // its numbers within DynamoDB's 38 digits.
  explicit Payload(std::string_view json);

  bool has(std::string_view name) const;  // present and not null

  // A member of that type; throws InvalidEvent saying which member is missing or of another type.
  std::string text(std::string_view name) const;
  std::string number(std::string_view name) const;  // "-12.345678"
  bool truth(std::string_view name) const;
  Payload at(std::string_view name) const;  // an object

  // A member of any type as JSON text; std::nullopt if absent.
  std::optional<std::string> json(std::string_view name) const;

 private:
  struct Members;
  explicit Payload(std::shared_ptr<const Members> members) : members_(std::move(members)) {}
  std::shared_ptr<const Members> members_;
};

// `utf8` as JSON: in quotes, and with escapes where they are needed.
std::string quoteJson(std::string_view utf8);

}  // namespace ddblog
