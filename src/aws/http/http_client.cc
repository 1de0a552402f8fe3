#include "aws/http/http_client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

#include "aws/endpoint.h"
#include "aws/http/connection.h"
#include "aws/http/connection_pool.h"
#include "aws/http/network_error.h"
#include "aws/http/response_parser.h"
#include "aws/http/tls_context.h"
#include "aws/limits.h"

namespace ddblog::aws {

using Kind = NetworkError::Kind;
using SteadyClock = std::chrono::steady_clock;

// A request's destination and its request line.
struct Destination {
  std::string url;
  Endpoint endpoint;
  std::string target;  // path and query
  std::optional<Proxy> proxy;
  std::string key;  // requests with the same key can share a connection

  bool isTls() const { return endpoint.scheme == "https"; }
};

namespace {

// A body up to this size is copied after its header, so that both are sent in one packet.
constexpr std::size_t kSmallBody = 64u << 10;
constexpr std::size_t kReadBuffer = 16u << 10;

Destination findDestination(const std::string& url, const Proxies& proxies) {
  const std::size_t host = url.find("://");
  const std::size_t target = host == std::string::npos ? host : url.find_first_of("/?", host + 3);
  Destination destination;
  destination.url = url;
  destination.endpoint = parseEndpoint(url.substr(0, target));
  if (target != std::string::npos) destination.target = url.substr(target);
  if (!destination.target.starts_with('/')) destination.target.insert(0, 1, '/');
  destination.proxy = proxies.find(destination.endpoint);
  destination.key = destination.endpoint.url();
  if (destination.proxy) destination.key += " by " + destination.proxy->url() + destination.proxy->authorization;
  return destination;
}

// A line break in a header would start another header.
void checkHeader(const std::string& name, const std::string& value) {
  const auto isLineEnd = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  const auto name_end = std::ranges::find_if(name, isLineEnd);
  if (name_end != name.end() || std::ranges::any_of(value, isLineEnd)) {
    throw std::invalid_argument("the header " + std::string(name.begin(), name_end) + " has a line break");
  }
}

std::string headerText(const HttpRequest& request, const Destination& destination) {
  const bool has_whole_url = destination.proxy && !destination.isTls();
  std::string text = request.method + ' ' + (has_whole_url ? "http://" + destination.endpoint.hostHeader() : "") +
                     destination.target + " HTTP/1.1\r\nHost: " + destination.endpoint.hostHeader() +
                     "\r\nUser-Agent: dynamodb-log\r\n";
  if (has_whole_url && !destination.proxy->authorization.empty()) {
    text += "Proxy-Authorization: " + destination.proxy->authorization + "\r\n";
  }
  for (const auto& [name, value] : request.headers) {
    checkHeader(name, value);
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text += "\r\n";
}

// The deadline for the complete response, given the number of bytes received so far.
using DeadlineOf = std::function<Connection::Deadline(std::size_t received)>;

// Reads one response; `received` counts its bytes.
HttpResponse receive(Connection& connection, ResponseParser& parser, std::size_t& received, bool& is_reusable,
                     const DeadlineOf& deadline) {
  std::array<char, kReadBuffer> buffer;
  std::string unparsed;
  while (!parser.isDone()) {
    const std::size_t count = connection.read(buffer, deadline(received));
    if (count == 0 && received == 0) throw NetworkError(Kind::kBroken, "the server closed it");
    if (count == 0) {
      parser.finish();
      is_reusable = false;
      return parser.take();
    }
    received += count;
    unparsed.append(buffer.data(), count);
    unparsed.erase(0, parser.parse(unparsed));
  }
  is_reusable = parser.keepsAlive() && unparsed.empty();
  return parser.take();
}

// One request and its response.
class Exchange {
 public:
  Exchange(ConnectionPool& pool, TlsContext& tls, const HttpRequest& request, const Destination& destination)
      : pool_(pool),
        tls_(tls),
        request_(request),
        destination_(destination),
        header_(headerText(request, destination)) {}

  HttpResponse run() {
    std::unique_ptr<Connection> kept = pool_.take(destination_.key);
    if (!kept) return runOver(open());
    try {
      return runOver(std::move(kept));
    } catch (const NetworkError& error) {
      if (error.kind() != Kind::kBroken || received_ > 0) throw;
    }
    HttpResponse response = runOver(open());
    response.times_sent = 2;
    return response;
  }

 private:
  std::unique_ptr<Connection> open() {
    const auto deadline = SteadyClock::now() + request_.connect_timeout;
    try {
      auto connection = destination_.proxy ? openThroughProxy(*destination_.proxy, deadline)
                                           : std::make_unique<Connection>(destination_.endpoint.host,
                                                                          destination_.endpoint.port, deadline);
      if (destination_.isTls()) connection->startTls(tls_, destination_.endpoint.host, deadline);
      return connection;
    } catch (const NetworkError& error) {
      if (error.kind() == Kind::kTimeout) throw NetworkError(Kind::kConnectTimeout, error.what());
      if (error.kind() == Kind::kBroken) throw NetworkError(Kind::kConnect, error.what());
      throw;
    }
  }

  std::unique_ptr<Connection> openThroughProxy(const Proxy& proxy, Connection::Deadline deadline) {
    const std::string name = "the proxy " + proxy.url() + " (" + proxy.variable + ')';
    try {
      auto connection = std::make_unique<Connection>(proxy.host, proxy.port, deadline);
      if (destination_.isTls()) tunnel(*connection, proxy, deadline);
      return connection;
    } catch (const NetworkError& error) {
      throw NetworkError(Kind::kConnect, name + ": " + error.what());
    } catch (const MalformedResponse& error) {
      throw NetworkError(Kind::kConnect, "what " + name + " answered " + error.what());
    }
  }

  // Asks a proxy to tunnel everything from here on.
  void tunnel(Connection& connection, const Proxy& proxy, Connection::Deadline deadline) {
    const std::string host = destination_.endpoint.host.find(':') == std::string::npos
                                 ? destination_.endpoint.host
                                 : '[' + destination_.endpoint.host + ']';
    const std::string authority = host + ':' + std::to_string(destination_.endpoint.port);
    std::string request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    if (!proxy.authorization.empty()) request += "Proxy-Authorization: " + proxy.authorization + "\r\n";
    connection.write(request + "\r\n", deadline);
    ResponseParser parser(ResponseParser::Body::kNever, limits::kClientHeaderBytes, 0);
    std::size_t received = 0;
    bool is_reusable;
    const HttpResponse response =
        receive(connection, parser, received, is_reusable, [&](std::size_t) { return deadline; });
    if (response.status / 100 == 2) return;
    std::string reason = "it answered CONNECT with status " + std::to_string(response.status);
    if (response.status == 407) reason += "; does its URL have the right user and password?";
    throw NetworkError(Kind::kConnect, reason);
  }

  HttpResponse runOver(std::unique_ptr<Connection> connection) {
    received_ = 0;
    const auto start = SteadyClock::now();
    const DeadlineOf deadline = [&](std::size_t received) {
      return start + request_.timeout +
             std::chrono::seconds((request_.body.size() + received) / limits::kClientSlowestBytesPerSecond);
    };
    std::optional<NetworkError> write_error;
    try {
      write(*connection, deadline(0));
    } catch (const NetworkError& error) {
      // A server that rejects a body may respond and close before it has read all of it.
      if (error.kind() != Kind::kBroken) throw;
      write_error = error;
    }
    const auto body = request_.method == "HEAD" ? ResponseParser::Body::kNever : ResponseParser::Body::kMaybe;
    ResponseParser parser(body, limits::kClientHeaderBytes, request_.max_body);
    bool is_reusable = false;
    try {
      HttpResponse response = receive(*connection, parser, received_, is_reusable, deadline);
      if (is_reusable && !write_error) pool_.giveBack(destination_.key, std::move(connection));
      return response;
    } catch (const NetworkError&) {
      if (write_error) throw *write_error;
      throw;
    }
  }

  void write(Connection& connection, Connection::Deadline deadline) const {
    if (request_.body.size() <= kSmallBody) {
      connection.write(header_ + std::string(request_.body), deadline);
    } else {
      connection.write(header_, deadline);
      connection.write(request_.body, deadline);
    }
  }

  ConnectionPool& pool_;
  TlsContext& tls_;
  const HttpRequest& request_;
  const Destination& destination_;
  const std::string header_;
  std::size_t received_ = 0;
};

// Uses botocore's messages where it has one, so that users can look them up.
std::string explain(const NetworkError& error, const std::string& url) {
  const std::string quoted = '"' + url + '"';
  switch (error.kind()) {
    case Kind::kConnectTimeout:
      return "Connect timeout on endpoint URL: " + quoted;
    case Kind::kTimeout:
      return "Read timeout on endpoint URL: " + quoted;
    case Kind::kTls:
      return "SSL validation failed for " + quoted + ": " + error.what();
    case Kind::kBroken:
      return "Connection was closed before we received a valid response from endpoint URL: " + quoted + " (" +
             error.what() + ')';
    case Kind::kConnect:
      break;
  }
  return "Could not connect to the endpoint URL " + quoted + ": " + error.what();
}

}  // namespace

HttpClient::HttpClient(Proxies proxies, CaFile ca_file)
    : proxies_(std::move(proxies)),
      tls_(std::make_unique<TlsContext>(std::move(ca_file))),
      pool_(std::make_unique<ConnectionPool>()) {}
HttpClient::~HttpClient() = default;

std::shared_ptr<const Destination> HttpClient::destinationOf(const std::string& url) {
  MutexLock lock(mutex_);
  if (!last_ || last_->url != url) last_ = std::make_shared<const Destination>(findDestination(url, proxies_));
  return last_;
}

HttpResponse HttpClient::send(const HttpRequest& request) {
  try {
    const auto destination = destinationOf(request.url);
    return Exchange(*pool_, *tls_, request, *destination).run();
  } catch (const NetworkError& error) {
    throw ConnectionError(explain(error, request.url));
  } catch (const MalformedResponse& error) {
    throw ConnectionError("The response of \"" + request.url + "\" " + error.what());
  } catch (const std::invalid_argument& error) {
    throw ConnectionError("The request to \"" + request.url + "\" cannot be sent: " + error.what());
  }
}

}  // namespace ddblog::aws
