#include "services/lambda/host/peer_check.h"

#include <unistd.h>

#include "services/lambda/host/peer_socket.h"
#include "services/lambda/host/process_tree.h"

namespace ddblog::lambda {

bool PeerCheck::admitsUnknown(const std::string& reason) {
  if (!has_said_.exchange(true)) {
    log_("lambda: " + reason + ", so every process of this user can use the functions' Runtime APIs");
  }
  return true;
}

bool PeerCheck::admits(Process& process, const std::string& function, std::uint16_t peer_port, std::uint16_t own_port,
                       std::atomic<bool>& has_refused) {
  const PeerSocket peer = findPeerSocket(peer_port, own_port);
  if (peer.state == PeerSocket::State::kUnavailable) return admitsUnknown("this system does not tell who connects");
  const bool is_this_user = peer.user == ::geteuid();
  // Only root's functions can have processes of other users.
  if (peer.state == PeerSocket::State::kFound && (is_this_user || ::geteuid() == 0)) {
    const pid_t reaper = process.reaper();
    const Holds holds = reaper < 0 ? Holds::kNo : treeHoldsSocket(reaper, peer.inode);
    if (holds == Holds::kYes) return true;
    if (holds == Holds::kUnknown && is_this_user)
      return admitsUnknown("/proc does not show the sockets of " + function + "'s processes");
  }
  if (peer.state == PeerSocket::State::kFound && !has_refused.exchange(true)) {
    log_(function + ": refused a process of user " + std::to_string(peer.user) +
         " at its Runtime API, because the function did not start it (said once)");
  }
  return false;
}

}  // namespace ddblog::lambda
