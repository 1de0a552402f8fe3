#include "services/lambda/mappings/running_mappings.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace ddblog::lambda {

namespace {

// What makes another set of readers necessary.
std::string identityOf(const StoredMapping& mapping) {
  return mapping.function_name + " " + json::serialize(mapping.request);
}

}  // namespace

void RunningMappings::startAll() {
  {
    MutexLock lock(mutex_);
    started_ = true;
  }
  for (const StoredMapping& mapping : allMappings(*dependencies_.store.snapshot())) {
    if (mapping.is_being_deleted) {
      changed(mapping.uuid);
    } else {
      start(mapping);
    }
  }
}

void RunningMappings::changed(const std::string& uuid) {
  {
    MutexLock lock(mutex_);
    if (!started_ || stopping_) return;
  }
  changes_.post([this, uuid] {
    try {
      follow(uuid);
    } catch (const std::exception& error) {  // the store fails; the next start finds it out again
      dependencies_.log("lambda: the event source mapping " + uuid + " could not apply its change: " + error.what());
    }
  });
}

void RunningMappings::follow(const std::string& uuid) {
  const auto stored = findMapping(*dependencies_.store.snapshot(), uuid);
  bool runs_so = false;
  {
    MutexLock lock(mutex_);
    if (stopping_) return;
    const Entry* running = find(uuid);
    runs_so = running && stored && !stored->is_being_deleted && running->request == identityOf(*stored);
  }
  if (runs_so) return;
  end(uuid);
  if (!stored || isStopping()) return;
  if (stored->is_being_deleted) {
    dependencies_.store.writeAndWait([&](Transaction& transaction) { finishDeletion(transaction, *stored); });
  } else {
    start(*stored);
  }
}

void RunningMappings::start(const StoredMapping& stored) {
  try {
    MappingSettings settings = readMappingSettings(stored.request);
    settings.function_name = stored.function_name;
    const auto mapping = std::make_shared<EventSourceMapping>(dependencies_, std::move(settings));
    mapping->start();
    MutexLock lock(mutex_);
    entries_.push_back({mapping->uuid(), identityOf(stored), mapping});
    if (stopping_) mapping->requestStop();
  } catch (const std::exception& error) {  // the function or the source no longer exists
    dependencies_.log("lambda: the event source mapping " + json::serialize(stored.request) +
                      " does not run: " + error.what());
  }
}

void RunningMappings::end(const std::string& uuid) {
  Pointer mapping;
  {
    MutexLock lock(mutex_);
    if (const Entry* running = find(uuid)) mapping = running->mapping;
  }
  if (!mapping) return;
  mapping->requestStop();
  mapping->join();
  dependencies_.store.drain();  // its checkpoints refer to it
  MutexLock lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.uuid == uuid; });
}

const RunningMappings::Entry* RunningMappings::find(const std::string& uuid) const {
  const auto found = std::ranges::find(entries_, uuid, &Entry::uuid);
  return found == entries_.end() ? nullptr : &*found;
}

bool RunningMappings::isStopping() const {
  MutexLock lock(mutex_);
  return stopping_;
}

std::vector<RunningMappings::Pointer> RunningMappings::all() const {
  MutexLock lock(mutex_);
  std::vector<Pointer> mappings;
  for (const Entry& entry : entries_) mappings.push_back(entry.mapping);
  return mappings;
}

void RunningMappings::requestStop() {
  MutexLock lock(mutex_);
  stopping_ = true;
  for (const Entry& entry : entries_) entry.mapping->requestStop();
}

void RunningMappings::join() {
  changes_.stop();
  for (const Pointer& mapping : all()) mapping->join();
}

std::string RunningMappings::stateOf(const StoredMapping& mapping) const {
  if (mapping.is_being_deleted) return "Deleting";
  const bool is_enabled = readMappingSettings(mapping.request).enabled;
  MutexLock lock(mutex_);
  const Entry* running = find(mapping.uuid);
  if (!running) return "Creating";
  if (running->request == identityOf(mapping)) return is_enabled ? "Enabled" : "Disabled";
  if (is_enabled != running->mapping->settings().enabled) return is_enabled ? "Enabling" : "Disabling";
  return "Updating";
}

std::string RunningMappings::lastResultOf(const StoredMapping& mapping) const {
  MutexLock lock(mutex_);
  const Entry* running = find(mapping.uuid);
  return running ? running->mapping->lastResult() : "No records processed";
}

}  // namespace ddblog::lambda
