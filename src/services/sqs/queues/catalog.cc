#include "services/sqs/queues/catalog.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "base/stored_time.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/expiring.h"
#include "services/sqs/queues/key_spaces.h"
#include "services/sqs/queues/limits.h"
#include "services/sqs/queues/message_counts.h"
#include "store/key_space.h"

namespace ddblog::sqs {

namespace {

std::string queueKey(std::string_view name) { return KeyBuilder(key_spaces::kQueues).bytes(name).str(); }
std::string deletedKey(std::string_view name) { return KeyBuilder(key_spaces::kDeletedNames).bytes(name).str(); }
std::string lastNumberKey() { return KeyBuilder(key_spaces::kLastNumber).str(); }

void discard(Transaction& transaction, std::uint64_t number) {
  transaction.put(KeyBuilder(key_spaces::kDiscarded).number(number).str(), {});
}

// `deleted`: the entry of a name, with the time of day at which it is free (older entries have none).
bool isHeld(std::string_view deleted, const Clock& clock) {
  if (isExpired(deleted, clock.runningTime())) return false;
  std::string_view free_at = expiringValue(deleted);
  return free_at.empty() || clock.now() < takeTime<Timestamp>(free_at);
}

}  // namespace

Catalog::Catalog(std::string region, std::string account_id)
    : account_id_(std::move(account_id)), arn_prefix_("arn:aws:sqs:" + region + ":" + account_id_ + ":") {}

std::string_view Catalog::nameInArn(std::string_view arn) const {
  if (!arn.starts_with(arn_prefix_)) return {};
  return arn.substr(arn_prefix_.size());
}

std::string Catalog::nameInUrl(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  const std::size_t slash = url.rfind('/');
  return std::string(slash == std::string_view::npos ? url : url.substr(slash + 1));
}

std::string Catalog::urlOf(std::string_view host, std::string_view name) const {
  std::string url = "http://";
  url.append(host.empty() ? "localhost" : host).append("/").append(account_id_).append("/").append(name);
  return url;
}

std::optional<Queue> Catalog::find(const Reader& reader, std::string_view name) const {
  const auto stored = reader.getHot(queueKey(name));
  if (!stored) return std::nullopt;
  Queue queue = decodeQueue(name, *stored);
  queue.arn = arnOf(name);
  return queue;
}

Queue Catalog::get(const Reader& reader, std::string_view name) const {
  auto queue = find(reader, name);
  if (!queue) throw queueDoesNotExist();
  return *std::move(queue);
}

QueuePage Catalog::list(const Reader& reader, std::string_view prefix, std::string_view after, std::size_t most) const {
  const std::string first = queueKey(prefix);
  const std::string begin = after.empty() ? first : std::max(first, queueKey(after) + '\0');
  QueuePage page;
  for (auto cursor = reader.cursor(begin, endOfPrefix(first)); cursor->valid(); cursor->next()) {
    if (page.queues.size() == most) {
      page.has_more = true;
      break;
    }
    const std::string name(cursor->key().substr(1));
    page.queues.push_back(decodeQueue(name, cursor->value()));
    page.queues.back().arn = arnOf(name);
  }
  return page;
}

std::vector<Queue> Catalog::all(const Reader& reader) const {
  return list(reader, {}, {}, std::numeric_limits<std::size_t>::max()).queues;
}

void Catalog::put(Transaction& transaction, const Queue& queue) const {
  transaction.put(queueKey(queue.name), encodeQueue(queue));
}

std::uint64_t Catalog::nextNumber(Transaction& transaction) {
  const auto stored = transaction.get(lastNumberKey());
  std::uint64_t number = 1;
  if (stored) {
    std::string_view rest = *stored;
    number += takeNumber<std::uint64_t>(rest);
  }
  std::string value;
  appendNumber(value, number);
  transaction.put(lastNumberKey(), std::move(value));
  return number;
}

void Catalog::create(Transaction& transaction, Queue& queue, const Clock& clock) const {
  if (const auto deleted = transaction.get(deletedKey(queue.name)); deleted && isHeld(*deleted, clock)) {
    throw queueDeletedRecently();
  }
  if (list(transaction, {}, {}, limits::kMostQueues).queues.size() == limits::kMostQueues) {
    throw overLimit("There are " + std::to_string(limits::kMostQueues) + " queues already.");
  }
  queue.number = nextNumber(transaction);
  queue.arn = arnOf(queue.name);
  put(transaction, queue);
}

// Messages that are sent later have greater numbers than those before, also in the emptied queue.
void Catalog::empty(Transaction& transaction, Queue& queue) const {
  const MessageCounts counts = messageCounts(transaction, queue.number);
  discard(transaction, queue.number);
  queue.number = nextNumber(transaction);
  MessageCounts fresh;
  fresh.last_message = counts.last_message;
  putMessageCounts(transaction, queue.number, fresh);
}

void Catalog::remove(Transaction& transaction, const Queue& queue, const Clock& clock) const {
  discard(transaction, queue.number);
  transaction.erase(queueKey(queue.name));
  std::string free_at;
  appendTime(free_at, clock.now() + limits::kNameReuse);
  putExpiring(transaction, deletedKey(queue.name), clock.runningTime() + limits::kNameReuse, free_at);
}

}  // namespace ddblog::sqs
