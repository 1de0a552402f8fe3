// Sees every event on a bus, in the transaction that delivers it. The archive is the only
// implementation.
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
