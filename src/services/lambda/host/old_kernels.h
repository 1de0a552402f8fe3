// A system call about child processes, with a substitute for older kernels: close_range with
// CLOSE_RANGE_CLOEXEC (Linux 5.11).
//
// Thread safety: from any thread.
#pragma once

namespace ddblog::lambda {

// Makes all descriptors from `first` on close on the next exec. They must be below `limit`, which
// only the substitute uses. Makes only system calls, so it is safe between vfork and exec.
void closeOnExecFrom(unsigned first, unsigned limit);

}  // namespace ddblog::lambda
