#include "aws/http/response_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"

namespace ddblog::aws {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

// Reserves at most this much for a body before its bytes arrive, whatever length it announces.
constexpr std::size_t kReserveAtMost = 1u << 20;
constexpr std::size_t kShortestLastChunk = 5;  // "0\r\n\r\n"

// Beast's parser, which fills a response.
class Parser : public http::basic_parser<false> {
 public:
  explicit Parser(HttpResponse& response) : response_(response) {}

 private:
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int, beast::error_code&) override {}
  void on_response_impl(int status, beast::string_view, int, beast::error_code&) override {
    response_ = HttpResponse();
    response_.status = status;
  }
  void on_field_impl(http::field, beast::string_view name, beast::string_view value, beast::error_code&) override {
    if (is_header_done()) return;  // a trailer
    response_.headers.insert_or_assign(lowerCase({name.data(), name.size()}), std::string(value.data(), value.size()));
  }
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, beast::error_code&) override {
    if (length) response_.body.reserve(std::min<std::uint64_t>(*length, kReserveAtMost));
  }
  std::size_t on_body_impl(beast::string_view bytes, beast::error_code&) override {
    response_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, beast::error_code&) override {
    response_.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(beast::error_code&) override {}

  HttpResponse& response_;
};

}  // namespace

struct ResponseParser::Parts {
  Body body;
  std::size_t header_limit;
  std::size_t body_limit;
  HttpResponse response;
  std::optional<Parser> parser;

  void begin() {
    parser.emplace(response);
    parser->eager(true);
    parser->skip(body == Body::kNever);
    parser->header_limit(static_cast<std::uint32_t>(header_limit));
    parser->body_limit(body_limit);
  }

  bool isInterim() const { return parser->is_done() && response.status / 100 == 1; }

  // Beast asserts that the data it sees again for a last chunk is no shorter than the shortest one,
  // "0\r\n\r\n". Nothing shorter can end a chunked body, so it is not passed to Beast.
  bool awaitsMoreOfChunks(std::size_t bytes_left) const {
    return parser->is_header_done() && parser->chunked() && bytes_left < kShortestLastChunk;
  }

  [[noreturn]] void fail(const beast::error_code& error) const {
    if (error == http::error::body_limit) {
      throw MalformedResponse("is larger than " + std::to_string(body_limit) + " bytes");
    }
    if (error == http::error::header_limit) {
      throw MalformedResponse("has a header larger than " + std::to_string(header_limit) + " bytes");
    }
    if (error == http::error::partial_message) throw MalformedResponse("was cut off");
    throw MalformedResponse("is not HTTP (" + error.message() + ')');
  }
};

ResponseParser::ResponseParser(Body body, std::size_t header_limit, std::size_t body_limit)
    : parts_(new Parts{body, header_limit, body_limit, {}, {}}) {
  parts_->begin();
}

ResponseParser::~ResponseParser() = default;

std::size_t ResponseParser::parse(std::string_view bytes) {
  Parts& parts = *parts_;
  std::size_t taken = 0;
  while (taken < bytes.size() && !parts.parser->is_done()) {
    if (parts.awaitsMoreOfChunks(bytes.size() - taken)) break;
    beast::error_code error;
    taken += parts.parser->put({bytes.data() + taken, bytes.size() - taken}, error);
    if (error == http::error::need_more) break;
    if (error) parts.fail(error);
    if (parts.isInterim()) parts.begin();
  }
  return taken;
}

void ResponseParser::finish() {
  if (parts_->parser->is_done()) return;
  beast::error_code error = http::error::partial_message;
  if (parts_->parser->got_some()) parts_->parser->put_eof(error);
  if (error) parts_->fail(error);
}

bool ResponseParser::isDone() const { return parts_->parser->is_done(); }
bool ResponseParser::keepsAlive() const { return parts_->parser->keep_alive(); }
HttpResponse ResponseParser::take() { return std::move(parts_->response); }

}  // namespace ddblog::aws
