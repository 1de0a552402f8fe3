#include "server/reply.h"

#include <array>
#include <cstdio>

#include "base/gzip.h"
#include "base/limits.h"
#include "base/text.h"

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
    case 431:
      return "Request Header Fields Too Large";
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
  head.append(name).append(": ");
  for (const char c : value) head += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  head += "\r\n";
}

}  // namespace

Reply writeReply(rpc::Answer answer, const ReplyForm& form) {
  Reply reply;
  const bool has_body = answer.status != 204 && answer.status != 304;
  const bool zip = has_body && form.accepts_gzip && answer.body.size() >= limits::kGzipAnswer;
  reply.body = zip ? gzip(answer.body) : std::move(answer.body);
  std::string& head = reply.head;
  head.reserve(384);
  head.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ").append(reasonOf(answer.status));
  head.append("\r\nServer: Server\r\n");
  if (!form.date.empty()) addHeader(head, "Date", form.date);
  if (has_body && !answer.content_type.empty()) addHeader(head, "Content-Type", answer.content_type);
  if (has_body) addHeader(head, "Content-Length", std::to_string(reply.body.size()));
  if (zip) addHeader(head, "Content-Encoding", "gzip");
  if (!form.keep_alive) {
    addHeader(head, "Connection", "close");
  } else if (form.is_http_1_0) {
    addHeader(head, "Connection", "keep-alive");
  }
  if (!form.request_id.empty()) addHeader(head, "x-amzn-RequestId", form.request_id);
  if (form.has_crc32) addHeader(head, "x-amz-crc32", std::to_string(crc32(reply.body)));
  if (form.allows_origin) addHeader(head, "Access-Control-Allow-Origin", "*");
  for (const auto& [name, value] : answer.headers) addHeader(head, name, value);
  head += "\r\n";
  if (form.head_only || !has_body) reply.body.clear();
  return reply;
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

bool acceptsGzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(item.size() + 1, accept_encoding.size()));
    const std::string_view coding = trim(item.substr(0, item.find(';')));
    if (coding != "gzip") continue;
    const std::size_t weight = item.find("q=");
    if (weight == std::string_view::npos) return true;
    return item.find_first_of("123456789", weight) != std::string_view::npos;
  }
  return false;
}

}  // namespace ddblog::server
