#include "server/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "base/text.h"

namespace ddblog::server {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

// Reserves at most this much for a body before its bytes arrive, whatever length it announces; keeps
// at most this much for the next one.
constexpr std::size_t kReserveAtMost = 64u << 10;
constexpr std::size_t kShortestLastChunk = 5;  // "0\r\n\r\n"

struct Span {
  std::size_t start = 0;
  std::size_t size = 0;
};

// The storage of a request's head: all its bytes in one string, which is reused for the next
// request.
struct HeadBytes {
  std::string bytes;
  Span method;
  Span target;
  int version = 11;
  std::vector<std::pair<Span, Span>> fields;

  Span add(beast::string_view text) {
    const Span span{bytes.size(), text.size()};
    bytes.append(text.data(), text.size());
    return span;
  }
  std::string_view view(Span span) const { return std::string_view(bytes).substr(span.start, span.size); }
  void clear() {
    bytes.clear();
    fields.clear();
  }
};

struct Known {
  std::string_view name;
  std::string_view RequestHead::*view;
};
constexpr Known kKnown[] = {{"accept-encoding", &RequestHead::accept_encoding},
                            {"authorization", &RequestHead::authorization},
                            {"content-encoding", &RequestHead::content_encoding},
                            {"content-type", &RequestHead::content_type},
                            {"date", &RequestHead::date},
                            {"expect", &RequestHead::expect},
                            {"host", &RequestHead::host},
                            {"origin", &RequestHead::origin},
                            {"x-amz-date", &RequestHead::amz_date},
                            {"x-amz-target", &RequestHead::amz_target}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool isNamed(std::string_view sent, std::string_view lower_name) {
  if (sent.size() != lower_name.size()) return false;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (lower(sent[i]) != lower_name[i]) return false;
  }
  return true;
}

// "http://host/path" (a request to a proxy) becomes "/path".
std::string_view originForm(std::string_view target) {
  if (!target.starts_with("http://") && !target.starts_with("https://")) return target;
  const std::size_t path = target.find('/', target.find("://") + 3);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

int statusFor(const beast::error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::bad_version) return 505;
  return 400;
}

}  // namespace

class RequestParser::Parser : public http::basic_parser<true> {
 public:
  Parser(HeadBytes& head, std::string& body, Headers& trailers, std::size_t body_limit)
      : head_(head), body_(body), trailers_(trailers), body_limit_(body_limit) {}

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int version,
                       beast::error_code&) override {
    head_.version = version;
    head_.method = head_.add(method);
    head_.target = head_.add(target);
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_field_impl(http::field, beast::string_view name, beast::string_view value, beast::error_code&) override {
    if (is_header_done()) {  // a trailer; the head's views are already in use
      trailers_.emplace_back(lowerCase({name.data(), name.size()}), std::string(value.data(), value.size()));
      return;
    }
    const Span name_span = head_.add(name);
    head_.fields.emplace_back(name_span, head_.add(value));
  }
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, beast::error_code&) override {
    if (length) body_.reserve(std::min<std::uint64_t>(*length, kReserveAtMost));
  }
  std::size_t on_body_impl(beast::string_view bytes, beast::error_code&) override {
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, beast::error_code& error) override {
    if (bytes.size() > body_limit_ - std::min(body_limit_, body_.size())) error = http::error::body_limit;
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(beast::error_code&) override {}

  HeadBytes& head_;
  std::string& body_;
  Headers& trailers_;
  const std::size_t body_limit_;
};

struct RequestParser::Parts {
  std::size_t header_limit;
  std::size_t body_limit;
  HeadBytes bytes;
  std::string body;
  Headers trailers;
  RequestHead head;
  bool head_read = false;
  std::size_t head_taken = 0;  // bytes of the head
  int refused_status = 0;
  std::string refused_because;
  std::optional<Parser> parser;

  void begin() {
    parser.emplace(bytes, body, trailers, body_limit);
    parser->eager(false);  // stops at the end of the head: see readHead()
    parser->header_limit(static_cast<std::uint32_t>(header_limit));
    parser->body_limit(boost::none);  // ours counts what is there
  }

  // The head's bytes: what of `bytes` may belong to it. (Beast's own limit counts the request line or not, as the bytes
  // happen to arrive.)
  std::string_view mayBeHead(std::string_view bytes) const { return bytes.substr(0, header_limit - head_taken); }

  State refuse(int status, std::string because) {
    refused_status = status;
    refused_because = std::move(because);
    return State::kRefused;
  }

