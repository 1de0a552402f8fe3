#include "server/response_encoder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <limits>

#include "base/gzip.h"
#include "base/text.h"
#include "server/limits.h"

namespace ddblog::server {

namespace {

std::string_view reasonOf(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Request Entity Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

void addHeader(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value);
  const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  std::replace_if(head.end() - static_cast<std::ptrdiff_t>(value.size()), head.end(), isControl, ' ');
  head.append("\r\n");
}

// How much a client wants a coding.
struct Preference {
  static constexpr int kUnnamed = std::numeric_limits<int>::max();
  double quality = 0;
  int position = kUnnamed;

  bool isNamed() const { return position != kUnnamed; }
  void add(double offered, int at) {
    quality = std::max(quality, offered);
    position = std::min(position, at);
  }
};

// The quality among an item's parameters (";q=0.5"); the first one counts.
double qualityOf(std::string_view parameters) {
  while (!parameters.empty()) {
    parameters.remove_prefix(1);
    const std::string_view parameter = parameters.substr(0, parameters.find(';'));
    parameters.remove_prefix(parameter.size());
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    if (lowerCase(trim(parameter.substr(0, equals))) != "q") continue;
    const std::string_view text = equals < parameter.size() ? trim(parameter.substr(equals + 1)) : std::string_view();
    double quality = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), quality);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    return is_number ? std::min(quality, 1.0) : 1.0;
  }
  return 1;
}

}  // namespace

EncodedResponse encodeResponse(rpc::Response response, const EncodingOptions& options) {
  EncodedResponse encoded;
  const bool has_body = response.status != 204 && response.status != 304;
  const bool zip = has_body && !response.stream && options.compression && response.status < 400 &&
                   response.body.size() >= limits::kCompressedAnswer;
  encoded.body = zip ? compress(*options.compression, response.body) : std::move(response.body);
  std::string& head = encoded.head;
  head.reserve(384);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reasonOf(response.status));
  head.append("\r\nServer: Server\r\n");
  if (!options.date.empty()) addHeader(head, "Date", options.date);
  if (has_body && !response.content_type.empty()) addHeader(head, "Content-Type", response.content_type);
  if (response.stream) {
    if (!options.is_http_1_0) addHeader(head, "Transfer-Encoding", "chunked");
  } else if (has_body) {
    addHeader(head, "Content-Length", std::to_string(encoded.body.size()));
  }
  if (zip) addHeader(head, "Content-Encoding", options.compression == Compression::kGzip ? "gzip" : "deflate");
  if (!options.keep_alive) {
    addHeader(head, "Connection", "close");
  } else if (options.is_http_1_0) {
    addHeader(head, "Connection", "keep-alive");
  }
  if (!options.request_id.empty()) addHeader(head, "x-amzn-RequestId", options.request_id);
  if (options.has_crc32) addHeader(head, "x-amz-crc32", std::to_string(crc32(encoded.body)));
  if (!options.allow_origin.empty()) {
    addHeader(head, "Access-Control-Allow-Origin", options.allow_origin);
    if (options.allow_origin != "*") addHeader(head, "Vary", "Origin");
    if (!options.expose_headers.empty()) addHeader(head, "Access-Control-Expose-Headers", options.expose_headers);
  }
  for (const auto& [name, value] : response.headers) addHeader(head, name, value);
  head += "\r\n";
  if (options.head_only || !has_body) encoded.body.clear();
  return encoded;
}

std::string httpDate(Timestamp time) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                 kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                                 kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                                 static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                 static_cast<int>(clock.seconds().count()));
  return std::string(text, static_cast<std::size_t>(size));
}

std::optional<Compression> acceptedCompression(std::string_view accept_encoding) {
  Preference gzip;
  Preference deflate;
  double any = 0;
  for (int position = 0; !accept_encoding.empty(); ++position) {
    const std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(item.size() + 1, accept_encoding.size()));
    const std::size_t end = std::min(item.find(';'), item.size());
    const std::string coding = lowerCase(trim(item.substr(0, end)));
    const double quality = qualityOf(item.substr(end));
    if (coding == "gzip") gzip.add(quality, position);
    if (coding == "deflate") deflate.add(quality, position);
    if (coding == "*") any = std::max(any, quality);
  }
  for (Preference* unnamed : {&gzip, &deflate}) {
    if (!unnamed->isNamed()) unnamed->quality = any;
  }
  const bool deflate_first =
      deflate.quality > gzip.quality || (deflate.quality == gzip.quality && deflate.position < gzip.position);
  if (std::max(gzip.quality, deflate.quality) <= 0) return std::nullopt;
  return deflate_first ? Compression::kDeflate : Compression::kGzip;
}

}  // namespace ddblog::server
