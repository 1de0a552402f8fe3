// A span as bytes, as the ring keeps it: the texts that it has, each with its length, after a few numbers.
//
// Only this process reads the bytes. Thread safety: stateless functions.
#pragma once

#include <cstddef>
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

PackedSpan pack(const rpc::Span& span);

// The span's texts are in `bytes`, its records in `records`, which is replaced.
rpc::Span unpack(std::string_view bytes, std::vector<rpc::Span::Record>& records);

// Tells most ids apart, so that few spans are unpacked in the search for one. 0: no id.
std::uint32_t idHash(std::string_view id);

// At most 10 bytes; a small number takes one.
void appendSize(std::string& out, std::uint64_t size);
std::uint64_t takeSize(std::string_view& in);

}  // namespace ddblog::traces
