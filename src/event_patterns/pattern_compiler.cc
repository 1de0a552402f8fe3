// Pattern::compile: converts an event pattern's text to alternatives of fields, in the order and
// with the errors of AWS's compiler (https://github.com/aws/event-ruler, JsonRuleCompiler).
#include <algorithm>
#include <array>
#include <charconv>

#include "event_patterns/limits.h"
#include "event_patterns/pattern.h"
#include "event_patterns/pattern_reader.h"
#include "event_patterns/wildcard.h"

namespace ddblog::event_patterns {
namespace {

using Token = PatternToken;

constexpr std::string_view kOr = "$or";
// Names with a meaning inside a condition; inside $or they cannot be fields.
constexpr std::array<std::string_view, 14> kReserved = {"exactly",
                                                        "equals-ignore-case",
                                                        "prefix",
                                                        "suffix",
                                                        "anything-but",
                                                        "exists",
                                                        "wildcard",
                                                        "numeric",
                                                        "=",
                                                        "<",
                                                        "<=",
                                                        ">",
                                                        ">=",
                                                        "cidr"};
const Decimal kLargest = Decimal(5'000'000'000);  // the largest number in a numeric range

Decimal rangeNumber(PatternReader& reader) {
  std::optional<Decimal> number = Scalar::ofNumber(reader.text()).number;
  if (!number || *number > kLargest || *number < -kLargest) {
    reader.refuse("Value must be between -5.0E9 and 5.0E9, inclusive");
  }
  return *number;
}

// The conditions of one field: the elements of its array.
class ConditionCompiler {
 public:
  explicit ConditionCompiler(PatternReader& reader) : reader_(reader) {}

  std::vector<ValueMatcher> run() {
    std::vector<ValueMatcher> conditions;
    for (Token token = reader_.next(); token != Token::kEndArray; token = reader_.next()) {
      switch (token) {
        case Token::kStartObject:
          conditions.push_back(expression());
          break;
        case Token::kString:
        case Token::kNumber:
        case Token::kTrue:
        case Token::kFalse:
        case Token::kNull:
          conditions.push_back(ValueMatcher::exact(scalar(token)));
          break;
        default:
          reader_.refuse("Match value must be String, number, true, false, or null");
      }
    }
    if (conditions.empty()) reader_.refuse("Empty arrays are not allowed");
    return conditions;
  }

 private:
  Scalar scalar(Token token) {
    switch (token) {
      case Token::kString:
        return Scalar::string(reader_.text());
      case Token::kNumber:
        return Scalar::ofNumber(reader_.text());
      case Token::kTrue:
        return {JsonKind::kTrue, "true", {}};
      case Token::kFalse:
        return {JsonKind::kFalse, "false", {}};
      default:
        return {JsonKind::kNull, "null", {}};
    }
  }

  // Reads {"<operator>": …} after its opening brace.
  ValueMatcher expression() {
    if (reader_.next() != Token::kName) reader_.refuse("Match expression name not found");
    const std::string name = reader_.text();
    if (name == "numeric") return numeric();
    if (name == "anything-but") return anythingBut();
    ValueMatcher matcher = simple(name);
    end();
    return matcher;
  }

  // The operators whose value is a single token.
  ValueMatcher simple(const std::string& name) {
    if (name == "exactly") return ValueMatcher::exact(Scalar::string(string("exact match pattern must be a string")));
    if (name == "prefix" || name == "suffix") return affix(name);
    if (name == "exists") return exists();
    if (name == "cidr") return addressRange(string("prefix match pattern must be a string"));
    if (name == "equals-ignore-case") {
      return ValueMatcher::equalsIgnoreCase(string("equals-ignore-case match pattern must be a string"));
    }
    if (name == "wildcard") return wildcard(string("wildcard match pattern must be a string"));
    reader_.refuse("Unrecognized match type " + name);
  }

  ValueMatcher affix(const std::string& name) {
    const bool is_prefix = name == "prefix";
    if (reader_.next() != Token::kStartObject) {
      const std::string text = currentString(name + " match pattern must be a string");
      return is_prefix ? ValueMatcher::prefix(text, false) : ValueMatcher::suffix(text, false);
    }
    if (reader_.next() != Token::kName) {
      reader_.refuse((is_prefix ? "Prefix" : "Suffix") + std::string(" expression name not found"));
    }
    if (reader_.text() != "equals-ignore-case") {
      reader_.refuse("Unsupported " + name + " pattern: " + reader_.text());
    }
    const std::string text = string("equals-ignore-case match pattern must be a string");
    end();
    return is_prefix ? ValueMatcher::prefix(text, true) : ValueMatcher::suffix(text, true);
  }

  ValueMatcher exists() {
    const Token token = reader_.next();
    if (token == Token::kTrue) return ValueMatcher::exists();
    if (token == Token::kFalse) return ValueMatcher::absent();
    reader_.refuse("exists match pattern must be either true or false.");
  }

  ValueMatcher wildcard(const std::string& text) {
    try {
      std::vector<std::string> parts = readWildcard(text);
      refuseComplexWildcard(parts);
      return ValueMatcher::wildcard(std::move(parts));
    } catch (const WildcardError& error) {
      reader_.refuse(error.what());
    }
  }

  ValueMatcher addressRange(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos || text.find('/', slash + 1) != std::string::npos || slash + 1 == text.size()) {
      throw invalidPattern("Malformed CIDR, one '/' required");
    }
    int bits = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data() + slash + 1, last, bits);
    if (error != std::errc() || end != last) throw invalidPattern("Malformed CIDR, mask bits must be an integer");
    if (bits < 0) throw invalidPattern("Malformed CIDR, mask bits must not be negative");
    const std::string address_text = text.substr(0, slash);
    const auto low = readAddress(address_text);
    if (!low) throw invalidPattern("Nonstandard IP address: " + address_text);
    if (low->size() == 4 && bits > 32) throw invalidPattern("IPv4 mask bits must be < 32");
    if (low->size() == 16 && bits > 128) throw invalidPattern("IPv6 mask bits must be < 128");
    AddressBytes high = *low;
    for (int bit = bits; bit < static_cast<int>(high.size()) * 8; ++bit) {
      high[static_cast<std::size_t>(bit / 8)] |= static_cast<char>(0x80 >> (bit % 8));
    }
    return ValueMatcher::addressRange(*low, high);
  }

