#include "server/server.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <latch>
#include <stdexcept>

#include "server/connection.h"
#include "server/server_core.h"

namespace ddblog::server {

namespace {

constexpr std::size_t kConnectionsOfOneTag = 64;        // a function process needs only a few
constexpr std::chrono::milliseconds kAcceptPause{100};  // after accept fails (no file descriptors left)
constexpr int kLooks = 32;                              // at sockets, for a request that takes several reads

// Counts down when the thread of the context has looked so often, and has handled what it found. What it posts to
// itself comes after the next look.
void countDownAfter(int looks, asio::io_context& context, std::latch& latch) {
  asio::post(context, [looks, &context, &latch] {
    looks == 0 ? latch.count_down() : countDownAfter(looks - 1, context, latch);
  });
}

}  // namespace

Listener::Listener(std::shared_ptr<ServerCore> core, const tcp::endpoint& endpoint, Entrance entrance)
    : core_(std::move(core)),
      entrance_(std::move(entrance)),
      acceptor_(core_->nextContext()),
      pause_(acceptor_.get_executor()) {
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(endpoint);
  acceptor_.listen();
  port_ = acceptor_.local_endpoint().port();
}

void Listener::accept() {
  MutexLock lock(mutex_);
  if (closed_) return;
  acceptor_.async_accept(core_->nextContext(), [self = shared_from_this()](const Error& error, tcp::socket socket) {
    self->onAccept(error, std::move(socket));
  });
}

void Listener::onAccept(const Error& error, tcp::socket socket) {
  if (!error) {
    core_->begin(shared_from_this(), std::move(socket));
    return accept();
  }
  if (error == asio::error::operation_aborted) return;
  core_->options.log("A connection cannot be accepted: " + error.message());
  MutexLock lock(mutex_);
  if (closed_) return;
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([self = shared_from_this()](const Error& cancelled) {
    if (!cancelled) self->accept();
  });
}

bool Listener::admits(const tcp::socket& socket) const {
  if (!entrance_.admits) return true;
  Error gone;
  const tcp::endpoint peer = socket.remote_endpoint(gone);
  return !gone && entrance_.admits(peer.port(), static_cast<std::uint16_t>(port_));
}

void Listener::close() {
  MutexLock lock(mutex_);
  closed_ = true;
  Error ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

int ServerCore::open(const tcp::endpoint& endpoint, Entrance entrance) {
  const auto listener = std::make_shared<Listener>(shared_from_this(), endpoint, std::move(entrance));
  {
    MutexLock lock(mutex_);
    if (is_stopping) throw std::runtime_error("The server is stopping");
    if (const std::string& tag = listener->entrance().tag; !tag.empty()) {
      for (const auto& other : listeners_) {
        if (other->entrance().tag == tag) throw std::invalid_argument("There is a listener with the tag " + tag);
      }
    }
    listeners_.push_back(listener);
  }
  listener->accept();
  return listener->port();
}

ServerCore::Contexts ServerCore::makeContexts(int threads) {
  Contexts contexts;
  // 1: one thread runs it, which spares the scheduler the waking of others.
  for (int i = 0; i < std::max(1, threads); ++i) contexts.push_back(std::make_unique<asio::io_context>(1));
  return contexts;
}

void ServerCore::start() {
  sweep();
  for (const auto& context : contexts_) {
    work_.push_back(asio::make_work_guard(*context));
    threads_.emplace_back([&context] { context->run(); });
  }
  work_.push_back(asio::make_work_guard(large_requests_));
  threads_.emplace_back([this] { large_requests_.run(); });
}

// One sweep checks all deadlines, because a timer per connection would add work to every request.
void ServerCore::sweep() {
  const auto shortest =
      std::min({options.request_timeout, options.idle_timeout, options.stall_timeout, options.wait_timeout});
  const auto pause = std::clamp<std::chrono::milliseconds>(shortest / 4, std::chrono::milliseconds(5),
                                                           std::chrono::milliseconds(1000));
  std::vector<std::shared_ptr<Connection>> late;
  const SteadyTime now = std::chrono::steady_clock::now();
  {
    MutexLock lock(mutex_);
    if (is_over) return;
    for (const auto& connection : connections_) {
      if (connection->isLate(now)) late.push_back(connection);
    }
    sweeper_.expires_after(pause);
    sweeper_.async_wait([this](const Error& cancelled) {
      if (!cancelled) sweep();
    });
  }
  for (const auto& connection : late) connection->endIfLate(now);
}

// Of those that wait for a request, the one that has waited longest. nullptr: there is none.
std::shared_ptr<Connection> ServerCore::longestIdle() {
  std::shared_ptr<Connection> found;
  for (const auto& connection : connections_) {
    if (!connection->listener().entrance().tag.empty() || !connection->isIdle()) continue;
    if (!found || connection->idleSince() < found->idleSince()) found = connection;
  }
  return found;
}

void ServerCore::begin(const std::shared_ptr<Listener>& listener, tcp::socket socket) {
  const bool is_admitted = listener->admits(socket);
  const auto connection = std::make_shared<Connection>(shared_from_this(), listener, std::move(socket), is_admitted);
  const std::string& tag = listener->entrance().tag;
  {
    MutexLock lock(mutex_);
    // The listener was closed meanwhile: drop the connection.
    if (std::find(listeners_.begin(), listeners_.end(), listener) == listeners_.end()) return;
    std::size_t count = main_connections_;
    if (!tag.empty()) {
      count = static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(), [&](const auto& other) {
        return &other->listener() == listener.get() && other->isAdmitted() == is_admitted;
      }));
    }
    if (tag.empty() && count >= options.connections) {
      const std::shared_ptr<Connection> idle = longestIdle();
      if (!idle) return connection->refuseAtOnce();
      idle->giveWay();
    } else if (count >= kConnectionsOfOneTag && !tag.empty()) {
      return connection->refuseAtOnce();
    }
    connection->place = connections_.insert(connections_.end(), connection);
    if (tag.empty()) ++main_connections_;
  }
  connection->start();
}

