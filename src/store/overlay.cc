#include "store/overlay.h"

#include <cassert>

namespace ddblog {

namespace {

// Merges the committed keys and the batch's writes; for a key in both, the batch's write wins.
class MergingCursor : public Cursor {
 public:
  MergingCursor(const Overlay::Writes& writes, std::unique_ptr<Cursor> committed, std::string_view begin,
                std::string_view end, Direction direction)
      : writes_(writes),
        committed_(std::move(committed)),
        begin_(begin),
        end_(end),
        forward_(direction == Direction::kForward) {
    place_ = forward_ ? writes.lower_bound(begin) : end.empty() ? writes.end() : writes.lower_bound(end);
    settle();
  }

  bool valid() const override { return source_ != Source::kNone; }
  std::string_view key() const override { return source_ == Source::kCommitted ? committed_->key() : write().first; }
  std::string_view value() const override {
    return source_ == Source::kCommitted ? committed_->value() : std::string_view(*write().second);
  }
  void next() override {
    if (source_ == Source::kCommitted) {
      committed_->next();
    } else {
      stepWrites();
    }
    settle();
  }

 private:
  enum class Source { kNone, kCommitted, kWrites };

  // Compares keys instead of map iterators, because the caller may write elsewhere in the map while
  // it walks.
  bool writesLeft() const {
    if (forward_) return place_ != writes_.end() && (end_.empty() || place_->first < end_);
    return place_ != writes_.begin() && std::prev(place_)->first >= begin_;
  }
  const Overlay::Writes::value_type& write() const { return forward_ ? *place_ : *std::prev(place_); }
  void stepWrites() { forward_ ? ++place_ : --place_; }

  // Finds the next existing key: skips erased keys and committed values that the batch replaced.
  void settle() {
    for (;;) {
      const bool committed = committed_->valid();
      if (!writesLeft()) {
        source_ = committed ? Source::kCommitted : Source::kNone;
        return;
      }
      if (committed) {
        const int order = committed_->key().compare(write().first);
        if (order != 0 && (order < 0) == forward_) {
          source_ = Source::kCommitted;
          return;
        }
        if (order == 0) committed_->next();
      }
      if (write().second) {
        source_ = Source::kWrites;
        return;
      }
      stepWrites();
    }
  }

  const Overlay::Writes& writes_;
  std::unique_ptr<Cursor> committed_;
  const std::string begin_, end_;
  const bool forward_;
  Overlay::Writes::const_iterator place_;
  Source source_ = Source::kNone;
};

}  // namespace

std::optional<std::string> Overlay::get(std::string_view key) const {
  const auto found = writes_.find(key);
  return found == writes_.end() ? committed_.get(key) : found->second;
}

std::optional<std::string> Overlay::getHot(std::string_view key) const {
  const auto found = writes_.find(key);
  return found == writes_.end() ? committed_.getHot(key) : found->second;
}

std::unique_ptr<Cursor> Overlay::cursor(std::string_view begin, std::string_view end, Direction direction) const {
  return std::make_unique<MergingCursor>(writes_, committed_.cursor(begin, end, direction), begin, end, direction);
}

void Overlay::put(std::string key, std::string value) { write(std::move(key), std::move(value)); }

void Overlay::erase(std::string key) { write(std::move(key), std::nullopt); }

void Overlay::write(std::string key, std::optional<std::string> value) {
  written_bytes_ += key.size() + (value ? value->size() : 0);
  auto place = writes_.lower_bound(key);
  if (place != writes_.end() && place->first == key) {
    undo_.push_back({place, true, std::exchange(place->second, std::move(value))});
  } else {
    place = writes_.emplace_hint(place, std::move(key), std::move(value));
    undo_.push_back({place, false, std::nullopt});
  }
}

void Overlay::notifyAfterCommit(CommitNotifier& notifier) {
  if (notifiers_.insert(&notifier).second) new_notifiers_.push_back(&notifier);
}

void Overlay::commitSavepoint() {
  undo_.clear();
  new_notifiers_.clear();
  actions_at_savepoint_ = actions_.size();
  writes_at_savepoint_ = writes_.size();
  setCause({});
}

void Overlay::undo(const Place& place) {
  for (; undo_.size() > place.steps; undo_.pop_back()) {
    Undo& step = undo_.back();
    if (step.was_there) {
      step.place->second = std::move(step.value);
    } else {
      writes_.erase(step.place);
    }
  }
  for (; new_notifiers_.size() > place.notifiers; new_notifiers_.pop_back()) notifiers_.erase(new_notifiers_.back());
  actions_.resize(place.actions);
}

void Overlay::attempt(const std::function<void()>& part) {
  const Place before{undo_.size(), new_notifiers_.size(), actions_.size()};
  try {
    part();
  } catch (...) {
    undo(before);
    throw;
  }
}

void Overlay::rollback() {
  undo({0, 0, actions_at_savepoint_});
  assert(writes_.size() == writes_at_savepoint_ && "a rollback leaves the keys that the savepoint had");
  commitSavepoint();
}

void Overlay::clear() {
  assert(undo_.empty() && "a batch ends at a savepoint");
  ++batch_;
  writes_.clear();
  written_bytes_ = 0;
  notifiers_.clear();
  actions_.clear();
  commitSavepoint();
}

}  // namespace ddblog
