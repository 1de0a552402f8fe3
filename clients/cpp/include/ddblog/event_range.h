// The events of a stream as an input range, which reads a page (at most 1 MB) when the loop gets to
// its events.
//
// Thread safety: a range is used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <vector>

#include "ddblog/event.h"

namespace ddblog {

struct ReadOptions {
  std::uint64_t from = 0;   // the first version to read; 0: from the beginning, or backwards from the end
  std::uint64_t to = 0;     // the last version to read; 0: up to the end, or backwards to the beginning
  std::uint64_t limit = 0;  // how many events; 0: all
  bool backwards = false;   // the latest first
  bool consistent = true;   // false: costs half, and may miss the latest events
};

// A page of a stream.
struct EventPage {
  std::vector<Event> events;
  std::uint64_t next = 0;  // ReadOptions::from of the next page; 0: there is none
};

class EventRange {
 public:
  // Returns the events that follow those it has returned, and none at the end.
  using NextPage = std::function<std::vector<Event>()>;
  explicit EventRange(NextPage next_page) : next_page_(std::move(next_page)) {}

  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = Event;

    explicit iterator(EventRange* range) : range_(range) {}
    const Event& operator*() const { return range_->page_[range_->position_]; }
    const Event* operator->() const { return &**this; }
    iterator& operator++() {
      range_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return range_->atEnd(); }

   private:
    EventRange* range_;
  };

  // Reads the first page. Throws what EventLog::read throws, as ++ does. A range can be read once.
  iterator begin() {
    page_ = next_page_();
    return iterator(this);
  }
  std::default_sentinel_t end() const { return {}; }

 private:
  bool atEnd() const { return position_ == page_.size(); }
  void advance() {
    if (++position_ < page_.size()) return;
    page_ = next_page_();
    position_ = 0;
  }

  NextPage next_page_;
  std::vector<Event> page_;
  std::size_t position_ = 0;
};

}  // namespace ddblog
