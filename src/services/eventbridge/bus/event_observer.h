// Who else is told of an event on a bus, in the transaction that delivers it: the archive.
//
// Thread safety: called on the writer thread.
#pragma once

#include <string_view>

#include "services/eventbridge/bus/event.h"
#include "store/store.h"

namespace ddblog::eventbridge {

class EventObserver {
 public:
  virtual ~EventObserver() = default;
  virtual void onEvent(Transaction& transaction, std::string_view bus, const Event& event) = 0;
};

}  // namespace ddblog::eventbridge
