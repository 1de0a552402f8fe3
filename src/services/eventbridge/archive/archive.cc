#include "services/eventbridge/archive/archive.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "services/eventbridge/archive/key_spaces.h"
#include "services/eventbridge/archive/limits.h"
#include "store/key_space.h"

namespace ddblog::eventbridge {
namespace {

constexpr Duration kArchiveRetry{1000};

const std::string kQueueBegin = KeyBuilder(key_spaces::kArchiveQueue).str();
constexpr char kSeveralEvents = 1;  // the first byte of a record
static_assert(kSeveralEvents != static_cast<char>(key_spaces::kArchiveQueue));
const std::string kRowsKey = KeyBuilder(key_spaces::kArchiveRows).str();

// The number after the last one in the queue.
std::uint64_t firstFreeNumber(const Store& store) {
  const auto snapshot = store.snapshot();
  const auto last = snapshot->cursor(kQueueBegin, endOfPrefix(kQueueBegin), Direction::kBackward);
  return last->valid() ? KeyParser(last->key()).number() + 1 : 1;
}

std::string createdAt(std::uint64_t milliseconds) {
  return toIso8601(Timestamp(Duration(static_cast<std::int64_t>(milliseconds))), true);
}

void append(std::string& record, const Event& event, const std::vector<std::int64_t>& keepers, bool is_only_kept) {
  appendNumber<std::uint64_t>(record, static_cast<std::uint64_t>(event.time.time_since_epoch().count()));
  for (const std::string* text : {&event.log, &event.type, &event.id, &event.text}) appendText(record, *text);
  appendNumber<std::uint8_t>(record, is_only_kept);
  appendNumber<std::uint32_t>(record, static_cast<std::uint32_t>(keepers.size()));
  for (const std::int64_t keeper : keepers) appendNumber(record, keeper);
}

ArchivedEvent takeEvent(std::string_view& record) {
  ArchivedEvent event;
  event.created_at = createdAt(takeNumber<std::uint64_t>(record));
  event.log = takeText(record);
  event.type = takeText(record);
  event.event_id = takeText(record);
  event.event = takeText(record);
  event.is_only_kept = takeNumber<std::uint8_t>(record) != 0;
  for (auto left = takeNumber<std::uint32_t>(record); left > 0; --left) {
    event.keepers.push_back(takeNumber<std::int64_t>(record));
  }
  return event;
}

// Earlier versions stored each event by itself, and its keepers under a key of their own.
bool isOfAnEarlierVersion(std::string_view record) {
  return record.starts_with(static_cast<char>(key_spaces::kArchiveQueue));
}

ArchivedEvent eventOfAnEarlierVersion(std::string_view record) {
  KeyParser parser(record);
  ArchivedEvent event;
  event.created_at = createdAt(parser.number());
  event.log = parser.text();
  event.type = parser.text();
  event.event_id = parser.text();
  event.event = parser.rest();
  return event;
}

std::string keepersKey(std::uint64_t number) { return KeyBuilder(key_spaces::kArchiveKeepers).number(number).str(); }

void decodeKeepers(std::string_view stored, ArchivedEvent& event) {
  event.is_only_kept = takeNumber<std::uint8_t>(stored) != 0;
  while (!stored.empty()) event.keepers.push_back(takeNumber<std::int64_t>(stored));
}

std::vector<ArchivedEvent> eventsOf(std::string_view record) {
  std::vector<ArchivedEvent> events;
  if (isOfAnEarlierVersion(record)) {
    events.push_back(eventOfAnEarlierVersion(record));
  } else {
    for (record.remove_prefix(1); !record.empty();) events.push_back(takeEvent(record));
  }
  return events;
}

}  // namespace

// Rows are only ever added.
std::string missingRows(const Store& store, const ArchiveFile& file) {
  const auto stored = store.snapshot()->get(kRowsKey);
  if (!stored) return {};
  std::string_view bytes = *stored;
  const auto expected = takeNumber<std::int64_t>(bytes);
  const std::int64_t found = file.lastRow();
  if (found >= expected) return {};
  return "the archive " + file.path().string() + " lacks " + std::to_string(expected - found) + " of " +
         std::to_string(expected) + " events";
}

std::vector<std::string> queuedEvents(const Reader& reader) {
  std::vector<std::string> events;
  for (auto cursor = reader.cursor(kQueueBegin, endOfPrefix(kQueueBegin)); cursor->valid(); cursor->next()) {
    for (ArchivedEvent& event : eventsOf(cursor->value())) events.push_back(std::move(event.event));
  }
  return events;
}

Archive::Archive(Store& store, Clock& clock, const ArchiveCatalog& archives, ArchiveFile& file, ArchiveOptions options,
                 Warn warn)
    : store_(store),
      clock_(clock),
      archives_(archives),
      file_(file),
      options_(std::move(options)),
      warn_(std::move(warn)),
      next_number_(firstFreeNumber(store)),
      resume_(kQueueBegin),
      subscription_(queued_.listen([this] { wake(); })) {
  if (const std::string missing = missingRows(store, file); !missing.empty()) {
    if (!options_.accepts_lost_rows) throw ArchiveDamaged(missing);
    warn_(missing + ": goes on without them");
    acceptRows();
  }
  thread_ = std::thread([this] { run(); });
}

// Else the next start would miss the same rows again.
void Archive::acceptRows() {
  std::string rows;
  appendNumber(rows, file_.lastRow());
  store_.writeAndWait([&rows](Transaction& transaction) { transaction.put(kRowsKey, rows); });
}

Archive::~Archive() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  condition_.notifyAll();
  thread_.join();
}

