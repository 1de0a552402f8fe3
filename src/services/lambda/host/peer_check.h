// Decides whether a connection to a function process's Runtime API comes from one of that function's
// own processes: those below its reaper. Any local user can connect to a port of 127.0.0.1, and whoever
// asks for an invocation there gets it.
//
//   a process below the reaper                   accepted, also as another user (root's functions only)
//   any other process                            refused
//   a process of this user, whose descriptors    accepted: a process that is not dumpable, a system
//   cannot be listed (this is said once)         without /proc
//
// Once for each connection; a connection that was accepted stays so. A refusal is logged once for
// each function process. Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "services/lambda/host/invocation.h"
#include "services/lambda/host/process.h"

namespace ddblog::lambda {

class PeerCheck {
 public:
  explicit PeerCheck(const LogSink& log) : log_(log) {}

  // Whether the peer at 127.0.0.1:peer_port, connected to own_port, may use the Runtime API of
  // `process`. `has_refused`: whether a refusal for this process was logged.
  bool admits(Process& process, const std::string& function, std::uint16_t peer_port, std::uint16_t own_port,
              std::atomic<bool>& has_refused);

 private:
  bool admitsUnknown(const std::string& reason);

  const LogSink& log_;
  std::atomic<bool> has_said_{false};  // that peers cannot be told apart
};

}  // namespace ddblog::lambda