void ServerCore::forget(Connection& connection) {
  std::shared_ptr<Connection> last;  // destroyed after the lock is released
  MutexLock lock(mutex_);
  last = std::move(*connection.place);
  connections_.erase(connection.place);
  if (last->listener().entrance().tag.empty()) --main_connections_;
  fewer_connections_.notifyAll();
}

std::vector<std::shared_ptr<Connection>> ServerCore::connectionsOf(const Listener* listener) {
  std::vector<std::shared_ptr<Connection>> found;
  MutexLock lock(mutex_);
  for (const auto& connection : connections_) {
    if (!listener || &connection->listener() == listener) found.push_back(connection);
  }
  return found;
}

void ServerCore::closeTag(const std::string& tag) {
  std::shared_ptr<Listener> listener;
  {
    MutexLock lock(mutex_);
    const auto found = std::find_if(listeners_.begin(), listeners_.end(),
                                    [&](const auto& other) { return other->entrance().tag == tag; });
    if (tag.empty() || found == listeners_.end()) return;
    listener = *found;
    listeners_.erase(found);
  }
  listener->close();
  for (const auto& connection : connectionsOf(listener.get())) connection->end();
}

void ServerCore::closeListeners(bool of_tags) {
  std::vector<std::shared_ptr<Listener>> closing;
  {
    MutexLock lock(mutex_);
    const auto first = std::partition(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
      return listener->entrance().tag.empty() == of_tags;
    });
    closing.assign(first, listeners_.end());
    listeners_.erase(first, listeners_.end());
  }
  for (const auto& listener : closing) listener->close();
}

void ServerCore::pause() {
  if (!gate.close(options.stop_timeout)) {
    for (const auto& connection : connectionsOf(nullptr)) {
      if (connection->isInside()) connection->end();
    }
  }
  awaitThreads();
}

// Waits until each thread has ended what it was at: a handler may still run for a connection that was ended,
// or for one of a listener with a tag, which needs no pass.
void ServerCore::awaitThreads() {
  if (threads_.empty()) return;
  std::latch at_work(static_cast<std::ptrdiff_t>(threads_.size()));
  asio::post(large_requests_, [&at_work] { at_work.count_down(); });
  for (const auto& context : contexts_) asio::post(*context, [&at_work] { at_work.count_down(); });
  at_work.wait();
}

void ServerCore::takeArrived() {
  if (threads_.empty()) return;
  for (int pass = 0; pass < 2; ++pass) {  // one thread accepts a connection, and another one reads it
    std::latch looking(static_cast<std::ptrdiff_t>(contexts_.size()));
    for (const auto& context : contexts_) countDownAfter(kLooks, *context, looking);
    looking.wait();
  }
  awaitThreads();  // large requests are handled on a thread of their own
}

