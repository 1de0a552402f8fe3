#include "services/lambda/invocations/waiting_invocations.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "rpc/failures.h"
#include "services/lambda/functions/key_spaces.h"
#include "services/lambda/invocations/pending_invocation.h"
#include "store/key_space.h"

namespace ddblog::lambda {
namespace {

constexpr std::size_t kShownDelays = 10;

}  // namespace

rpc::Delays delaysOfInvocations(const Reader& reader, RunningTime next) {
  rpc::Delays delays;
  if (next == RunningTime::max()) return delays;
  const std::string all(1, static_cast<char>(key_spaces::kInvocationsDue));
  auto cursor = reader.cursor(all, endOfPrefix(all));
  for (; cursor->valid() && delays.size() < kShownDelays; cursor->next()) {
    LoadedPayloads payloads;
    const PendingInvocation pending = loadPending(reader, cursor->key(), cursor->value(), payloads);
    const std::string error = pending.last_error.empty() ? std::string() : ": " + rpc::errorLine(pending.last_error);
    rpc::addDelay(delays, "an invocation of " + pending.function_name + " waits for its next attempt" + error,
                  std::max(pending.position.due, next));
  }
  if (delays.empty()) rpc::addDelay(delays, "an asynchronous invocation waits for its next attempt", next);
  return delays;
}

}  // namespace ddblog::lambda