  // Beast asserts that the data it sees again for a last chunk is no shorter than the shortest one,
  // "0\r\n\r\n". What may become one is passed to Beast when it is as long.
  bool awaitsMoreOfChunks(std::string_view bytes) const {
    if (!head_read || !parser->chunked() || bytes.size() >= kShortestLastChunk) return false;
    const std::size_t size = bytes.find_first_not_of("\r\n");  // the end of the chunk before comes first
    return size == std::string_view::npos || bytes[size] == '0';
  }

  // Returns why the request is refused, or an empty text. With two Host headers its destination is
  // ambiguous; with a transfer coding that Beast does not know, its end is (RFC 9112, 6.3).
  std::string_view readHead() {
    head_read = true;
    parser->eager(true);
    std::vector<std::pair<std::string_view, std::string_view>> kept = std::move(head.headers);
    kept.clear();
    head = RequestHead();
    head.headers = std::move(kept);
    head.method = bytes.view(bytes.method);
    const std::string_view target = originForm(bytes.view(bytes.target));
    const std::size_t question = std::min(target.find('?'), target.size());
    head.path = target.substr(0, question);
    if (question < target.size()) head.query = target.substr(question + 1);
    head.keep_alive = parser->keep_alive();
    head.is_http_1_0 = bytes.version < 11;
    for (const auto& [name_span, value_span] : bytes.fields) {
      const std::string_view name = bytes.view(name_span);
      const std::string_view value = bytes.view(value_span);
      head.headers.emplace_back(name, value);
      if (isNamed(name, "transfer-encoding") && !isNamed(value, "chunked"))
        return "a transfer coding that is not chunked";
      for (const Known& known : kKnown) {
        if (!isNamed(name, known.name)) continue;
        if (known.view == &RequestHead::host && head.host.data()) return "more than one Host header";
        // As DynamoDB does: the last Accept-Encoding counts, of other headers the first.
        const bool last_counts = known.view == &RequestHead::accept_encoding;
        if (last_counts || !(head.*known.view).data()) head.*known.view = value;
        break;
      }
    }
    return {};
  }
};

std::string_view RequestHead::header(std::string_view name) const {
  for (const auto& [sent, value] : headers) {
    if (isNamed(sent, name)) return value;
  }
  return {};
}

RequestParser::RequestParser(std::size_t header_limit, std::size_t body_limit)
    : parts_(new Parts{header_limit, body_limit, {}, {}, {}, {}, false, 0, 0, {}, {}}) {
  parts_->begin();
}

RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::parse(std::string_view bytes, std::size_t& taken) {
  Parts& parts = *parts_;
  taken = 0;
  while (taken < bytes.size() && !parts.parser->is_done()) {
    const std::string_view left = bytes.substr(taken);
    if (parts.awaitsMoreOfChunks(left)) break;
    const bool in_head = !parts.head_read;
    const std::string_view offered = in_head ? parts.mayBeHead(left) : left;
    beast::error_code error;
    const std::size_t used = parts.parser->put({offered.data(), offered.size()}, error);
    taken += used;
    if (in_head) parts.head_taken += used;
    if (in_head && parts.parser->is_header_done()) {
      const std::string_view problem = parts.readHead();
      if (!problem.empty()) return parts.refuse(400, std::string(problem));
      if (contentLength().value_or(0) > parts.body_limit) error = http::error::body_limit;
    }
    if (error == http::error::need_more) {
      if (!in_head || offered.size() - used < parts.header_limit - parts.head_taken) break;
      error = http::error::header_limit;
    }
    if (error) return parts.refuse(statusFor(error), error.message());
  }
  return parts.parser->is_done() ? State::kDone : State::kReading;
}

bool RequestParser::hasBegun() const { return parts_->parser->got_some(); }
bool RequestParser::isHeadDone() const { return parts_->head_read; }
const RequestHead& RequestParser::head() const { return parts_->head; }
std::string& RequestParser::body() { return parts_->body; }
const std::string& RequestParser::body() const { return parts_->body; }
std::optional<std::uint64_t> RequestParser::contentLength() const {
  const auto length = parts_->parser->content_length();
  return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}
Headers& RequestParser::trailers() { return parts_->trailers; }
void RequestParser::reserveBody(std::size_t bytes) { parts_->body.reserve(bytes); }
int RequestParser::refusedStatus() const { return parts_->refused_status; }
const std::string& RequestParser::refusedBecause() const { return parts_->refused_because; }

void RequestParser::reset() {
  parts_->bytes.clear();
  parts_->body.clear();
  parts_->trailers.clear();
  if (parts_->body.capacity() > kReserveAtMost) parts_->body.shrink_to_fit();
  parts_->head_read = false;
  parts_->head_taken = 0;
  parts_->refused_status = 0;
  parts_->begin();
}

}  // namespace ddblog::server
