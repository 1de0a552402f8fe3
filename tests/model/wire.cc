#include "model/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <stdexcept>

namespace ddblog::model {

namespace {

constexpr int kPatienceSeconds = 60;

// The value of a header; the server writes their names always the same.
std::string_view headerOf(std::string_view head, std::string_view name) {
  const std::size_t found = head.find(std::string("\r\n") + std::string(name) + ": ");
  if (found == std::string_view::npos) return {};
  const std::size_t begin = found + name.size() + 4;
  return head.substr(begin, head.find('\r', begin) - begin);
}

}  // namespace

std::string Answer::errorType() const {
  const json::object* object = body.if_object();
  const json::value* type = object ? object->if_contains("__type") : nullptr;
  if (!type || !type->is_string()) return {};
  const std::string text(type->get_string().data(), type->get_string().size());
  return text.substr(text.find('#') + 1);
}

bool Connection::connect() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw std::runtime_error("no socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close();
    return false;
  }
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval patience{kPatienceSeconds, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return true;
}

void Connection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  buffer_.clear();
}

bool Connection::sendAll(const std::string& bytes) {
  if (socket_ < 0 && !connect()) return false;
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) {
      close();
      return false;
    }
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

bool Connection::send(std::string_view target, std::string_view body) {
  std::string request;
  request.reserve(body.size() + 400);
  request.append("POST / HTTP/1.1\r\nHost: 127.0.0.1:").append(std::to_string(port_));
  request.append("\r\nX-Amz-Target: ").append(target);
  request.append(
      "\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20260101T000000Z\r\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=model/20260101/us-east-1/dynamodb/aws4_request, "
      "SignedHeaders=host, Signature=0\r\nContent-Length: ");
  request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return sendAll(request);
}

bool Connection::sendRest(std::string_view method, std::string_view path, std::string_view body) {
  std::string request;
  request.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1:");
  request.append(std::to_string(port_)).append("\r\nContent-Type: application/json\r\nContent-Length: ");
  request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return sendAll(request);
}

bool Connection::fill() {
  if (socket_ < 0) return false;
  char bytes[16384];
  const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("no answer within a minute");
  if (count <= 0) {
    close();
    return false;
  }
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::optional<Answer> Connection::receive() {
  std::size_t end_of_head = 0;
  while ((end_of_head = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  const std::string_view head = std::string_view(buffer_).substr(0, end_of_head + 2);
  Answer answer;
  std::size_t length = 0;
  const std::string_view length_text = headerOf(head, "Content-Length");
  if (!head.starts_with("HTTP/1.1 ") ||
      std::from_chars(head.data() + 9, head.data() + head.size(), answer.status).ec != std::errc() ||
      std::from_chars(length_text.data(), length_text.data() + length_text.size(), length).ec != std::errc()) {
    throw std::runtime_error("not an HTTP answer: " + std::string(head));
  }
  const std::size_t begin = end_of_head + 4;
  while (buffer_.size() < begin + length) {
    if (!fill()) return std::nullopt;
  }
  answer.text = buffer_.substr(begin, length);
  buffer_.erase(0, begin + length);
  json::parse_options options;
  options.max_depth = 128;
  boost::system::error_code error;
  if (!answer.text.empty()) answer.body = json::parse(answer.text, error, {}, options);
  if (error) throw std::runtime_error("not JSON: " + answer.text);
  return answer;
}

}  // namespace ddblog::model
