// The words that no name may be in a PartiQL statement, in any case of letters, unless it stands in
// double quotes: those of SQL-92 and PartiQL's own. (DynamoDB's reserved words of expressions are
// another list: PartiQL does not know it.) Source: the PartiQL specification,
// https://partiql.org/assets/PartiQL-Specification.pdf, and SQL-92.
#pragma once

#include <string_view>

namespace ddblog::partiql {

bool isKeyword(std::string_view lower_case);

// Keywords that call a function when a parenthesis follows.
bool isFunctionKeyword(std::string_view lower_case);

}  // namespace ddblog::partiql
