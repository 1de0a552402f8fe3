// Messages of AWS's event stream encoding, in which InvokeWithResponseStream answers.
//
//   uint32 total length | uint32 length of the headers | uint32 CRC-32 of these 8 bytes
//   headers, each: uint8 length of the name | name | uint8 7 (a string) | uint16 length | value
//   payload | uint32 CRC-32 of all before it                         (all numbers are big-endian)
//
// Source: https://smithy.io/2.0/aws/amazon-eventstream.html
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::lambda {

inline constexpr const char* kEventStreamType = "application/vnd.amazon.eventstream";

void appendEvent(std::string& stream, std::string_view event_type, std::string_view content_type,
                 std::string_view payload);

}  // namespace ddblog::lambda
