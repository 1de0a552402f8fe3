#include "services/eventbridge/archive/archive.h"

#include <memory>
#include <utility>

#include "base/bytes.h"
#include "services/eventbridge/archive/key_spaces.h"
#include "services/eventbridge/archive/limits.h"
#include "store/key_space.h"

namespace ddblog::eventbridge {
namespace {

constexpr Duration kArchiveRetry{1000};

const std::string kQueueBegin = KeyBuilder(key_spaces::kArchiveQueue).str();
const std::string kKeepersBegin = KeyBuilder(key_spaces::kArchiveKeepers).str();
const std::string kRowsKey = KeyBuilder(key_spaces::kArchiveRows).str();

// The number after the last one in the queue.
std::uint64_t firstFreeNumber(const Store& store) {
  const auto snapshot = store.snapshot();
  const auto last = snapshot->cursor(kQueueBegin, endOfPrefix(kQueueBegin), Direction::kBackward);
  return last->valid() ? KeyParser(last->key()).number() + 1 : 1;
}

std::string encode(const Event& event) {
  return KeyBuilder(key_spaces::kArchiveQueue)
      .number(static_cast<std::uint64_t>(event.time.time_since_epoch().count()))
      .text(event.log)
      .text(event.type)
      .text(event.id)
      .bytes(event.text)
      .str();
}

ArchivedEvent decode(std::string_view stored) {
  KeyParser parser(stored);
  ArchivedEvent event;
  event.created_at = toIso8601(Timestamp(Duration(static_cast<std::int64_t>(parser.number()))), true);
  event.log = parser.text();
  event.type = parser.text();
  event.event_id = parser.text();
  event.event = parser.rest();
  return event;
}

std::string keepersKey(std::uint64_t number) { return KeyBuilder(key_spaces::kArchiveKeepers).number(number).str(); }

std::string encodeKeepers(const std::vector<std::int64_t>& keepers, bool is_only_kept) {
  std::string stored;
  appendNumber<std::uint8_t>(stored, is_only_kept);
  for (const std::int64_t keeper : keepers) appendNumber(stored, keeper);
  return stored;
}

void decodeKeepers(std::string_view stored, ArchivedEvent& event) {
  event.is_only_kept = takeNumber<std::uint8_t>(stored) != 0;
  while (!stored.empty()) event.keepers.push_back(takeNumber<std::int64_t>(stored));
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
    events.push_back(decode(cursor->value()).event);
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
  const std::uint64_t number = next_number_++;
  transaction.put(KeyBuilder(key_spaces::kArchiveQueue).number(number).str(), encode(event));
  if (!keepers.empty()) transaction.put(keepersKey(number), encodeKeepers(keepers, !is_archived));
  transaction.notifyAfterCommit(queued_);
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
  std::unique_ptr<Cursor> keepers;  // goes on with the events, most of which have none
  for (auto cursor = snapshot->cursor(resume_, endOfPrefix(kQueueBegin)); cursor->valid(); cursor->next()) {
    if (batch.keys.size() == limits::kArchiveBatch || bytes >= limits::kArchiveBatchBytes) break;
    batch.keys.emplace_back(cursor->key());
    batch.events.push_back(decode(cursor->value()));
    const std::string of_keepers = keepersKey(KeyParser(cursor->key()).number());
    if (!keepers) keepers = snapshot->cursor(of_keepers, endOfPrefix(kKeepersBegin));
    while (keepers->valid() && keepers->key() < of_keepers) keepers->next();
    if (keepers->valid() && keepers->key() == of_keepers) {
      decodeKeepers(keepers->value(), batch.events.back());
      batch.keepers.push_back(of_keepers);
    }
    bytes += cursor->value().size();
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
