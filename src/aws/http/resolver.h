// Resolves host names to addresses, within a time limit.
//
// IP addresses and the names that RFC 6761 reserves for this machine (localhost, *.localhost) need
// no query. Other names are resolved by getaddrinfo(3), which has no time limit, so it runs on a
// thread of its own. A lookup that takes too long is abandoned; its thread ends when getaddrinfo
// returns.
//
// Thread safety: may be called from any thread.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

namespace ddblog::aws {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// `host` without brackets. Never empty. Throws NetworkError (network_error.h).
std::vector<SocketAddress> resolve(const std::string& host, int port, std::chrono::steady_clock::time_point deadline);

}  // namespace ddblog::aws
