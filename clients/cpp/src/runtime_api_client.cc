#include "clients/cpp/src/runtime_api_client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <iterator>
#include <memory>

#include "base/text.h"

namespace ddblog {
namespace {

std::size_t parseLength(std::string_view text, int base) {
  std::size_t length = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), length, base);
  if (error != std::errc() || rest == text.data()) throw std::runtime_error("The Runtime API sent an invalid length.");
  if (length > kRuntimeBodyBytes) throw std::runtime_error("The Runtime API sent more than 8 MB.");
  return length;
}

// Whether a line is the header with this name, which is in lower case.
bool isNamed(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return false;
  return std::equal(name.begin(), name.end(), line.begin(), [](char lower, char sent) {
    return lower == sent || (sent >= 'A' && sent <= 'Z' && lower == sent - 'A' + 'a');
  });
}

}  // namespace

RuntimeApiClient::RuntimeApiClient(std::string_view address, Pipelining pipelining) : pipelining_(pipelining) {
  const std::size_t colon = address.rfind(':');
  if (address.empty() || colon == 0) throw std::invalid_argument("AWS_LAMBDA_RUNTIME_API is not an address");
  host_ = address.substr(0, colon);
  port_ = colon == std::string_view::npos ? "80" : address.substr(colon + 1);
}

RuntimeApiClient::~RuntimeApiClient() { close(); }

void RuntimeApiClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  buffer_.clear();
  taken_ = 0;
}

void RuntimeApiClient::connect() {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found) != 0) {
    throw RuntimeApiClosed("Cannot resolve the Runtime API's address " + host_ + ":" + port_ + ".");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* a = found; a; a = a->ai_next) {
    socket_ = ::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
    if (socket_ < 0) continue;
    if (::connect(socket_, a->ai_addr, a->ai_addrlen) == 0) {
      const int on = 1;
      setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      return;
    }
    close();
  }
  throw RuntimeApiClosed("Nothing listens at the Runtime API's address " + host_ + ":" + port_ + ".");
}

bool RuntimeApiClient::sendAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RuntimeApiClient::receive() {
  char bytes[16 * 1024];
  ssize_t count;
  do {
    count = ::recv(socket_, bytes, sizeof(bytes), 0);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

void RuntimeApiClient::need(std::size_t bytes) {
  while (buffer_.size() - taken_ < bytes) {
    if (!receive()) throw RuntimeApiClosed("The Runtime API closed the connection.");
  }
}

// The bytes up to `end`, which is taken too.
std::string RuntimeApiClient::takeUntil(std::string_view end) {
  std::size_t found;
  for (std::size_t from = taken_; (found = buffer_.find(end, from)) == std::string::npos;) {
    const std::size_t begun = buffer_.size() - taken_;
    if (begun > kRuntimeHeaderBytes) throw std::runtime_error("The Runtime API sent headers that are too long.");
    from = std::max(taken_, buffer_.size() - std::min(buffer_.size(), end.size() - 1));
    need(begun + 1);
  }
  std::string text = buffer_.substr(taken_, found - taken_);
  taken_ = found + end.size();
  return text;
}

std::string RuntimeApiClient::take(std::size_t bytes) {
  need(bytes);
  std::string taken = buffer_.substr(taken_, bytes);
  taken_ += bytes;
  return taken;
}

// The request line and the headers, without the line that ends them.
std::string RuntimeApiClient::headOf(const Request& request) const {
  std::string text;
  text.append(request.method).append(" ").append(request.path).append(" HTTP/1.1\r\n");
  text.append("Host: ").append(host_).append(":").append(port_).append("\r\n");
  for (const auto& [name, value] : request.headers) text.append(name).append(": ").append(value).append("\r\n");
  return text;
}

std::string RuntimeApiClient::textOf(std::span<const Request> requests) const {
  std::string text;
  for (const Request& request : requests) {
    text += headOf(request);
    if (request.method != "GET") {
      text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
    }
    text.append("\r\n").append(request.body);
  }
  return text;
}

void RuntimeApiClient::sendOrThrow(std::string_view bytes) {
  if (socket_ >= 0 && sendAll(bytes)) return;
  close();
  throw RuntimeApiClosed("The Runtime API closed the connection.");
}

void RuntimeApiClient::beginChunks(const Request& request) {
  if (socket_ < 0) connect();
  sendOrThrow(headOf(request) + "Transfer-Encoding: chunked\r\n\r\n");
}

void RuntimeApiClient::writeChunk(std::string_view bytes) {
  char length[20];
  const auto end = std::to_chars(std::begin(length), std::end(length), bytes.size(), 16).ptr;
  sendOrThrow(std::string(length, end).append("\r\n").append(bytes).append("\r\n"));
}

RuntimeApiClient::Response RuntimeApiClient::endChunks(const Headers& trailers) {
  std::string end = "0\r\n";
  for (const auto& [name, value] : trailers) end.append(name).append(": ").append(value).append("\r\n");
  sendOrThrow(end.append("\r\n"));
  return readResponse();
}

RuntimeApiClient::Response RuntimeApiClient::send(std::span<const Request> requests) {
  if (pipelining_ == Pipelining::kOn) return exchange(requests);
  for (; requests.size() > 1; requests = requests.subspan(1)) exchange(requests.first(1));
  return exchange(requests);
}

RuntimeApiClient::Response RuntimeApiClient::exchange(std::span<const Request> requests) {
  for (int attempt = 1;; ++attempt) {
    const bool kept = socket_ >= 0;
    if (!kept) connect();
    bool has_response = false;
    if (sendAll(textOf(requests))) {
      while (socket_ >= 0 && (taken_ < buffer_.size() || receive())) {
        has_response = true;
        Response response = readResponse();
        if (requests.size() == 1) return response;
        requests = requests.subspan(1);
      }
    }
    close();
    // No response at all on a kept connection: it was closed while idle, so the requests were not read.
    // After a response, the rest goes over a new connection.
    if (!has_response && (!kept || attempt > 1)) throw RuntimeApiClosed("The Runtime API closed the connection.");
  }
}

RuntimeApiClient::Response RuntimeApiClient::readResponse() {
  Response response;
  const std::string status = takeUntil("\r\n");
  if (!status.starts_with("HTTP/1.") || status.size() < 12)
    throw std::runtime_error("The Runtime API's response is not HTTP.");
  response.status = static_cast<int>(parseLength(std::string_view(status).substr(9, 3), 10));
  need(2);
  if (std::string_view(buffer_).substr(taken_).starts_with("\r\n")) {
    taken_ += 2;
  } else {
    response.headers = takeUntil("\r\n\r\n") + "\r\n";
  }
  readBody(response);
  buffer_.erase(0, std::exchange(taken_, 0));
  if (lowerCase(response.header("connection")) == "close") close();
  return response;
}

std::string_view RuntimeApiClient::Response::header(std::string_view name) const {
  for (std::string_view rest = headers; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    if (isNamed(line, name)) return trim(line.substr(name.size() + 1));
  }
  return {};
}

void RuntimeApiClient::readBody(Response& response) {
  if (lowerCase(response.header("transfer-encoding")) == "chunked") {
    while (const std::size_t length = parseLength(takeUntil("\r\n"), 16)) {
      if (response.body.size() + length > kRuntimeBodyBytes) {
        throw std::runtime_error("The Runtime API sent more than 8 MB.");
      }
      response.body += take(length);
      takeUntil("\r\n");
    }
    while (!takeUntil("\r\n").empty()) {  // trailers
    }
  } else if (const auto length = response.header("content-length"); !length.empty()) {
    response.body = take(parseLength(length, 10));
  }
}

}  // namespace ddblog
