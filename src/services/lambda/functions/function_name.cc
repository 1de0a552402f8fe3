#include "services/lambda/functions/function_name.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace ddblog::lambda {

namespace {

constexpr std::size_t kLongestName = 256;
constexpr std::size_t kLongestQualifier = 128;
constexpr std::string_view kNamePattern =
    R"((arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?)"
    R"(([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?)";
constexpr std::string_view kQualifierPattern = R"(\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+)";

using Parts = std::vector<std::string_view>;  // the text split at its colons

bool isOf(std::string_view text, std::string_view further) {
  return !text.empty() && std::ranges::all_of(text, [&](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || further.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool isDigits(std::string_view text, std::size_t count) {
  return text.size() == count && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c); });
}

bool isLetters(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::islower(c); });
}

// "eu-west-1", "us-gov-west-1", "us-isob-east-1".
bool isRegion(std::string_view text) {
  Parts parts;
  while (true) {
    const std::size_t end = std::min(text.find('-'), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  const bool is_special =
      parts.size() == 4 && (parts[1] == "gov" || (parts[1].starts_with("iso") && parts[1].size() <= 4));
  if (parts.size() != 3 && !is_special) return false;
  return parts[0].size() == 2 && std::ranges::all_of(parts.begin(), parts.end() - 1, isLetters) &&
         isDigits(parts.back(), 1);
}

bool isPartition(std::string_view text) {
  if (text.empty()) return true;
  return text.starts_with("aws") &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalpha(c) || c == '-'; });
}

bool isNameWithQualifier(const Parts& parts, std::size_t at) {
  const std::size_t count = parts.size() - at;
  if (count < 1 || count > 2 || !isOf(parts[at], ".")) return false;
  if (count == 1) return true;
  const std::string_view qualifier = parts[at + 1];
  return qualifier == "$LATEST" || qualifier == "$LATEST.PUBLISHED" || isOf(qualifier, "");
}

// Whether the parts from `at` on are the optional parts from number `option` on (region, account,
// "function"), followed by a name. A name can look like any of them, so this tries both.
bool isTail(const Parts& parts, std::size_t at, int option) {
  if (at >= parts.size()) return false;
  if (option == 3) return isNameWithQualifier(parts, at);
  const std::string_view part = parts[at];
  const bool fits = option == 0 ? isRegion(part) : option == 1 ? isDigits(part, 12) : part == "function";
  return (fits && isTail(parts, at + 1, option + 1)) || isTail(parts, at, option + 1);
}

bool isFunctionName(std::string_view text) {
  Parts parts;
  while (parts.size() <= 8) {  // an ARN with a qualifier has 8
    const std::size_t end = std::min(text.find(':'), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  if (parts.size() > 8) return false;
  const bool is_arn = parts.size() > 3 && parts[0] == "arn" && isPartition(parts[1]) && parts[2] == "lambda";
  return (is_arn && isTail(parts, 3, 0)) || isTail(parts, 0, 0);
}

bool isQualifier(std::string_view text) { return text == "$LATEST.PUBLISHED" || isOf(text, "$"); }

}  // namespace

rpc::StringRule functionNameRule() {
  return {.max = kLongestName, .pattern = kNamePattern, .length_first = true, .fits_pattern = isFunctionName};
}

FunctionReference readFunctionReference(rpc::RequestReader& request) {
  FunctionReference reference;
  reference.name = request.pathParameter("FunctionName", functionNameRule());
  reference.qualifier = request
                            .query("Qualifier", {.max = kLongestQualifier,
                                                 .pattern = kQualifierPattern,
                                                 .length_first = true,
                                                 .fits_pattern = isQualifier})
                            .value_or("");
  return reference;
}

}  // namespace ddblog::lambda
