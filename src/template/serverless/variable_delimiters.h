// `provider.variableSyntax`: versions 1 and 2 of the framework let a service write its variables in
// another way than ${…}, so that ${…} is left to CloudFormation. The value is a regular expression of
// JavaScript with one group:
//
//   \${{([\s\S]+?)}}     ${{self:service}}       \${([ ~:a-zA-Z0-9]+?)}     ${self:service}
//
// Of the expression only what is before and behind the group counts.
// Source: https://github.com/serverless/serverless/blob/v1.83.3/docs/providers/aws/guide/variables.md
//
// Thread safety: stateless functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "template/serverless/tree.h"

namespace ddblog::templates::serverless {

struct VariableDelimiters {
  std::string open;   // "${{"
  std::string close;  // "}}"
};

// std::nullopt: those are ${ and }, or the expression has no group.
std::optional<VariableDelimiters> delimitersOf(std::string_view expression);

// The text with its variables written as ${…}, and with what was a ${ of CloudFormation as \${.
std::string withUsualDelimiters(std::string_view text, const VariableDelimiters& delimiters);
// The same in all texts of a tree.
void useUsualDelimiters(Tree& tree, const VariableDelimiters& delimiters);

}  // namespace ddblog::templates::serverless
