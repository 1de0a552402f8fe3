#include "services/lambda/operations/account.h"

#include "services/lambda/functions/errors.h"

namespace ddblog::lambda {

int reservedConcurrency(const Functions& functions, const Reader& reader) {
  int sum = 0;
  for (const FunctionPointer& function : functions.list(reader)) sum += function->reserved_concurrency.value_or(0);
  return sum;
}

void reserveConcurrency(Context& context, Transaction& transaction, const Function& latest,
                        std::optional<int> reserved) {
  for (const FunctionPointer& version : context.functions.versions(transaction, latest.name)) {
    Function changed = *version;
    changed.reserved_concurrency = reserved;
    context.functions.putVersion(transaction, changed);
  }
  Function changed = latest;
  changed.reserved_concurrency = reserved;
  changed.revision_id = context.ids.uuid();
  context.functions.put(transaction, changed);
}

void rejectQualifier(const FunctionReference& asked) {
  const std::size_t marker = asked.name.rfind("function:");
  const std::size_t name = marker == std::string::npos ? 0 : marker + 9;
  if (asked.qualifier.empty() && asked.name.find(':', name) == std::string::npos) return;
  throw invalidParameterValue(
      "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
      "Please "
      "specify either a function name or an unqualified function ARN.");
}

}  // namespace ddblog::lambda
