// Waits between two looks at what AWS does.
//
// Thread safety: none.
#pragma once

#include <algorithm>
#include <functional>

#include "aws/client.h"

namespace ddblog::deploy {

// The user pressed Ctrl-C.
struct Interrupted {};

class Waiting {
 public:
  Waiting(aws::Session& session, std::function<bool()> interrupted)
      : session_(session), interrupted_(std::move(interrupted)) {}

  // In steps, so that Ctrl-C is noticed soon. Throws Interrupted.
  void pause(Duration duration) const {
    constexpr Duration kStep{250};
    for (Duration left = duration; left > Duration(0); left -= kStep) {
      if (interrupted_()) throw Interrupted();
      session_.wait(std::min(left, kStep));
    }
    if (interrupted_()) throw Interrupted();
  }

 private:
  aws::Session& session_;
  const std::function<bool()> interrupted_;
};

}  // namespace ddblog::deploy
