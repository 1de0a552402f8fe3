#include "template/known_types.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>

namespace ddblog::templates {

// resource_types.txt, embedded by cmake/embed.cmake.
extern const std::string_view kResourceTypes;

namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

using Fields = std::array<std::string_view, 5>;

// A row of the table.
Fields fieldsOf(std::string_view line) {
  Fields fields;
  for (std::string_view& field : fields) {
    const std::size_t end = line.find(" |");
    field = trimmed(line.substr(0, end));
    line = end == std::string_view::npos ? std::string_view() : line.substr(end + 2);
  }
  return fields;
}

// The lines of the table by their types.
std::unordered_map<std::string_view, std::string_view> linesByType() {
  std::unordered_map<std::string_view, std::string_view> lines;
  for (std::string_view rest = kResourceTypes; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    lines.emplace(line.substr(0, line.find(' ')), line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

// "BucketPolicy" is "bucket-policy".
std::string kebab(std::string_view words) {
  std::string result;
  for (const char c : words) {
    const bool is_upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (is_upper && !result.empty()) result += '-';
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

KnownType commonForm(std::string_view type) {
  const std::size_t first = type.find("::");
  const std::size_t second = first == std::string_view::npos ? first : type.find("::", first + 2);
  std::string service = "cloudformation";
  std::string kind = "custom";
  if (type.starts_with("AWS::") && second != std::string_view::npos) {
    service = kebab(type.substr(first + 2, second - first - 2));
    std::erase(service, '-');
    kind = kebab(type.substr(second + 2));
  }
  return {"", "arn:aws:" + service + ":${Region}:${Account}:" + kind + "/${Name}", "${Name}", ""};
}

}  // namespace

std::optional<std::string_view> KnownType::patternOf(std::string_view attribute) const {
  for (std::string_view rest = attributes; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view one = rest.substr(0, end);
    const std::size_t sign = std::min(one.find('='), one.size());
    if (one.substr(0, sign) == attribute) return one.substr(std::min(sign + 1, one.size()));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

KnownType knownType(std::string_view type) {
  static const std::unordered_map<std::string_view, std::string_view> kLines = linesByType();
  const auto found = kLines.find(type);
  if (found == kLines.end()) return commonForm(type);
  const Fields fields = fieldsOf(found->second);
  return {fields[1], std::string(fields[2]), fields[3], fields[4]};
}

}  // namespace ddblog::templates
