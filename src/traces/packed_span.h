// A span as bytes, as the ring keeps it: its numbers, the sizes of the texts that it has, and these texts.
//
// Only this process reads the bytes, so numbers are as the machine has them. Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "rpc/traces.h"

namespace ddblog::traces {

struct PackedSpan {
  std::string bytes;
  std::uint32_t id_hash = 0;  // idHash of its id
  bool is_attempt = false;
  bool has_failed = false;
  Duration duration{0};
};

// Leaves out the line "START RequestId: …", with which Lambda begins the log of an invocation.
PackedSpan pack(const rpc::Span& span);

// The span's texts are in `bytes`, its records in `records`, which is replaced.
rpc::Span unpack(std::string_view bytes, std::vector<rpc::Span::Record>& records);

// Tells most ids apart, so that few spans are unpacked in the search for one. 0: no id.
std::uint32_t idHash(std::string_view id);

// A text with its size.
void appendSized(std::string& out, std::string_view text);
std::string_view takeSized(std::string_view& in);

}  // namespace ddblog::traces
