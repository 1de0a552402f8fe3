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

std::string RuntimeApiClient::takeLine() {
  std::size_t end;
  while ((end = buffer_.find("\r\n", taken_)) == std::string::npos) {
    const std::size_t begun = buffer_.size() - taken_;
    if (begun > kRuntimeHeaderBytes) throw std::runtime_error("The Runtime API sent a line that is too long.");
    need(begun + 1);
  }
  std::string line = buffer_.substr(taken_, end - taken_);
  taken_ = end + 2;
  return line;
}

std::string RuntimeApiClient::take(std::size_t bytes) {
  need(bytes);
  std::string taken = buffer_.substr(taken_, bytes);
  taken_ += bytes;
  return taken;
}

std::string RuntimeApiClient::textOf(std::span<const Request> requests) const {
  std::string text;
  for (const auto& [method, path, headers, body] : requests) {
    text.append(method).append(" ").append(path).append(" HTTP/1.1\r\n");
    text.append("Host: ").append(host_).append(":").append(port_).append("\r\n");
    for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
    if (method != "GET") text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    text.append("\r\n").append(body);
  }
  return text;
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
  const std::string status = takeLine();
  if (!status.starts_with("HTTP/1.") || status.size() < 12)
    throw std::runtime_error("The Runtime API's response is not HTTP.");
  response.status = static_cast<int>(parseLength(std::string_view(status).substr(9, 3), 10));
  std::size_t bytes = 0;
  for (std::string line = takeLine(); !line.empty(); line = takeLine()) {
    bytes += line.size();
    if (bytes > kRuntimeHeaderBytes) throw std::runtime_error("The Runtime API sent headers that are too long.");
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) throw std::runtime_error("The Runtime API sent an invalid header.");
    response.headers[lowerCase(line.substr(0, colon))] = trim(std::string_view(line).substr(colon + 1));
  }
  readBody(response);
  buffer_.erase(0, std::exchange(taken_, 0));
  if (lowerCase(response.headers["connection"]) == "close") close();
  return response;
}

void RuntimeApiClient::readBody(Response& response) {
  if (lowerCase(response.headers["transfer-encoding"]) == "chunked") {
    while (const std::size_t length = parseLength(takeLine(), 16)) {
      if (response.body.size() + length > kRuntimeBodyBytes) {
        throw std::runtime_error("The Runtime API sent more than 8 MB.");
      }
      response.body += take(length);
      takeLine();
    }
    while (!takeLine().empty()) {  // trailers
    }
  } else if (const auto length = response.headers.find("content-length"); length != response.headers.end()) {
    response.body = take(parseLength(length->second, 10));
  }
}

}  // namespace ddblog
