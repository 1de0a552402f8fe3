// How much memory a function's processes use, as proc(5) shows it.
//
// What counts against MemorySize is what the kernel cannot take back: anonymous pages and shared memory.
// Pages of files do not count (a cgroup evicts them before it ends a process). memoryInUse adds up
// RssAnon and RssShmem of /proc/PID/status, which is cheap, and counts a page that several processes
// share several times. exactMemoryInUse divides it among them, and leaves out what is freed lazily
// (Pss_Anon, Pss_Shmem and LazyFree of /proc/PID/smaps_rollup, which Linux has since 5.4; older ones: as
// memoryInUse). Both look at 4,096 processes at most, so they can take long.
//
// Thread safety: stateless functions. The processes may end at any time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace ddblog::lambda {

// Bytes of all processes below `reaper`. std::nullopt: they have ended, or cannot be listed.
std::optional<std::uint64_t> memoryInUse(pid_t reaper);
std::optional<std::uint64_t> exactMemoryInUse(pid_t reaper);

// The most memory that the function's process below `reaper` has used, in MB, files included (VmHWM);
// std::nullopt: it has ended, or there is no /proc.
std::optional<int> peakMemory(pid_t reaper);

}  // namespace ddblog::lambda
