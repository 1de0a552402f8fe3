// The 573 words that no attribute may be called in an expression, in any case of letters; they need
// a #name.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
#pragma once

#include <string_view>

namespace ddblog {

bool isReservedWord(std::string_view name);

}  // namespace ddblog
