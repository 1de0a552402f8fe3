#include "cli/replays/replay_flags.h"

#include <stdexcept>

#include "base/clock.h"
#include "base/ids.h"

namespace ddblog::cli {
namespace {

Timestamp timeOf(const std::string& option, const std::string& text) {
  try {
    return fromIso8601(text);
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(option + " is not a time: " + e.what());
  }
}

}  // namespace

eventbridge::ArchiveQuery queryOf(const ReplayFlags& flags) {
  eventbridge::ArchiveQuery query;
  if (!flags.from.empty()) query.from = timeOf("--from", flags.from);
  if (!flags.to.empty()) query.to = timeOf("--to", flags.to);
  if (query.from && query.to && *query.to < *query.from) throw std::invalid_argument("--to is before --from");
  query.logs = flags.logs;
  query.types = flags.types;
  return query;
}

std::string replayName(const ReplayFlags& flags) { return flags.name.empty() ? "replay-" + Ids().uuid() : flags.name; }

}  // namespace ddblog::cli
