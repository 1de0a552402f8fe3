#include "template/serverless/variable_delimiters.h"

namespace ddblog::templates::serverless {

namespace {

std::string withoutBackslashes(std::string_view expression) {
  std::string text;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\\' && i + 1 < expression.size()) ++i;
    text += expression[i];
  }
  return text;
}

// Where the group that begins at `open` is closed; the size of the expression or more: nowhere.
std::size_t endOfGroup(std::string_view expression, std::size_t open) {
  int depth = 0;
  bool is_class = false;  // inside [ ]
  std::size_t i = open;
  for (; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\') ++i;
    if (c == '[') is_class = true;
    if (c == ']') is_class = false;
    if (c == '(' && !is_class) ++depth;
    if (c == ')' && !is_class && --depth == 0) break;
  }
  return i;
}

}  // namespace

std::optional<VariableDelimiters> delimitersOf(std::string_view expression) {
  std::size_t open = 0;
  while (open < expression.size() && expression[open] != '(') open += expression[open] == '\\' ? 2 : 1;
  const std::size_t close = endOfGroup(expression, open);
  if (close >= expression.size()) return std::nullopt;
  VariableDelimiters delimiters{withoutBackslashes(expression.substr(0, open)),
                                withoutBackslashes(expression.substr(close + 1))};
  const bool is_usual = delimiters.open == "${" && delimiters.close == "}";
  if (is_usual || delimiters.open.empty() || delimiters.close.empty()) return std::nullopt;
  return delimiters;
}

std::string withUsualDelimiters(std::string_view text, const VariableDelimiters& delimiters) {
  std::string usual;
  int depth = 0;
  while (!text.empty()) {
    std::size_t length = 1;
    if (text.starts_with(delimiters.open)) {
      length = delimiters.open.size();
      usual += "${";
      ++depth;
    } else if (depth > 0 && text.starts_with(delimiters.close)) {
      length = delimiters.close.size();
      usual += "}";
      --depth;
    } else if (depth == 0 && text.starts_with("${")) {
      length = 2;
      usual += "\\${";
    } else {
      usual += text[0];
    }
    text.remove_prefix(length);
  }
  return usual;
}

void useUsualDelimiters(Tree& tree, const VariableDelimiters& delimiters) {
  if (tree.isString()) tree.scalar = json::value(withUsualDelimiters(tree.string(), delimiters));
  for (Tree& element : tree.elements) useUsualDelimiters(element, delimiters);
  for (auto& member : tree.members) useUsualDelimiters(member.second, delimiters);
}

}  // namespace ddblog::templates::serverless
