// Who may use the Runtime API of a function's process: that function's processes, and nobody else.
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cstddef>
#include <thread>

#include "services/lambda/host/peer_socket.h"
#include "services/lambda/host/process_tree.h"
#include "unit/services/lambda/function_cloud.h"

namespace ddblog::lambda {
namespace {

// Says its address, and what the Runtime API answers to a request of its own or of a child.
constexpr const char* kAsks = R"(
import os, socket, subprocess, sys, urllib.error, urllib.request
ASK = '''
import sys, urllib.error, urllib.request
request = urllib.request.Request(sys.argv[1], b'{}', dict(pair.split('=', 1) for pair in sys.argv[2:]))
try:
    print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as error:
    print(error.code)
'''
def ask_as(user, api):
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            os.setuid(user)
            host, port = api.split(':')
            connection = socket.create_connection((host, int(port)))
            connection.sendall(f'GET /nowhere HTTP/1.1\r\nHost: {api}\r\n\r\n'.encode())
            os.write(writer, connection.recv(12)[-3:])
        finally:
            os._exit(0)
    os.close(writer)
    return int(os.read(reader, 3))
def handler(event, context):
    api = os.environ['AWS_LAMBDA_RUNTIME_API']
    if event.get('user'):
        return ask_as(event['user'], api)
    url = f'http://{api}/2018-06-01/runtime/invocation/nobody/response'
    if not event:
        return api
    command = [sys.executable, '-c', ASK, url, *event['headers']]
    return int(subprocess.run(command, capture_output=True, text=True, start_new_session=True).stdout)
)";

class Connected {
 public:
  explicit Connected(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool is_connected = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    EXPECT_TRUE(is_connected);
  }
  ~Connected() { ::close(descriptor); }
  Connected(const Connected&) = delete;

  // The status line of the answer.
  std::string ask(const std::string& request) const {
    EXPECT_EQ(::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
    std::string answer(4096, '\0');
    const ssize_t count = ::recv(descriptor, answer.data(), answer.size(), 0);
    answer.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return answer.substr(0, answer.find('\r'));
  }
  std::uint16_t port() const {
    sockaddr_in own{};
    socklen_t length = sizeof own;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &length);
    return ntohs(own.sin_port);
  }

  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

class RuntimeApiPeers : public testing::Test {
 protected:
  RuntimeApiPeers() {
    cloud_.addFunction(cloud_.python("asks", kAsks));
    address_ = text(cloud_.invoke("asks").payload);
    port_ = static_cast<std::uint16_t>(std::stoi(address_.substr(address_.find(':') + 1)));
  }
  static std::string text(const std::string& payload) { return std::string(parseJson(payload).as_string()); }
  std::string next() const {
    return "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: " + address_ + "\r\n\r\n";
  }
  std::string answerToChild(const std::string& event) { return cloud_.invoke("asks", event).payload; }

  FunctionCloud cloud_;
  std::string address_;
  std::uint16_t port_ = 0;
};

TEST_F(RuntimeApiPeers, AChildOfTheFunctionIsServed) { EXPECT_EQ(answerToChild(R"({"headers": []})"), "400"); }

// A function that root runs may drop its privileges.
TEST_F(RuntimeApiPeers, AChildThatHasBecomeAnotherUserIsServed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  EXPECT_EQ(answerToChild(R"({"user": 65534})"), "404");
}

TEST_F(RuntimeApiPeers, AnotherProcessOfThisUserIsRefused) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Connected(port_).ask(next()), "HTTP/1.1 403 Forbidden");
  EXPECT_EQ(text(cloud_.invoke("asks").payload), address_);
  EXPECT_EQ(cloud_.log.countNow("asks: refused a process of user " + std::to_string(::geteuid())), 1);
}

