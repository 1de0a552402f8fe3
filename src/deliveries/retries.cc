#include "deliveries/retries.h"

#include <exception>
#include <utility>
#include <vector>

namespace ddblog::deliveries {
namespace {

constexpr std::size_t kRetriesAtATime = 100;  // per command
constexpr std::size_t kMovedAtATime = 1'000;  // per command

}  // namespace

Retries::Retries(const Deliveries& deliveries, std::string what, const IsMuchWork& is_much_work)
    : deliveries_(deliveries),
      thread_(deliveries.environment().clock, deliveries.environment().warn, {"retries of targets", std::move(what)},
              [this, is_much_work](bool) {
                if (!has_pulled_) pullForward();
                has_pulled_ = true;
                return rpc::DueThread::Next{retryDue(is_much_work)};
              }) {}

RunningTime Retries::retryDue(const IsMuchWork& is_much_work) const {
  const RunningTime now = deliveries_.environment().clock.runningTime();
  std::vector<std::string> due;
  {
    const auto snapshot = deliveries_.environment().store.snapshot();
    auto cursor = snapshot->cursor(deliveries_.dueKey(RunningTime()), deliveries_.endOfDue());
    for (; cursor->valid() && due.size() < kRetriesAtATime; cursor->next()) {
      if (dueOf(cursor->key()) > now) break;
      due.emplace_back(cursor->key());
    }
    if (due.empty()) return cursor->valid() ? dueOf(cursor->key()) : RunningTime::max();
  }
  deliveries_.environment().store.writeAndWait([&](Transaction& transaction) {
    for (const std::string& key : due) {
      const std::string target_arn = tryRetry(transaction, key);
      if (is_much_work && is_much_work(target_arn)) break;  // the others are in the next command
    }
  });
  return now;  // look again
}

std::string Retries::tryRetry(Transaction& transaction, const std::string& due_key) const {
  try {
    return deliveries_.retry(transaction, due_key);
  } catch (const StoreFailed&) {
    throw;
  } catch (const std::exception& error) {
    deliveries_.environment().warn(std::string("a delivery is not tried again, because it cannot be read: ") +
                                   error.what());
    transaction.erase(due_key);
  }
  return {};
}

void Retries::pullForward() const {
  const RunningTime now = deliveries_.environment().clock.runningTime();
  for (;;) {
    std::vector<std::string> late;
    const auto snapshot = deliveries_.environment().store.snapshot();
    auto cursor = snapshot->cursor(deliveries_.dueKey(now + kLongestRetryDelay + Duration(1)), deliveries_.endOfDue());
    for (; cursor->valid() && late.size() < kMovedAtATime; cursor->next()) late.emplace_back(cursor->key());
    if (late.empty()) return;
    deliveries_.environment().store.writeAndWait([&](Transaction& transaction) {
      for (const std::string& key : late) deliveries_.moveRetry(transaction, key, now);
    });
  }
}

}  // namespace ddblog::deliveries
