#include "cli/query/filter.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace ddblog::cli {
namespace {

constexpr std::array<std::string_view, 5> kOperators = {"and", "or", "not", "between", "in"};
constexpr std::array<std::string_view, 6> kFunctions = {
    "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"};

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNameBegin(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isName(char c) { return isNameBegin(c) || isDigit(c); }

template <std::size_t size>
bool isOneOf(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

json::object& objectIn(json::object& request, std::string_view name) {
  json::value& value = request[name];
  if (!value.is_object()) value.emplace_object();
  return value.get_object();
}

class Translation {
 public:
  explicit Translation(std::string_view text) : text_(text) {}

  void addTo(json::object& request) {
    for (skipSpaces(); place_ < text_.size(); skipSpaces()) take();
    if (expression_.empty()) throw std::invalid_argument("--filter is empty");
    request["FilterExpression"] = expression_;
    for (auto& [name, value] : names_) objectIn(request, "ExpressionAttributeNames")[name] = value;
    for (auto& [name, value] : values_) objectIn(request, "ExpressionAttributeValues")[name] = value;
  }

 private:
  char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\0'; }
  void skipSpaces() {
    while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\t' || text_[place_] == '\n')) ++place_;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument("--filter: " + what + " at character " + std::to_string(place_ + 1));
  }

  void take() {
    const char c = text_[place_];
    if (c == '\'' || c == '"') return addValue({{"S", takeQuoted(c)}});
    if (c == '`') return addName(takeQuoted(c));
    if (isDigit(c) || (c == '-' && isDigit(at(place_ + 1)))) return addValue({{"N", takeNumber()}});
    if (isNameBegin(c)) return takeWord();
    if (c == '[') return takeIndex();
    if (c == ':') fail("values are written as they are (type = 'signup'), so there are no placeholders: ':'");
    takeSymbol();
  }

  // The text in quotes; a quote inside is doubled.
  std::string takeQuoted(char quote) {
    std::string value;
    std::size_t i = place_ + 1;
    for (; i < text_.size(); ++i) {
      if (text_[i] == quote && at(i + 1) != quote) break;
      if (text_[i] == quote) ++i;
      value += text_[i];
    }
    if (i >= text_.size()) fail(std::string("the closing ") + quote + " is missing of what begins");
    place_ = i + 1;
    return value;
  }

  std::string takeNumber() {
    const std::size_t begin = place_++;
    while (isName(at(place_)) || at(place_) == '.' ||
           ((at(place_) == '-' || at(place_) == '+') && (at(place_ - 1) == 'e' || at(place_ - 1) == 'E'))) {
      ++place_;
    }
    return std::string(text_.substr(begin, place_ - begin));
  }

  void takeWord() {
    const std::size_t begin = place_;
    while (isName(at(place_))) ++place_;
    const std::string word(text_.substr(begin, place_ - begin));
    const std::string lower = lowerCase(word);
    const std::size_t after = place_;
    skipSpaces();
    const bool is_call = at(place_) == '(';
    place_ = after;
    const bool is_in_path = !expression_.empty() && expression_.back() == '.';
    if (is_in_path) return addName(word);
    if (is_call && isOneOf(kFunctions, lower)) return addText(lower);
    if (isOneOf(kOperators, lower)) return addText(lower);
    if (lower == "true" || lower == "false") return addValue({{"BOOL", lower == "true"}});
    if (lower == "null") return addValue({{"NULL", true}});
    addName(word);
  }

  void takeIndex() {
    const std::size_t begin = place_++;
    while (isDigit(at(place_))) ++place_;
    if (at(place_) != ']' || place_ == begin + 1)
      fail("a list's place must be a number in brackets, like tags[0]; it is not,");
    expression_ += text_.substr(begin, ++place_ - begin);
  }

  void takeSymbol() {
    const std::string_view two = text_.substr(place_, 2);
    if (two == "<=" || two == ">=" || two == "<>" || two == "==" || two == "!=") {
      addText(std::string(two == "==" ? "=" : two == "!=" ? "<>" : two));
      place_ += 2;
      return;
    }
    const char c = text_[place_];
    if (c == '.') {
      expression_ += c;
    } else if (std::string_view("=<>(),").find(c) != std::string_view::npos) {
      addText(std::string(1, c));
    } else {
      fail(std::string("there is no place in a filter for '") + c +
           (c == '-' ? "'; an attribute with it stands in backticks, like `detail-type`," : "'"));
    }
    ++place_;
  }

  void addText(const std::string& text) {
    if (!expression_.empty() && expression_.back() != '.') expression_ += ' ';
    expression_ += text;
  }

  void addName(const std::string& name) {
    std::size_t number = 0;
    while (number < names_.size() && names_[number].second != name) ++number;
    if (number == names_.size()) names_.emplace_back("#f" + std::to_string(number), name);
    addText(names_[number].first);
  }

  void addValue(json::object value) {
    values_.emplace_back(":f" + std::to_string(values_.size()), std::move(value));
    addText(values_.back().first);
  }

  const std::string_view text_;
  std::size_t place_ = 0;
  std::string expression_;
  std::vector<std::pair<std::string, std::string>> names_;
  std::vector<std::pair<std::string, json::object>> values_;
};

}  // namespace

void addFilter(json::object& request, std::string_view text) { Translation(text).addTo(request); }

}  // namespace ddblog::cli
