#include "services/sqs/queues/sweep.h"

#include <chrono>
#include <string>
#include <vector>

#include "services/sqs/queues/expiring.h"
#include "services/sqs/queues/key_spaces.h"
#include "services/sqs/queues/limits.h"
#include "store/key_space.h"

namespace ddblog::sqs {

namespace {

constexpr std::chrono::minutes kBetweenSweeps{1};

// All that is stored under a queue's number. Entries of kTimed go when they are due.
constexpr KeySpace kOfNumber[] = {key_spaces::kMessages,      key_spaces::kStates,         key_spaces::kReady,
                                  key_spaces::kGroups,        key_spaces::kGroupMessages,  key_spaces::kCounts,
                                  key_spaces::kDeduplication, key_spaces::kReceiveAttempts};

std::vector<std::string> keysFrom(const Reader& reader, const std::string& begin, const std::string& end,
                                  std::size_t most) {
  std::vector<std::string> keys;
  for (auto cursor = reader.cursor(begin, end); cursor->valid() && keys.size() < most; cursor->next()) {
    keys.emplace_back(cursor->key());
  }
  return keys;
}

void eraseKeys(Store& store, const std::vector<std::string>& keys) {
  store.writeAndWait([&](Transaction& transaction) {
    for (const std::string& key : keys) transaction.erase(key);
  });
}

// False: there is nothing (more) to remove.
bool removeDiscarded(Store& store) {
  const auto snapshot = store.snapshot();
  const std::string all = KeyBuilder(key_spaces::kDiscarded).str();
  const auto first = snapshot->cursor(all, endOfPrefix(all));
  if (!first->valid()) return false;
  const std::uint64_t number = KeyParser(first->key()).number();
  for (const KeySpace space : kOfNumber) {
    const std::string of_number = KeyBuilder(space).number(number).str();
    // The key of the counts is the number alone, with nothing behind it.
    const auto keys = keysFrom(*snapshot, of_number, endOfPrefix(of_number), limits::kSweptAtOnce);
    if (keys.empty()) continue;
    eraseKeys(store, keys);
    return true;
  }
  eraseKeys(store, {std::string(first->key())});
  return true;
}

// An entry that was written again later has another key in kExpiring too.
bool removeExpiring(Store& store, RunningTime now) {
  const std::string begin = KeyBuilder(key_spaces::kExpiring).str();
  const std::string end = KeyBuilder(key_spaces::kExpiring).number(toNumber(now) + 1).str();
  const auto keys = keysFrom(*store.snapshot(), begin, end, limits::kSweptAtOnce);
  if (keys.empty()) return false;
  store.writeAndWait([&](Transaction& transaction) {
    for (const std::string& key : keys) {
      KeyParser parser(key);
      parser.number();
      const std::string entry(parser.rest());
      if (const auto stored = transaction.get(entry); stored && isExpired(*stored, now)) transaction.erase(entry);
      transaction.erase(key);
    }
  });
  return true;
}

bool removeOldMessages(Context& context, const Queue& queue) {
  const std::uint64_t first = context.messages.firstExpired(*context.store.snapshot(), queue);
  if (first == 0) return false;
  std::size_t removed = 0;
  context.store.writeAndWait([&](Transaction& transaction) {
    const auto present = context.catalog.find(transaction, queue.name);
    if (!present || present->number != queue.number) return;
    removed = context.messages.removeExpired(transaction, *present, first, limits::kSweptAtOnce);
  });
  return removed == limits::kSweptAtOnce;
}

}  // namespace

RunningTime sweepQueues(Context& context) {
  const RunningTime now = context.clock.runningTime();
  bool has_more = removeDiscarded(context.store);
  has_more = removeExpiring(context.store, now) || has_more;
  for (const Queue& queue : context.catalog.all(*context.store.snapshot())) {
    has_more = removeOldMessages(context, queue) || has_more;
  }
  return has_more ? now : now + kBetweenSweeps;
}

}  // namespace ddblog::sqs
