// A version or an alias whose own settings (a policy, settings of asynchronous invocations) a request
// changes.
//
// Thread safety: pure functions, apart from the transaction; on the writer thread.
#pragma once

#include <string>

#include "services/lambda/functions/aliases.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

// "$LATEST", "7", "live".
inline std::string qualifierOf(const Function& function) {
  return function.alias.empty() ? function.version : function.alias;
}

// The RevisionId of a version, or of an alias.
inline std::string revisionIdOf(const Reader& reader, const Function& function) {
  if (function.alias.empty()) return function.revision_id;
  return findAlias(reader, function.name, function.alias)->revision_id;
}

// Stores the version's or alias's settings of asynchronous invocations as `function` has them, with a
// new RevisionId.
inline void putSettings(Context& context, Transaction& transaction, Function function) {
  function.revision_id = context.ids.uuid();
  if (!function.alias.empty()) {
    Alias alias = *findAlias(transaction, function.name, function.alias);
    alias.revision_id = function.revision_id;
    alias.asynchronous = function.asynchronous;
    putAlias(transaction, function.name, alias);
  } else if (function.version == kLatest) {
    context.functions.put(transaction, function);
  } else {
    context.functions.putVersion(transaction, function);
  }
}

}  // namespace ddblog::lambda
