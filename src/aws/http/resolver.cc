#include "aws/http/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>

#include "aws/endpoint.h"
#include "aws/http/network_error.h"
#include "base/thread_annotations.h"

namespace ddblog::aws {

namespace {

template <class Address>
SocketAddress toSocketAddress(const Address& address) {
  SocketAddress result;
  std::memcpy(&result.storage, &address, sizeof address);
  result.size = sizeof address;
  return result;
}

SocketAddress toSocketAddress(const in_addr& address, int port) {
  sockaddr_in socket_address{};
  socket_address.sin_family = AF_INET;
  socket_address.sin_port = htons(static_cast<std::uint16_t>(port));
  socket_address.sin_addr = address;
  return toSocketAddress(socket_address);
}

SocketAddress toSocketAddress(const in6_addr& address, int port) {
  sockaddr_in6 socket_address{};
  socket_address.sin6_family = AF_INET6;
  socket_address.sin6_port = htons(static_cast<std::uint16_t>(port));
  socket_address.sin6_addr = address;
  return toSocketAddress(socket_address);
}

// The addresses of hosts that need no query.
std::vector<SocketAddress> knownAddresses(const std::string& host, int port) {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return {toSocketAddress(v4, port)};
  in6_addr v6{};
  if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return {toSocketAddress(v6, port)};
  if (!isLoopbackHost(host)) return {};
  return {toSocketAddress(in_addr{htonl(INADDR_LOOPBACK)}, port), toSocketAddress(in6addr_loopback, port)};
}

// Shared by the thread that resolves a name and the one that waits for it, because either may end
// first.
struct Lookup {
  Mutex mutex;
  CondVar is_finished;
  bool finished GUARDED_BY(mutex) = false;
  std::vector<SocketAddress> addresses GUARDED_BY(mutex);
  std::string error GUARDED_BY(mutex);
};

void lookUp(const std::string& host, const std::string& port, Lookup& lookup) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  const int system_error = errno;
  MutexLock lock(lookup.mutex);
  if (code != 0) lookup.error = code == EAI_SYSTEM ? std::strerror(system_error) : ::gai_strerror(code);
  for (const addrinfo* entry = found; entry; entry = entry->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    lookup.addresses.push_back(address);
  }
  if (found) ::freeaddrinfo(found);
  lookup.finished = true;
  lookup.is_finished.notifyAll();
}

}  // namespace

std::vector<SocketAddress> resolve(const std::string& host, int port, std::chrono::steady_clock::time_point deadline) {
  if (auto known = knownAddresses(host, port); !known.empty()) return known;
  const auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host, port] { lookUp(host, std::to_string(port), *lookup); }).detach();
  MutexLock lock(lookup->mutex);
  while (!lookup->finished && lookup->is_finished.waitUntil(lock, deadline)) {
  }
  if (!lookup->finished) {
    throw NetworkError(NetworkError::Kind::kTimeout, "the lookup of the host name " + host + " takes too long");
  }
  if (lookup->addresses.empty()) {
    throw NetworkError(NetworkError::Kind::kConnect,
                       "the host name " + host + " has no address (" + lookup->error + ')');
  }
  return lookup->addresses;
}

}  // namespace ddblog::aws
