// Reads the members of a JSON object: a payload in a handler, a function's event.
//
//   ddblog::Payload payload(event.payload);
//   payload.string("name"); payload.number("long"); payload.at("location").number("lat");
//
// Numbers are returned as text, with every digit as written. Thread safety: a value type.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ddblog {

class Payload {
 public:
  // Throws std::invalid_argument unless `json` is one JSON object, at most 120 levels deep, without
  // duplicate names, and with numbers of at most 38 digits (DynamoDB's limit).
  explicit Payload(std::string_view json);

  bool has(std::string_view name) const;  // present and not null

  // A member of that type. Throws InvalidEvent, which names the member, if it is missing or of
  // another type.
  std::string string(std::string_view name) const;
  std::string number(std::string_view name) const;  // "-12.345678"
  bool boolean(std::string_view name) const;
  Payload at(std::string_view name) const;  // an object

  // A member of any type as JSON text; std::nullopt if absent.
  std::optional<std::string> json(std::string_view name) const;

 private:
  struct Members;
  explicit Payload(std::shared_ptr<const Members> members) : members_(std::move(members)) {}
  std::shared_ptr<const Members> members_;
};

// `utf8` as a JSON string, quoted and escaped.
std::string quoteJson(std::string_view utf8);

}  // namespace ddblog
