#include "services/lambda/host/peer_socket.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace ddblog::lambda {

namespace {

bool lacksDescriptors(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

// A socket that its process has closed has no inode any more.
PeerSocket foundSocket(uid_t user, std::uint64_t inode) {
  return inode == 0 ? PeerSocket{PeerSocket::State::kGone, 0, 0} : PeerSocket{PeerSocket::State::kFound, user, inode};
}

// std::nullopt: SOCK_DIAG does not exist, or it does not know the socket.
std::optional<PeerSocket> askKernel(std::uint16_t peer_port, std::uint16_t own_port) {
  const int descriptor = ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (descriptor < 0) {
    if (lacksDescriptors(errno)) return PeerSocket{PeerSocket::State::kGone, 0, 0};
    return std::nullopt;
  }
  struct {
    nlmsghdr header;
    inet_diag_req_v2 request;
  } message{};
  message.header.nlmsg_len = sizeof message;
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.header.nlmsg_flags = NLM_F_REQUEST;
  message.request.sdiag_family = AF_INET;
  message.request.sdiag_protocol = IPPROTO_TCP;
  message.request.idiag_states = ~0U;
  message.request.id.idiag_sport = htons(peer_port);
  message.request.id.idiag_dport = htons(own_port);
  message.request.id.idiag_src[0] = htonl(INADDR_LOOPBACK);
  message.request.id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
  message.request.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  message.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  alignas(nlmsghdr) char answer[1024];
  ssize_t count = ::send(descriptor, &message, sizeof message, 0);
  if (count > 0) count = ::recv(descriptor, answer, sizeof answer, MSG_DONTWAIT);  // the kernel answers within send
  ::close(descriptor);
  nlmsghdr header{};
  inet_diag_msg found{};
  if (count < static_cast<ssize_t>(NLMSG_LENGTH(sizeof found))) return std::nullopt;
  std::memcpy(&header, answer, sizeof header);
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return std::nullopt;
  std::memcpy(&found, answer + NLMSG_HDRLEN, sizeof found);
  return foundSocket(found.idiag_uid, found.idiag_inode);
}

// "0100007F:1F90", which also ends an IPv4 address that is mapped to IPv6.
std::string loopbackText(std::uint16_t port) {
  char text[16];
  std::snprintf(text, sizeof text, "%08X:%04X", htonl(INADDR_LOOPBACK), port);
  return text;
}

PeerSocket searchTables(std::uint16_t peer_port, std::uint16_t own_port) {
  const std::string local_end = loopbackText(peer_port);
  const std::string remote_end = loopbackText(own_port);
  PeerSocket found;
  for (const char* name : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream table(name);
    if (!table) continue;
    found.state = PeerSocket::State::kGone;
    for (std::string line; std::getline(table, line);) {
      std::istringstream fields(line);
      std::string number, local, remote, state, queues, timer, retransmissions, timeout;
      fields >> number >> local >> remote;
      if (!local.ends_with(local_end) || !remote.ends_with(remote_end)) continue;
      fields >> state >> queues >> timer >> retransmissions >> found.user >> timeout >> found.inode;
      return fields ? foundSocket(found.user, found.inode) : found;
    }
  }
  return found;
}

}  // namespace

PeerSocket findPeerSocket(std::uint16_t peer_port, std::uint16_t own_port) {
  if (const auto found = askKernel(peer_port, own_port)) return *found;
  return searchTables(peer_port, own_port);
}

}  // namespace ddblog::lambda
