// Reading read models, and their generations: one is rebuilt while another one serves.
#include <algorithm>
#include <vector>

#include "base/parallel.h"
#include "base/thread_annotations.h"
#include "ddblog/event_log.h"
#include "ddblog/items.h"
#include "ddblog/projector.h"

namespace ddblog {
namespace {

constexpr std::chrono::milliseconds kFirstLook{10};  // of waitFor; then twice as long each time, up to
constexpr std::chrono::milliseconds kLongestLook{100};
constexpr std::string_view kPointer = "generation";  // the sort key of the item that says which one is current
constexpr std::size_t kStreamsAtOnce = 1000;         // so the streams of a log need not fit in memory

std::uint64_t versionSeen(const std::optional<Payload>& model) {
  return model && model->has("version") ? std::stoull(model->number("version")) : 0;
}

}  // namespace

std::string Projector::prefixOf(const std::string& generation) {
  if (generation.find('#') != std::string::npos) {
    throw InvalidArgument("a generation must not contain \"#\"", "generation");
  }
  return generation.empty() ? std::string() : generation + '/';
}

std::optional<Payload> Projector::getAt(const std::string& prefix, std::string_view id) const {
  const std::string key = keyAt(prefix, id);
  return getItem(*transport_, options_.read_model_table, key, key);
}

std::optional<Payload> Projector::get(std::string_view id) const { return getAt(prefix_, id); }

Payload Projector::waitFor(std::string_view id, std::uint64_t version, std::chrono::milliseconds timeout) const {
  std::chrono::milliseconds waited{0}, pause = kFirstLook;
  while (true) {
    std::optional<Payload> model = get(id);
    const std::uint64_t seen = versionSeen(model);
    if (model && seen >= version) return *std::move(model);
    if (waited >= timeout) throw WaitTimeout(keyOf(id), version, seen, timeout);
    pause = std::min(pause, timeout - waited);
    environment_->pause(pause);
    waited += pause;
    pause = std::min(2 * pause, kLongestLook);
  }
}

Rebuilt Projector::rebuild(const RebuildOptions& options) const {
  if (options.threads == 0) throw InvalidArgument("a rebuild needs a thread", "threads");
  Rebuilt rebuilt;
  Mutex mutex;
  std::vector<StreamState> streams;
  const auto catchAllUp = [&] {
    inParallel(streams.size(), options.threads, [&](std::size_t i) {
      const bool has_advanced = catchUp(streams[i].id, streams[i].version);
      MutexLock lock(mutex);
      ++rebuilt.streams;
      rebuilt.advanced += has_advanced ? 1 : 0;
      if (options.progress) options.progress(rebuilt.streams);
    });
    streams.clear();
  };
  EventLog(transport_, options_.log_table, environment_).streams(options_.log, [&](const StreamState& stream) {
    streams.push_back(stream);
    if (streams.size() == kStreamsAtOnce) catchAllUp();
    return true;
  });
  catchAllUp();
  return rebuilt;
}

std::string Projector::pointerKey() const { return "projection#" + options_.log + '#' + options_.type; }

void Projector::makeCurrent() const {
  ddblog::putItem(*transport_, options_.read_model_table,
                  "{\"pk\":" + quoteJson(pointerKey()) + ",\"sk\":" + quoteJson(kPointer) +
                      ",\"current\":" + quoteJson(options_.generation) + "}");
}

std::string Projector::currentGeneration() const {
  const auto pointer = getItem(*transport_, options_.read_model_table, pointerKey(), kPointer);
  return pointer && pointer->has("current") ? pointer->string("current") : std::string();
}

std::optional<Payload> Projector::getCurrent(std::string_view id) const {
  return getAt(prefixOf(currentGeneration()), id);
}

}  // namespace ddblog
