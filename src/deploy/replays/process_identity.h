// Names a process so that others can tell whether it still runs: "BOOT/NAMESPACE/PID/START".
//
//   BOOT       the kernel's id of this boot            NAMESPACE  of process ids, so of the container
//   PID, START the process, and when it was started (in ticks since the boot), because ids are used again
//
// Thread safety: functions without state.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::replays {

std::string ownIdentity();

enum class ProcessState {
  kRuns,
  kEnded,
  kUnknown,  // it is of another machine or container, or of an earlier boot
};

ProcessState stateOf(std::string_view identity);

}  // namespace ddblog::replays