void Archive::onEvent(Transaction& transaction, std::string_view bus, const Event& event) {
  const bool is_archived = options_.buses.contains(bus);
  if (is_archived) ++events_seen_;
  if (event.replayed) return;
  const std::vector<std::int64_t> keepers = archives_.keepersOf(transaction, bus, event);
  if (!is_archived && keepers.empty()) return;
  std::string record = recordToAddTo(transaction);
  append(record, event, keepers, !is_archived);
  transaction.put(last_key_, std::move(record));
  transaction.notifyAfterCommit(queued_);
}

// The events of a batch share a record, if it is not large. An earlier command of the batch may have been undone,
// and its events with it, so the record is read.
std::string Archive::recordToAddTo(Transaction& transaction) {
  if (last_batch_ == transaction.batch()) {
    std::optional<std::string> record = transaction.get(last_key_);
    if (record && record->size() < limits::kArchiveRecordBytes) return *std::move(record);
  }
  last_batch_ = transaction.batch();
  last_key_ = KeyBuilder(key_spaces::kArchiveQueue).number(next_number_++).str();
  return std::string(1, kSeveralEvents);
}

void Archive::wake() {
  MutexLock lock(mutex_);
  if (std::exchange(woken_, true)) return;  // it lingers, or is at work and looks again
  condition_.notifyAll();
}

bool Archive::drain() {
  MutexLock lock(mutex_);
  const std::uint64_t mine = ++drains_wanted_;
  condition_.notifyAll();
  while (drains_done_ < mine && !stopping_) drained_.wait(lock);
  return drains_done_ >= mine && healthy_;
}

void Archive::atRest(const std::function<void()>& look) {
  MutexLock lock(moving_);
  look();
}

