// The input that a target receives for an event: the whole event, a constant (Input), a part of it
// (InputPath), or a text composed of parts (InputTransformer).
//
//   InputPathsMap {"who": "$.detail.payload.id"}
//   InputTemplate {"user": <who>, "rule": <aws.events.rule-name>}   ->  {"user": "u1", "rule": "signups"}
//   InputTemplate "user <who> signed up"                             ->  "user u1 signed up"
//
// Parts keep the event's bytes. Inside quotes, a string loses its quotes, an object or list loses
// all quotes in it, and a missing part is empty. Elsewhere a string keeps its quotes, and a missing
// part is "". Variables that AWS defines: aws.events.rule-arn, aws.events.rule-name,
// aws.events.event (without its detail), aws.events.event.json (whole),
// aws.events.event.ingestion-time. Paths: "$", ".name", "['name']", "[3]", and the wildcards ".*" and
// "[*]": all members or elements. A path with a wildcard is a list of what it finds.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
//
// Thread safety: immutable after construction.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "event_patterns/json_text.h"
#include "services/eventbridge/bus/event.h"

namespace ddblog::eventbridge {

// A path into a JSON value. Throws std::invalid_argument if it is malformed.
class JsonPath {
 public:
  explicit JsonPath(std::string_view path);
  // The bytes of what it finds, a JSON value; std::nullopt: nothing.
  std::optional<std::string> find(event_patterns::JsonText::Value root) const;

 private:
  struct Wildcard {};
  using Found = std::vector<event_patterns::JsonText::Value>;
  static Found children(const Found& of);

  std::vector<std::variant<std::string, std::size_t, Wildcard>> steps_;
  bool has_wildcard_ = false;
};

// A transformer can repeat parts of the event.
class TargetInputTooLarge : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class TargetInput {
 public:
  // Ours: of a transformer's text. AWS's targets take less: an asynchronous invocation 1 MB.
  static constexpr std::size_t kMostBytes = 2u << 20;

  // From a target as in PutTargets. Throws ApiError ValidationException with AWS's message if its
  // input is invalid.
  explicit TargetInput(const json::object& target);

  // Equal for inputs that make the same text of an event, with the same ingestion time.
  std::string sharedKey(std::string_view rule_name) const;

  // Throws TargetInputTooLarge.
  std::string make(const Event& event, std::string_view rule_arn, std::string_view rule_name,
                   Timestamp ingestion_time) const;

 private:
  struct Whole {};
  struct Constant {
    std::string text;
  };
  struct Transformer {
    std::map<std::string, JsonPath, std::less<>> paths;
    std::string text;
  };

  static Transformer readTransformer(const json::value& value, std::string_view target_id);

  std::variant<Whole, Constant, JsonPath, Transformer> input_;
  std::string key_ = "whole";
  bool depends_on_rule_ = false;  // a transformer that uses its name or ARN
};

}  // namespace ddblog::eventbridge
