// DynamoDB's 573 reserved words, in any letter case. An attribute with such a name needs a #name in
// expressions.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
#pragma once

#include <string_view>

namespace ddblog {

bool isReservedWord(std::string_view name);

}  // namespace ddblog
