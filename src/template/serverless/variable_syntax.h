// The syntax of the Serverless Framework's variables.
//
//   ${type:address}                 ${self:custom.table}
//   ${type(parameters):address}     ${file(./tables.yml):Resources}, ${strToBool(${env:DEBUG})}
//   ${source, source, …}            the first one that has a value: ${opt:stage, self:provider.stage, 'dev'}
//
// Addresses and parameters may contain variables. A fallback may also be a literal: a text in
// quotes, a number, true, false or null. Files of older versions have words without quotes, too:
// ${opt:stage, dev}. What has no type, such as ${AWS::Region} and ${Table.Arn},
// belongs to CloudFormation and stays as it is. \${ is a ${ that is no variable.
// Source: https://www.serverless.com/framework/docs/guides/variables
//
// Thread safety: a stateless function.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"

namespace ddblog::templates::serverless {

struct Variable;

// A text: literal pieces and variables in turn.
using VariableText = std::vector<std::variant<std::string, std::shared_ptr<const Variable>>>;

struct VariableSource {
  std::optional<json::value> literal;        // if set, nothing else is
  std::shared_ptr<const Variable> variable;  // a fallback that is written as a variable: ${a:b, ${c:d}}
  std::string type;                          // "self"
  std::optional<std::vector<VariableText>> parameters;
  std::optional<VariableText> address;
};

struct Variable {
  std::vector<VariableSource> sources;
  std::string written;  // "${self:custom.table}"
};

// std::nullopt: no variables and no escapes, so the text is its own value. Throws
// std::invalid_argument with a message for people.
std::optional<VariableText> parseVariables(std::string_view text);

}  // namespace ddblog::templates::serverless
