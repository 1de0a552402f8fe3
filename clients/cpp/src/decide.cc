// EventLog::decide: load, decide, append.
#include <algorithm>

#include "clients/cpp/src/snapshots.h"
#include "ddblog/event_log.h"
#include "ddblog/names.h"

namespace ddblog {
namespace {

constexpr std::chrono::milliseconds kDecidePause{20};  // after a lost race, for each loss so far
constexpr int kMostDecidePauses = 10;                  // of that

}  // namespace

DecidedAppend EventLog::decide(std::string_view log, std::string_view id, DecisionSteps& steps,
                               const DecideOptions& options, const SnapshotOptions* snapshot) {
  if (options.retries < 0) throw InvalidArgument("`retries` is negative", "decide");
  std::optional<Snapshots> snapshots;
  if (snapshot) snapshots.emplace(*transport_, read_model_table_, log, id, *snapshot);
  std::uint64_t version = 0;
  if (const auto stored = snapshots ? snapshots->load() : std::nullopt) {
    steps.restore(stored->state);
    version = stored->version;
  }
  const auto evolveTo = [&](std::uint64_t last) {
    read(log, id, {.from = version + 1, .to = last}, [&](const Event& event) {
      if (event.type == names::kDeletedType) throw StreamDeleted(event.log, event.id, event.version);
      steps.evolve(event);
      version = event.version;
      return true;
    });
  };
  for (int losses = 0;; ++losses) {
    evolveTo(0);
    if (options.expected_version && *options.expected_version != version) {
      throw VersionConflict(std::string(log), std::string(id), Expected::version(*options.expected_version), version);
    }
    const std::vector<NewEvent> events = steps.decide();
    if (events.empty()) return {version, {}, false};
    std::optional<AppendResult> result;
    try {
      result = appendAll(log, id, events, Expected::version(version));
    } catch (const VersionConflict&) {
      if (losses == options.retries || options.expected_version) throw;
    }
    if (result) {
      evolveTo(result->version);
      if (snapshots) snapshots->save(version, [&] { return steps.snapshot(); });
      return {result->version, std::move(result->events), result->appended};
    }
    environment_->pause(environment_->jitter(kDecidePause * std::min(losses + 1, kMostDecidePauses)));
  }
}

}  // namespace ddblog
