// One condition of an event pattern, matched against one value:
//
//   "running", {"prefix": "run"}, {"numeric": [">", 0]} …
//
// A string never equals a number. Numbers compare by value (300 = 3.0e2), IP addresses as addresses
// ("::1" = "0:0:0:0:0:0:0:1"). Case is ignored by folding each letter (Latin, Greek, Cyrillic).
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
// and https://github.com/aws/event-ruler.
//
// Thread safety: immutable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "event_patterns/event_fields.h"

namespace ddblog::event_patterns {

// An IP address or the end of a range of them: 4 or 16 bytes.
using AddressBytes = std::string;
std::optional<AddressBytes> readAddress(std::string_view text);

class ValueMatcher {
 public:
  static ValueMatcher exact(Scalar value);
  static ValueMatcher prefix(std::string text, bool ignore_case);
  static ValueMatcher suffix(std::string text, bool ignore_case);
  static ValueMatcher equalsIgnoreCase(std::string_view text);
  // The text between the stars, in order: "a*b" is {"a", "b"}.
  static ValueMatcher wildcard(std::vector<std::string> between_stars);
  // The range from low to high; `low_open` and `high_open` exclude an end; std::nullopt: no limit.
  static ValueMatcher numericRange(std::optional<Decimal> low, bool low_open, std::optional<Decimal> high,
                                   bool high_open);
  static ValueMatcher addressRange(AddressBytes low, AddressBytes high);
  static ValueMatcher exists();
  static ValueMatcher absent();
  static ValueMatcher anythingBut(std::vector<ValueMatcher> none_of);

  bool matches(const Scalar& value) const;
  // The value that equals only itself in all spellings; nullptr: another condition, or an IP address.
  const Scalar* exactValue() const { return kind_ == Kind::kExact && low_address_.empty() ? &value_ : nullptr; }
  // Whether this is {"exists": false}, which holds if there is no value.
  bool wantsAbsence() const { return kind_ == Kind::kAbsent; }

 private:
  enum class Kind {
    kExact,
    kPrefix,
    kSuffix,
    kEqualsIgnoreCase,
    kWildcard,
    kNumericRange,
    kAddressRange,
    kExists,
    kAbsent,
    kAnythingBut
  };
  explicit ValueMatcher(Kind kind) : kind_(kind) {}
  bool matchesString(std::string_view text) const;
  bool matchesWildcard(std::string_view text) const;
  bool isInRange(const Decimal& number) const;

  Kind kind_;
  bool ignore_case_ = false;
  Scalar value_;
  std::vector<std::string> parts_;
  std::optional<Decimal> low_, high_;
  bool low_open_ = false, high_open_ = false;
  AddressBytes low_address_, high_address_;
  std::vector<ValueMatcher> none_of_;
};

}  // namespace ddblog::event_patterns
