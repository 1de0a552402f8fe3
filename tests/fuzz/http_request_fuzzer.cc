// Any bytes as what a client sends: the same requests come out of them however they are cut into pieces, and each is
// refused or accepted as AWS would, by its form, its signature and its compression. (What is no HTTP may be refused
// before all of its header is there, or only then.)
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "base/clock.h"
#include "base/gzip.h"
#include "check.h"
#include "server/credentials_check.h"
#include "server/request_parser.h"
#include "server/response_encoder.h"

namespace {

using namespace ddblog;
using server::RequestHead;
using server::RequestParser;

constexpr std::size_t kHeaderLimit = 2048;
constexpr std::size_t kBodyLimit = 4096;
constexpr std::size_t kInflatedLimit = 65'536;

std::string show(const RequestHead& head, const std::string& body) {
  std::string text = std::string(head.method) + " " + std::string(head.path) + "?" + std::string(head.query);
  text += head.is_http_1_0 ? " 1.0" : " 1.1";
  text += head.keep_alive ? " keep-alive" : " close";
  for (const auto& [name, value] : head.headers) text += "\n" + std::string(name) + ": " + std::string(value);
  return text + "\n\n" + body;
}

void checkSignature(const RequestHead& head, const std::string& body) {
  static const AdjustableClock kClock(AdjustableClock::Start::kFrozen);
  static const server::CredentialsCheck kCheck({{"AKID", "secret"}}, "us-east-1", kClock);
  try {
    kCheck.checkForm(head);
    kCheck.checkHead(head, "dynamodb");
    kCheck.verify(head, body);
  } catch (const ApiError& error) {
    FUZZ_CHECK(error.type().ends_with("Exception") && error.status() >= 400 && error.status() < 500);
  }
}

void checkCompression(const RequestHead& head, const std::string& body) {
  server::acceptedCompression(head.accept_encoding);
  for (const Compression coding : {Compression::kGzip, Compression::kDeflate}) {
    std::string inflated;
    decompress(coding, body, kInflatedLimit, inflated);
    FUZZ_CHECK(inflated.size() <= kInflatedLimit);
    std::string again;
    FUZZ_CHECK(!decompress(coding, compress(coding, body), body.size() + 1, again) && again == body);
  }
}

struct Requests {
  std::vector<std::string> shown;
  bool refused = false;  // what comes after them
};

// All requests of `bytes`, which come `piece` at a time.
Requests requestsOf(std::string_view bytes, std::size_t piece, bool look_closer) {
  Requests requests;
  RequestParser parser(kHeaderLimit, kBodyLimit);
  std::string buffer;
  for (;;) {
    std::size_t taken = 0;
    const RequestParser::State state = parser.parse(buffer, taken);
    FUZZ_CHECK(taken <= buffer.size());
    buffer.erase(0, taken);
    if (state == RequestParser::State::kRefused) {
      FUZZ_CHECK(parser.refusedStatus() >= 400 && !parser.refusedBecause().empty());
      requests.refused = true;
      return requests;
    }
    if (state == RequestParser::State::kDone) {
      requests.shown.push_back(show(parser.head(), parser.body()));
      if (look_closer) {
        checkSignature(parser.head(), parser.body());
        checkCompression(parser.head(), parser.body());
      }
      parser.reset();
      continue;
    }
    if (bytes.empty()) return requests;
    buffer += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 3000) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Requests whole = requestsOf(bytes, bytes.size() + 1, true);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
    const Requests pieces = requestsOf(bytes, piece, false);
    FUZZ_CHECK(pieces.shown == whole.shown && (whole.refused || !pieces.refused));
  }
  return 0;
}
