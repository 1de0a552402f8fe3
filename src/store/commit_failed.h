// A commit that may not be on the disk, or a command that the store refused since such a commit. The
// store says so in the log itself, once, so nobody else needs to.
#pragma once

#include "store/store.h"

namespace ddblog {

class CommitFailed : public StoreFailed {
  using StoreFailed::StoreFailed;
};

}  // namespace ddblog
