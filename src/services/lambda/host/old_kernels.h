// System calls about child processes, with substitutes for older kernels: pidfd_open (Linux 5.3)
// and close_range with CLOSE_RANGE_CLOEXEC (5.11).
//
// Thread safety: from any thread.
#pragma once

#include <sys/types.h>

namespace ddblog::lambda {

// A descriptor that becomes readable when the child ends, without reaping it; -1: see errno. The
// caller closes it. It is a pidfd or, on older kernels, an eventfd that a thread writes to after
// waiting for the child.
int openProcessEnd(pid_t child);

// Makes all descriptors except 0, 1 and 2 close on the next exec. They must be below `limit`, which
// only the substitute uses. Makes only system calls, so it is safe between vfork and exec.
void closeOnExecFrom3(unsigned limit);

}  // namespace ddblog::lambda