bool ServerCore::hasClient(const std::string& request_id) {
  const auto connections = connectionsOf(nullptr);
  return std::any_of(connections.begin(), connections.end(),
                     [&](const auto& connection) { return connection->isWaitingFor(request_id); });
}

void ServerCore::stop() {
  MutexLock one_at_a_time(stopping_);
  if (is_over) return;
  is_stopping = true;
  closeListeners(false);
  for (const auto& connection : connectionsOf(nullptr)) {
    if (connection->listener().entrance().tag.empty()) connection->endIfIdle();
  }
  if (!threads_.empty()) {
    MutexLock lock(mutex_);
    const SteadyTime until = std::chrono::steady_clock::now() + options.stop_timeout;
    while (main_connections_ > 0 && fewer_connections_.waitUntil(lock, until)) {
    }
  }
  // Only now, because requests in flight may wait for a function, which responds through a listener
  // with a tag.
  closeListeners(true);
  for (const auto& connection : connectionsOf(nullptr)) connection->end();
  {
    MutexLock lock(mutex_);
    is_over = true;
    sweeper_.cancel();
  }
  work_.clear();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  bodies.dismissWaiting();
  answers.dismissWaiting();
  large_requests_.restart();
  large_requests_.poll();
  for (const auto& context : contexts_) {
    context->restart();
    context->poll();  // destroys the handlers that never ran
  }
}

Server::Server(ServerOptions options, const Clock& clock, Ids& ids)
    : core_(std::make_shared<ServerCore>(std::move(options), clock, ids)) {}

Server::~Server() { stop(); }

void Server::serve(const rpc::JsonApi& api) { core_->router.add(api); }
void Server::serve(const rpc::RestApi& api) { core_->router.add(api); }
void Server::serve(const rpc::QueryApi& api) { core_->router.add(api); }
void Server::serve(const rpc::Apis& apis) {
  for (const rpc::JsonApi* api : apis.json()) serve(*api);
  for (const rpc::RestApi* api : apis.rest()) serve(*api);
  for (const rpc::QueryApi* api : apis.query()) serve(*api);
}
void Server::pause() { core_->pause(); }
void Server::takeArrived() { core_->takeArrived(); }
void Server::serveLasting(const rpc::RestApi& api) { core_->router.addLasting(api); }
bool Server::hasClient(const std::string& request_id) { return core_->hasClient(request_id); }
void Server::serveNone() { core_->router.clear(); }
void Server::resume() { core_->gate.open(); }
void Server::start() { core_->start(); }
void Server::stop() { core_->stop(); }

Address Server::listen(const Address& address) {
  const std::string port = std::to_string(address.port);
  Address actual = address;
  const std::string name = (address.host.find(':') == std::string::npos ? address.host : '[' + address.host + ']');
  try {
    std::vector<asio::ip::address> addresses;
    for (const auto& entry : tcp::resolver(core_->nextContext()).resolve(address.host, port, tcp::resolver::passive)) {
      const auto found = entry.endpoint().address();
      if (std::find(addresses.begin(), addresses.end(), found) == addresses.end()) addresses.push_back(found);
    }
    std::size_t absent = 0;
    for (const auto& one : addresses) {
      Entrance entrance;
      entrance.checks_host = one.is_loopback();
      try {
        actual.port = core_->open({one, static_cast<unsigned short>(actual.port)}, std::move(entrance));
      } catch (const boost::system::system_error& failed) {
        // "localhost" has two addresses, and IPv6 may be disabled on the machine.
        const bool is_absent = failed.code() == asio::error::address_family_not_supported ||
                               failed.code() == boost::system::errc::address_not_available;
        if (!is_absent || ++absent == addresses.size()) throw;
      }
    }
  } catch (const boost::system::system_error& failed) {
    throw std::runtime_error("Cannot listen on " + name + ':' + port + ": " + failed.code().message());
  }
  return actual;
}

std::string Server::listen(const rpc::RestApi& api, const std::string& tag, Admits admits) {
  if (tag.empty()) throw std::invalid_argument("A listener of its own needs a tag");
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), 0);
  try {
    return "127.0.0.1:" + std::to_string(core_->open(endpoint, Entrance{true, &api, tag, std::move(admits)}));
  } catch (const boost::system::system_error& failed) {
    throw std::system_error(static_cast<std::error_code>(failed.code()), "Cannot listen on a port of loopback");
  }
}

void Server::close(const std::string& tag) { core_->closeTag(tag); }

}  // namespace ddblog::server
