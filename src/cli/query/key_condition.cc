#include "cli/query/key_condition.h"

#include <algorithm>
#include <stdexcept>

#include "base/text.h"
#include "clients/cpp/src/payload_json.h"

namespace ddblog::cli {
namespace {

constexpr const char* kForms =
    "--sk must be a value, or one of '< V', '<= V', '> V', '>= V', 'begins_with V', 'between A B'";

// Without the quotes around it, if it has any.
std::string unquoted(std::string_view text) {
  const bool is_quoted =
      text.size() >= 2 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front();
  return std::string(is_quoted ? text.substr(1, text.size() - 2) : text);
}

// Takes the first word, or the first text in quotes, from `text`.
std::string takeWord(std::string_view& text) {
  text = trim(text);
  if (text.empty()) return {};
  std::size_t end = text.find(' ');
  if (text.front() == '\'' || text.front() == '"') {
    const std::size_t quote = text.find(text.front(), 1);
    if (quote == std::string_view::npos) throw std::invalid_argument(std::string(kForms) + "; a quote is missing");
    end = quote + 1;
  }
  const std::string word = unquoted(text.substr(0, end));
  text.remove_prefix(std::min(end, text.size()));
  return word;
}

bool takeKeyword(std::string_view& text, std::string_view keyword) {
  if (lowerCase(text.substr(0, keyword.size())) != keyword) return false;
  if (text.size() > keyword.size() && text[keyword.size()] != ' ') return false;
  text = trim(text.substr(keyword.size()));
  return true;
}

SortCondition between(std::string_view text) {
  const std::string least = takeWord(text);
  text = trim(text);
  takeKeyword(text, "and");
  const std::string most = takeWord(text);
  if (least.empty() || most.empty() || !trim(text).empty()) {
    throw std::invalid_argument(std::string(kForms) + ": between wants two values");
  }
  return {"between", {least, most}};
}

}  // namespace

SortCondition parseSortCondition(std::string_view text) {
  text = trim(text);
  if (takeKeyword(text, "between")) return between(text);
  SortCondition condition{"=", {}};
  if (takeKeyword(text, "begins_with")) {
    condition.comparison = "begins_with";
  } else {
    for (const std::string_view comparison : {"<=", ">=", "<", ">", "="}) {
      if (!text.starts_with(comparison)) continue;
      condition.comparison = comparison;
      text = trim(text.substr(comparison.size()));
      break;
    }
  }
  if (text.empty()) throw std::invalid_argument(std::string(kForms) + ": the value is missing");
  condition.values.push_back(unquoted(text));
  return condition;
}

json::object keyValue(const KeyAttribute& key, const std::string& text) {
  if (key.type == "N" && !isJsonNumber(text)) {
    throw std::invalid_argument("the key " + key.name + " is a number, and '" + text + "' is none");
  }
  return {{key.type, text}};
}

void addKeyCondition(json::object& request, const Keys& keys, const std::string& partition,
                     const std::optional<SortCondition>& sort) {
  std::string expression = "#kp = :kp";
  json::object names{{"#kp", keys.partition.name}};
  json::object values{{":kp", keyValue(keys.partition, partition)}};
  if (sort) {
    if (!keys.sort) throw std::invalid_argument("there is no sort key here, so --sk has no meaning");
    names["#ks"] = keys.sort->name;
    values[":ks"] = keyValue(*keys.sort, sort->values.front());
    if (sort->comparison == "begins_with") {
      expression += " AND begins_with(#ks, :ks)";
    } else if (sort->comparison == "between") {
      values[":ke"] = keyValue(*keys.sort, sort->values.back());
      expression += " AND #ks BETWEEN :ks AND :ke";
    } else {
      expression += " AND #ks " + sort->comparison + " :ks";
    }
  }
  request["KeyConditionExpression"] = expression;
  request["ExpressionAttributeNames"] = std::move(names);
  request["ExpressionAttributeValues"] = std::move(values);
}

}  // namespace ddblog::cli