TEST_F(RuntimeApiPeers, AnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const pid_t pid = ::fork();
  if (pid == 0) {
    constexpr uid_t kNobody = 65534;
    const bool is_nobody = ::setuid(kNobody) == 0;
    _exit(is_nobody && Connected(port_).ask(next()) == "HTTP/1.1 403 Forbidden" ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(cloud_.log.has("asks: refused a process of user 65534"));
}

TEST_F(RuntimeApiPeers, ConnectionsOfOthersLeaveRoomForTheFunctions) {
  std::vector<std::unique_ptr<Connected>> others;
  for (int i = 0; i < 200; ++i) others.push_back(std::make_unique<Connected>(port_));
  EXPECT_EQ(answerToChild(R"({"headers": []})"), "400");
}

TEST_F(RuntimeApiPeers, WebPagesAndOtherHostsAreRefused) {
  EXPECT_EQ(answerToChild(R"({"headers": ["Origin=http://localhost:3000"]})"), "403");
  EXPECT_EQ(answerToChild(R"({"headers": ["Sec-Fetch-Site=same-origin"]})"), "403");
  EXPECT_EQ(answerToChild(R"({"headers": ["Sec-Fetch-Dest=image"]})"), "403");
  EXPECT_EQ(answerToChild(R"({"headers": ["Host=evil.example"]})"), "403");
  EXPECT_EQ(answerToChild(R"({"headers": ["Host=127.0.0.1:9001"]})"), "400");  // passed on by a proxy of the function
  EXPECT_EQ(answerToChild(R"({"headers": ["Sec-Fetch-Mode=cors"]})"), "400");  // as Node.js's fetch() sends
}

// The socket of a connection of this process's own, found by either way.
class PeerSockets : public testing::Test {
 protected:
  PeerSockets() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 5), 0);
    socklen_t length = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }
  ~PeerSockets() override { ::close(listener_); }

  void expectFound() {
    const Connected peer(port_);
    const PeerSocket found = findPeerSocket(peer.port(), port_);
    EXPECT_EQ(found.state, PeerSocket::State::kFound);
    EXPECT_EQ(found.user, ::geteuid());
    EXPECT_EQ(treeHoldsSocket(::getpid(), found.inode), Holds::kYes);
    EXPECT_EQ(treeHoldsSocket(::getpid(), found.inode + 1'000'000), Holds::kNo);
    EXPECT_EQ(findPeerSocket(1, port_).state, PeerSocket::State::kGone);

    std::uint16_t closed = 0;
    {
      const Connected peer_that_closes(port_);
      closed = peer_that_closes.port();
    }
    EXPECT_EQ(findPeerSocket(closed, port_).state, PeerSocket::State::kGone);
  }

  const int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
};

TEST_F(PeerSockets, AreFound) { expectFound(); }

// As Java connects.
TEST_F(PeerSockets, OfIPv6WithAnIPv4AddressAreFound) {
  const int peer = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (peer < 0) GTEST_SKIP() << "this machine has no IPv6";
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port_);
  ASSERT_EQ(::inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr), 1);
  ASSERT_EQ(::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  socklen_t length = sizeof address;
  ::getsockname(peer, reinterpret_cast<sockaddr*>(&address), &length);
  const PeerSocket found = findPeerSocket(ntohs(address.sin6_port), port_);
  EXPECT_EQ(found.state, PeerSocket::State::kFound);
  EXPECT_EQ(treeHoldsSocket(::getpid(), found.inode), Holds::kYes);
  ::close(peer);
}

// Its numbers are other processes' there.
TEST(ProcessTree, IsNotReadFromTheProcOfAnotherNamespace) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::unshare(::geteuid() == 0 ? CLONE_NEWPID : CLONE_NEWUSER | CLONE_NEWPID) != 0) _exit(2);
    const pid_t first = ::fork();
    if (first == 0) _exit(childrenOf(::getpid()) || treeHoldsSocket(::getpid(), 1) != Holds::kUnknown ? 1 : 0);
    int status = 1;
    ::waitpid(first, &status, 0);
    _exit(WEXITSTATUS(status));
  }
  int status = 1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  if (WEXITSTATUS(status) == 2) GTEST_SKIP() << "this machine does not let its users make namespaces";
  EXPECT_EQ(status, 0);
}

// A container that forbids netlink sockets.
TEST_F(PeerSockets, AreFoundWithoutSockDiag) {
  std::thread([&] {
    sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 2),
                            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
                            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 1, 0),
                            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT)};
    const sock_fprog program{std::size(filter), filter};
    ASSERT_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ASSERT_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
    ASSERT_LT(::socket(AF_NETLINK, SOCK_DGRAM, 0), 0);
    expectFound();
  }).join();
}

// The connection that took an invocation is lost before the process has read it.
TEST(LostInvocations, AreHandedOutAgain) {
  FunctionCloud cloud;
  Function function = cloud.function("forgets", "provided.al2023", "bootstrap", R"(#!/usr/bin/env python3
import json, os, urllib.error, urllib.request
api = 'http://' + os.environ['AWS_LAMBDA_RUNTIME_API'] + '/2018-06-01/runtime/invocation/'
def take():
    with urllib.request.urlopen(api + 'next') as next:
        return next.headers['Lambda-Runtime-Aws-Request-Id'], next.headers['Lambda-Runtime-Deadline-Ms'], next.read()
while True:
    times = [take(), take(), take()]
    try:
        refusal = take()
    except urllib.error.HTTPError as error:
        refusal = error.code
    id, _, event = times[0]
    answer = json.dumps([times[0] == times[1] == times[2], refusal, json.loads(event)]).encode()
    urllib.request.urlopen(urllib.request.Request(api + id + '/response', answer, method='POST'))
)");
  std::filesystem::permissions(function.code_directory / "bootstrap", std::filesystem::perms::owner_all);
  cloud.addFunction(function);
  EXPECT_EQ(cloud.invoke("forgets", R"({"n":1})").payload, R"([true, 403, {"n": 1}])");
  EXPECT_EQ(cloud.invoke("forgets", R"({"n":2})").payload, R"([true, 403, {"n": 2}])");
  EXPECT_EQ(cloud.log.countNow("forgets: asked for an invocation before it answered "), 4);
}

}  // namespace
}  // namespace ddblog::lambda
