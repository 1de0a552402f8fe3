#include "services/dynamodb/items/member_checks.h"

#include <algorithm>
#include <array>

#include "services/dynamodb/core/table_name.h"

namespace ddblog::dynamodb {
namespace {

std::string brokenAt(std::string_view path, std::string_view value, std::string_view constraint) {
  std::string words = "Value '";
  words.append(value).append("' at '").append(path).append("' failed to satisfy constraint: ").append(constraint);
  return words;
}

OptionalString wrongLength(std::string_view name, std::string_view path = "tableName") {
  if (name.size() < kShortestName) {
    return brokenAt(path, name, "Member must have length greater than or equal to 3");
  }
  if (name.size() > kLongestName) {
    return brokenAt(path, name, "Member must have length less than or equal to 255");
  }
  return std::nullopt;
}

OptionalString wrongLetters(std::string_view name, std::string_view path = "tableName") {
  if (hasNameLetters(name)) return std::nullopt;
  return brokenAt(path, name, "Member must satisfy regular expression pattern: " + std::string(kNamePattern));
}

// A longer ARN is rejected as an invalid name.
bool isTableArn(std::string_view name) { return isArn(name) && name.size() <= kLongestTableArn; }

}  // namespace

void MemberChecks::present(bool is_there, std::string_view path) {
  if (is_there) return;
  broken("Value null at '" + std::string(path) + "' failed to satisfy constraint: Member must not be null");
}

void MemberChecks::tableName(const OptionalString& name) {
  if (!name) return present(false, "tableName");
  if (isTableArn(*name)) return;
  if (auto words = wrongLength(*name)) {
    broken(std::move(*words));
  } else if (auto letters = wrongLetters(*name)) {
    broken(std::move(*letters));
  }
}

void MemberChecks::wholeTableName(const OptionalString& name) {
  if (!name) return present(false, "tableName");
  if (isTableArn(*name)) return;
  if (auto words = wrongLetters(*name)) broken(std::move(*words));
  if (auto words = wrongLength(*name)) broken(std::move(*words));
}

void MemberChecks::nestedTableName(const std::string& name, std::string_view path) {
  if (isTableArn(name)) return;
  if (auto words = wrongLength(name, path)) broken(std::move(*words));
  if (auto words = wrongLetters(name, path)) broken(std::move(*words));
}

bool MemberChecks::isTableName(std::string_view name) { return isTableArn(name) || isName(name); }

void MemberChecks::emptyTableName(const OptionalString& name) {
  if (name != "") return;
  broken("Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1");
}

void MemberChecks::oneOf(const OptionalString& given, std::string_view path, std::string_view values) {
  if (!given) return;
  for (std::string_view rest = values; !rest.empty();) {
    const std::size_t comma = rest.find(", ");
    if (rest.substr(0, comma) == *given) return;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 2);
  }
  broken(brokenAt(path, *given, "Member must satisfy enum value set: [" + std::string(values) + "]"));
}

void MemberChecks::capacity(const OptionalString& given) {
  oneOf(given, "returnConsumedCapacity", "INDEXES, TOTAL, NONE");
}

void MemberChecks::metrics(const OptionalString& given) { oneOf(given, "returnItemCollectionMetrics", "SIZE, NONE"); }

void MemberChecks::onFailure(const OptionalString& given) {
  oneOf(given, "returnValuesOnConditionCheckFailure", "ALL_OLD, NONE");
}

void MemberChecks::select(const OptionalString& given) {
  oneOf(given, "select", "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES");
}

void MemberChecks::atLeast(const std::optional<std::int64_t>& given, std::string_view name, std::int64_t least) {
  if (!given || *given >= least) return;
  broken("Value at '" + std::string(name) +
         "' failed to satisfy constraint: Member must have value greater than or equal to " + std::to_string(least));
}

void MemberChecks::atMost(const std::optional<std::int64_t>& given, std::string_view name, std::int64_t most) {
  if (!given || *given <= most) return;
  broken("Value at '" + std::string(name) +
         "' failed to satisfy constraint: Member must have value less than or equal to " + std::to_string(most));
}

void MemberChecks::numberLegacy(const std::optional<std::int64_t>& given, std::string_view path, std::int64_t least,
                                std::int64_t most) {
  if (!given) return;
  if (*given < least) {
    broken(brokenAt(path, std::to_string(*given),
                    "Member must have value greater than or equal to " + std::to_string(least)));
  } else if (*given > most) {
    broken(
        brokenAt(path, std::to_string(*given), "Member must have value less than or equal to " + std::to_string(most)));
  }
}

void MemberChecks::emptyTableNameLegacy(const OptionalString& name) {
  if (name == "") broken(brokenAt("tableName", "", "Member must have length greater than or equal to 1"));
}

void MemberChecks::conditionalOperator(const OptionalString& given) { oneOf(given, "conditionalOperator", "OR, AND"); }

void MemberChecks::returnValues(const OptionalString& given) {
  constexpr std::array<std::string_view, 5> kValues = {"NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"};
  if (!given || std::find(kValues.begin(), kValues.end(), *given) != kValues.end()) return;
  // AWS's message has "UPDATE_NEW" here.
  broken(
      "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, "
      "NONE]");
}

void MemberChecks::returnValuesLegacy(const OptionalString& given) {
  oneOf(given, "returnValues", "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW");
}

}  // namespace ddblog::dynamodb
