#include "item/name_rule.h"

#include <algorithm>

namespace ddblog {
namespace {

bool isNameLetter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '_' || letter == '.' || letter == '-';
}

}  // namespace

bool hasNameLetters(std::string_view name) { return std::all_of(name.begin(), name.end(), isNameLetter); }

bool hasNameLength(std::string_view name) { return name.size() >= kShortestName && name.size() <= kLongestName; }

bool isName(std::string_view name) { return hasNameLength(name) && hasNameLetters(name); }

bool isArn(std::string_view name_or_arn) { return name_or_arn.starts_with("arn:"); }

}  // namespace ddblog
