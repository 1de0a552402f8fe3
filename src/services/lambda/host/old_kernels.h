// System calls about child processes, with a substitute for kernels that do not have them yet: pidfd_open (Linux 5.3)
// and close_range with CLOSE_RANGE_CLOEXEC (5.11).
//
// Thread safety: from any thread.
#pragma once

#include <sys/types.h>

namespace ddblog::lambda {

// A descriptor that becomes readable when the child ends, without reaping it; -1: see errno. The caller closes it.
// It is a pidfd, or an eventfd to which a thread writes that waits for the child.
int openProcessEnd(pid_t child);

// Hides this process's descriptors, but 0, 1 and 2, from the program that it executes next. They are below `limit`,
// which only the substitute needs. It makes only system calls, so it can be used between vfork and exec.
void closeOnExecFrom3(unsigned limit);

}  // namespace ddblog::lambda