  ValueMatcher numeric() {
    if (reader_.next() != Token::kStartArray) reader_.refuse("Value of numeric must be an array.");
    if (reader_.next() != Token::kString) reader_.refuse("Invalid member in numeric match: " + reader_.text());
    const std::string op = reader_.text();
    if (op != "=" && op != ">" && op != ">=" && op != "<" && op != "<=") {
      reader_.next();
      reader_.refuse("Unrecognized numeric range operator: " + op);
    }
    if (reader_.next() != Token::kNumber) {
      reader_.refuse("Value of " + (op == "=" ? std::string("equals") : op) + " must be numeric");
    }
    const Decimal number = rangeNumber(reader_);
    const Token token = reader_.next();
    ValueMatcher matcher = numericFrom(op, number, token);
    if (reader_.next() != Token::kEndObject) reader_.refuse("Too many elements in numeric expression");
    return matcher;
  }

  ValueMatcher numericFrom(const std::string& op, const Decimal& number, Token after) {
    const bool open = op == ">" || op == "<";
    if (op == ">" || op == ">=") {
      if (after != Token::kEndArray) return numericBetween(number, open, after);
      return ValueMatcher::numericRange(number, open, kLargest, false);
    }
    if (after != Token::kEndArray) reader_.refuse("Too many elements in numeric expression");
    if (op == "=") return ValueMatcher::numericRange(number, false, number, false);
    return ValueMatcher::numericRange(-kLargest, false, number, open);
  }

  ValueMatcher numericBetween(const Decimal& low, bool low_open, Token token) {
    if (token != Token::kString) reader_.refuse("Bad value in numeric range: " + reader_.text());
    const std::string op = reader_.text();
    if (op != "<" && op != "<=") reader_.refuse("Bad numeric range operator: " + op);
    if (reader_.next() != Token::kNumber) reader_.refuse("Value of " + op + " must be numeric");
    const Decimal high = rangeNumber(reader_);
    if (reader_.next() != Token::kEndArray) reader_.refuse("Too many terms in numeric range expression");
    if (low >= high) reader_.refuse("Bottom must be less than top");
    return ValueMatcher::numericRange(low, low_open, high, op == "<");
  }

  ValueMatcher anythingBut() {
    std::string op;  // empty: plain values
    Token token = reader_.next();
    if (token == Token::kStartObject) {
      if (reader_.next() != Token::kName) reader_.refuse("Anything-But expression name not found");
      op = reader_.text();
      if (op != "equals-ignore-case" && op != "prefix" && op != "suffix" && op != "wildcard") {
        reader_.refuse("Unsupported anything-but pattern: " + op);
      }
      token = reader_.next();
    }
    if (token != Token::kStartArray && token != Token::kString && token != Token::kNumber) {
      reader_.refuse("Value of anything-but must be an array or single string/number value.");
    }
    ValueMatcher matcher =
        ValueMatcher::anythingBut(token == Token::kStartArray ? exceptions(op) : std::vector{exception(op, token)});
    if (reader_.next() != Token::kEndObject) reader_.refuse("Too many elements in numeric expression");
    if (!op.empty() && reader_.next() != Token::kEndObject) reader_.refuse("Too many elements in numeric expression");
    return matcher;
  }

