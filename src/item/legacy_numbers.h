// What the legacy validation (MessageStyle::kLegacy, wire_json.h) and PartiQL say of a number that is
// out of range. They read a number as a Java BigDecimal, whose scale has 32 bits, and compare a
// magnitude that has 32 bits too: an exponent just within them is an underflow, and a larger one is no
// number.
// Source: recordings of several regions in October 2026 by the conformance suite of paritysuite.org.
//
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

#include "base/api_error.h"

namespace ddblog {

// Whether the number's exponent has 32 bits, and its scale: the digits after the point less the
// exponent. `text`: a number as Decimal::parse reads it, whatever its exponent.
bool hasBigDecimalScale(std::string_view text);

// `error`: what Decimal::parse says of `text`.
std::string legacyNumberMessage(std::string_view text, const ApiError& error);

}  // namespace ddblog
