// What all functions of the account share: the concurrency, of which some is reserved.
//
// Thread safety: pure functions, apart from the transaction; reserveConcurrency on the writer thread.
#pragma once

#include <optional>

#include "services/lambda/functions/function_name.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

// The sum of what functions have reserved.
int reservedConcurrency(const Functions& functions, const Reader& reader);
// Reserves concurrency for all versions of a function; std::nullopt: none.
void reserveConcurrency(Context& context, Transaction& transaction, const Function& latest,
                        std::optional<int> reserved);
// Throws InvalidParameterValueException if the request names a version or an alias.
void rejectQualifier(const FunctionReference& asked);

}  // namespace ddblog::lambda