  // Reads the list of anything-but after its opening bracket.
  std::vector<ValueMatcher> exceptions(const std::string& op) {
    std::vector<ValueMatcher> all;
    bool has_number = false;
    bool has_string = false;
    for (Token token = reader_.next(); token != Token::kEndArray; token = reader_.next()) {
      has_number |= token == Token::kNumber;
      has_string |= token == Token::kString;
      if (op.empty() && token != Token::kNumber && token != Token::kString) {
        refuseInList("Inside anything but list, start|null|boolean is not supported.");
      }
      if (!op.empty() && token != Token::kString) refuseInList(notAString(op));
      all.push_back(exception(op, token));
    }
    if (op.empty() && has_number == has_string) {
      reader_.refuse("Inside anything but list, either all values are number or string, mixed type is not supported");
    }
    return all;
  }

  ValueMatcher exception(const std::string& op, Token token) {
    if (op.empty()) return ValueMatcher::exact(scalar(token));
    const std::string text = currentString(notAString(op));
    if (op == "equals-ignore-case") return ValueMatcher::equalsIgnoreCase(text);
    if (op == "wildcard") return wildcard(text);
    if (text.empty()) reader_.refuse("Null prefix/suffix not allowed");
    return op == "prefix" ? ValueMatcher::prefix(text, false) : ValueMatcher::suffix(text, false);
  }

  static std::string notAString(const std::string& op) {
    if (op == "equals-ignore-case") {
      return "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
    }
    return op == "wildcard" ? "wildcard match pattern must be a string"
                            : "prefix/suffix match pattern must be a string";
  }

  // AWS's compiler wraps its own error inside a list in another one, so the position appears twice.
  [[noreturn]] void refuseInList(std::string_view reason) { reader_.refuse(reader_.located(reason)); }

  std::string string(std::string_view otherwise) {
    reader_.next();
    return currentString(otherwise);
  }

  std::string currentString(std::string_view otherwise) {
    if (reader_.current() != Token::kString) reader_.refuse(otherwise);
    return reader_.text();
  }

  void end() {
    if (reader_.next() != Token::kEndObject) reader_.refuse("Only one key allowed in match expression");
  }

  PatternReader& reader_;
};

}  // namespace

// Walks the pattern's objects. Each $or multiplies the alternatives.
class PatternCompiler {
 public:
  using Alternatives = std::vector<Pattern::Fields>;

  explicit PatternCompiler(std::string_view text) : reader_(text) {}

  Pattern run() {
    if (reader_.next() != Token::kStartObject) reader_.refuse("Filter is not an object");
    Alternatives alternatives;
    object(alternatives, "", false);
    Pattern pattern;
    pattern.alternatives_ = std::move(alternatives);
    return pattern;
  }

 private:
  void object(Alternatives& alternatives, const std::string& path, bool inside_or) {
    bool has_fields = false;
    while (reader_.next() != Token::kEndObject) {
      has_fields = true;
      const std::string name = reader_.text();
      if (name == kOr) {
        either(alternatives, path);
        continue;
      }
      if (inside_or && std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) {
        reader_.refuse(name + " is Ruler reserved fieldName which cannot be used inside $or.");
      }
      const std::string field_path = path.empty() ? name : path + "." + name;
      switch (reader_.next()) {
        case Token::kStartObject:
          object(alternatives, field_path, inside_or);
          break;
        case Token::kStartArray:
          add(alternatives, field_path);
          break;
        default:
          reader_.refuse("\"" + name + "\" must be an object or an array");
      }
    }
    if (!has_fields) reader_.refuse("Empty objects are not allowed");
  }

  void add(Alternatives& alternatives, const std::string& path) {
    const auto conditions = std::make_shared<const std::vector<ValueMatcher>>(ConditionCompiler(reader_).run());
    if (alternatives.empty()) alternatives.emplace_back();
    for (Pattern::Fields& fields : alternatives) fields[path] = conditions;
  }

  // "$or": [{…}, {…}]
  void either(Alternatives& alternatives, const std::string& path) {
    Alternatives before = std::move(alternatives);
    if (before.empty()) before.emplace_back();
    alternatives.clear();
    if (reader_.next() != Token::kStartArray) reader_.refuse("It must be an Array followed with $or.");
    int branches = 0;
    for (Token token = reader_.next(); token != Token::kEndArray; token = reader_.next()) {
      ++branches;
      if (token != Token::kStartObject) reader_.refuse("Only JSON object is allowed in array of $or relationship.");
      Alternatives branch = before;
      object(branch, path, true);
      alternatives.insert(alternatives.end(), branch.begin(), branch.end());
      if (alternatives.size() > limits::kPatternAlternatives) {
        throw invalidPattern("Rule is too complex - try using fewer combinations of $or");
      }
    }
    if (branches < 2) reader_.refuse("There must have at least 2 Objects in $or relationship.");
  }

  PatternReader reader_;
};

Pattern Pattern::compile(std::string_view text) { return PatternCompiler(text).run(); }

}  // namespace ddblog::event_patterns