void Archive::run() {
  MutexLock lock(mutex_);
  const auto hurry = [this]() REQUIRES(mutex_) { return stopping_ || drains_wanted_ != drains_done_; };
  for (;;) {
    while (!woken_ && !hurry()) clock_.wait(lock, condition_, RunningTime::max());
    const RunningTime lingered = clock_.runningTime() + options_.linger;
    while (!hurry() && clock_.runningTime() < lingered) clock_.wait(lock, condition_, lingered);
    const bool last = stopping_;
    const std::uint64_t wanted = drains_wanted_;
    woken_ = false;
    is_moving_ = true;
    lock.unlock();
    const bool moved = moveAll();
    lock.lock();
    is_moving_ = false;
    ++passes_;
    healthy_ = moved;
    drains_done_ = wanted;
    drained_.notifyAll();
    if (last) return;
    if (moved) continue;
    woken_ = true;
    again_ = clock_.runningTime() + kArchiveRetry;
    while (!hurry() && clock_.runningTime() < again_) clock_.wait(lock, condition_, again_);
    again_ = RunningTime::max();
  }
}

rpc::Activity Archive::activity() const {
  rpc::Activity activity;
  MutexLock lock(mutex_);
  activity.changes = passes_;
  if (stopping_) return activity;
  if (again_ != RunningTime::max() && clock_.runningTime() < again_) {
    activity.next_due = again_;
  } else if (woken_ || is_moving_ || drains_wanted_ != drains_done_) {
    activity.busy_with.push_back("events are written to the archive");
  }
  return activity;
}

void Archive::hurry() {
  MutexLock lock(mutex_);
  if (!woken_) return;
  ++drains_wanted_;
  condition_.notifyAll();
}

bool Archive::moveAll() {
  try {
    for (;;) {
      const Batch batch = nextBatch();
      if (batch.keys.empty()) return true;
      if (!keepBatch(batch)) return false;
    }
  } catch (const std::exception& error) {
    noteFailure(std::string("archive: the queue cannot be read: ") + error.what());
    return false;
  }
}

Archive::Batch Archive::nextBatch() const {
  Batch batch;
  std::size_t bytes = 0;
  const auto snapshot = store_.snapshot();
  for (auto cursor = snapshot->cursor(resume_, endOfPrefix(kQueueBegin)); cursor->valid(); cursor->next()) {
    if (batch.events.size() >= limits::kArchiveBatch || bytes >= limits::kArchiveBatchBytes) break;
    batch.keys.emplace_back(cursor->key());
    std::ranges::move(eventsOf(cursor->value()), std::back_inserter(batch.events));
    bytes += cursor->value().size();
    if (!isOfAnEarlierVersion(cursor->value())) continue;
    std::string keepers = keepersKey(KeyParser(cursor->key()).number());
    if (const auto stored = snapshot->get(keepers)) {
      decodeKeepers(*stored, batch.events.back());
      batch.keepers.push_back(std::move(keepers));
    }
  }
  return batch;
}

// First into the file, then out of the queue: after a crash in between the batch is added again,
// and nothing is lost.
bool Archive::keepBatch(const Batch& batch) {
  MutexLock lock(moving_);
  std::string rows;
  try {
    file_.add(batch.events);
    appendNumber(rows, file_.lastRow());
  } catch (const ArchiveFailed& error) {
    noteFailure(std::string(error.what()) + "; the events stay in the queue, trying again");
    return false;
  }
  try {
    store_.writeAndWait([&](Transaction& transaction) {
      for (const std::string& key : batch.keys) transaction.erase(key);
      for (const std::string& key : batch.keepers) transaction.erase(key);
      transaction.put(kRowsKey, rows);
    });
  } catch (const StoreFailed& error) {
    // They are in the file, which ignores them when they are added again.
    noteFailure(std::string("archive: events that are archived stay in the queue: ") + error.what());
    return false;
  }
  resume_ = batch.keys.back() + '\0';
  noteSuccess();
  return true;
}

void Archive::noteFailure(const std::string& why) {
  if (!is_failing_) warn_(why);
  is_failing_ = true;
}

void Archive::noteSuccess() {
  if (is_failing_) warn_("archive: works again");
  is_failing_ = false;
}

}  // namespace ddblog::eventbridge
