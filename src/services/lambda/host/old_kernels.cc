#include "services/lambda/host/old_kernels.h"

#include <fcntl.h>
#include <unistd.h>

namespace ddblog::lambda {

void closeOnExecFrom(unsigned first, unsigned limit) {
  if (::close_range(first, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  for (unsigned descriptor = first; descriptor < limit; ++descriptor) {
    ::fcntl(static_cast<int>(descriptor), F_SETFD, FD_CLOEXEC);
  }
}

}  // namespace ddblog::lambda
