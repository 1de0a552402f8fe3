#include "services/lambda/operations/event_stream.h"

#include <cstddef>
#include <cstdint>

#include "base/gzip.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kPreludeBytes = 12;
constexpr std::size_t kTrailerBytes = 4;
constexpr char kStringHeader = 7;

void appendNumber(std::string& bytes, std::uint64_t number, int width) {
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
}

void appendHeader(std::string& headers, std::string_view name, std::string_view value) {
  appendNumber(headers, name.size(), 1);
  headers += name;
  headers.push_back(kStringHeader);
  appendNumber(headers, value.size(), 2);
  headers += value;
}

}  // namespace

void appendEvent(std::string& stream, std::string_view event_type, std::string_view content_type,
                 std::string_view payload) {
  std::string headers;
  appendHeader(headers, ":event-type", event_type);
  appendHeader(headers, ":content-type", content_type);
  appendHeader(headers, ":message-type", "event");
  std::string message;
  appendNumber(message, kPreludeBytes + headers.size() + payload.size() + kTrailerBytes, 4);
  appendNumber(message, headers.size(), 4);
  appendNumber(message, crc32(message), 4);
  message += headers;
  message += payload;
  appendNumber(message, crc32(message), 4);
  stream += message;
}

}  // namespace ddblog::lambda
