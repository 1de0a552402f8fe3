// Which processes are below which, as /proc shows it.
//
// Sources: proc(5), "/proc/pid/task/tid/children" (CONFIG_PROC_CHILDREN, which Debian's kernels have),
// "/proc/pid/fd" and "/proc/pid/status". A /proc of another PID namespace (`unshare --pid` without a
// mount) shows nothing.
// Thread safety: stateless functions. The processes may end at any time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace ddblog::lambda {

// The children of all threads of a process, none if it has ended. std::nullopt: they cannot be listed.
std::optional<std::vector<pid_t>> childrenOf(pid_t process);

// All processes below `process`, 4,096 at most. std::nullopt: its children cannot be listed.
std::optional<std::vector<pid_t>> processesBelow(pid_t process);

// Whether a process has a handler for a signal, or its first thread blocks it, so that another one can
// wait for it. False if that is not known.
bool handlesSignal(pid_t process, int number);

enum class Holds { kYes, kNo, kUnknown };

// Whether `process` or one below it has the socket open. `inode`: the socket's. kUnknown: some of
// their children or descriptors cannot be listed, and the others do not include it. Looks at 4,096
// processes at most.
Holds treeHoldsSocket(pid_t process, std::uint64_t inode);

}  // namespace ddblog::lambda
