// Who is at the other end of a loopback connection: the user of the peer's socket and its inode, by
// which /proc/PID/fd shows the process.
//
// Asks the kernel for this one socket (SOCK_DIAG, sock_diag(7)), which takes some microseconds however
// many connections there are. Where that does not exist, it searches /proc/net/tcp and tcp6.
// Thread safety: stateless.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace ddblog::lambda {

struct PeerSocket {
  enum class State {
    kFound,
    kGone,        // there is no such socket any more, or no descriptor is left to look for it
    kUnavailable  // this system does not tell
  };
  State state = State::kUnavailable;
  uid_t user = 0;
  std::uint64_t inode = 0;
};

// The socket on 127.0.0.1:peer_port that is connected to 127.0.0.1:own_port.
PeerSocket findPeerSocket(std::uint16_t peer_port, std::uint16_t own_port);

}  // namespace ddblog::lambda
