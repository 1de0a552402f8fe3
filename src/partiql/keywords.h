// PartiQL's reserved words, in any letter case: SQL-92's and its own. A name that is one of them
// must be in double quotes. (DynamoDB's reserved words for expressions are a different list, which
// does not apply to PartiQL.) Source: the PartiQL specification,
// https://partiql.org/assets/PartiQL-Specification.pdf, and SQL-92.
#pragma once

#include <string_view>

namespace ddblog::partiql {

bool isKeyword(std::string_view lower_case);

// Keywords that are function calls when followed by a parenthesis.
bool isFunctionKeyword(std::string_view lower_case);

}  // namespace ddblog::partiql
