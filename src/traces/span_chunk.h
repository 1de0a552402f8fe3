// Some hundred spans that came one after another, as the ring keeps them: packed (packed_span.h), and
// compressed (LZ4) once there are enough of them. Spans of one application repeat each other, so a
// usual one takes a quarter of its bytes.
//
// Thread safety: a sealed chunk does not change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "traces/packed_span.h"

namespace ddblog::traces {

struct StoredSpan {
  rpc::Span span;            // of texts that live as long as it does
  std::uint64_t number = 0;  // in the order in which they came
};
using SpanPointer = std::shared_ptr<const StoredSpan>;

class SpanChunk {
 public:
  // `first`: the number of its first span.
  explicit SpanChunk(std::uint64_t first) : first_(first) {}

  void add(const PackedSpan& span);
  // Compresses what it has. Nothing can be added after that.
  SpanChunk sealed() const;

  std::uint64_t first() const { return first_; }
  std::size_t count() const { return id_hashes_.size(); }
  const std::vector<std::uint32_t>& idHashes() const { return id_hashes_; }  // idHash of each span's id
  std::size_t packedBytes() const { return is_sealed_ ? packed_bytes_ : bytes_.size(); }
  std::size_t memory() const { return sizeof(*this) + bytes_.capacity() + 4 * id_hashes_.capacity(); }

  // Its spans; each of them keeps the others in memory.
  std::vector<SpanPointer> open() const;

 private:
  std::uint64_t first_;
  bool is_sealed_ = false;
  std::size_t packed_bytes_ = 0;  // of a sealed one
  std::string bytes_;             // each span's size and the span
  std::vector<std::uint32_t> id_hashes_;
};

// A span by itself. `bytes` are those of PackedSpan.
SpanPointer openSpan(std::string bytes, std::uint64_t number);

}  // namespace ddblog::traces
