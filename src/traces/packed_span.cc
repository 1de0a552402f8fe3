#include "traces/packed_span.h"

#include <algorithm>
#include <functional>

#include "base/bytes.h"

namespace ddblog::traces {

namespace {

using Span = rpc::Span;

constexpr std::string_view Span::*kTexts[] = {&Span::id,  &Span::parent,  &Span::subject, &Span::source, &Span::detail,
                                              &Span::log, &Span::process, &Span::key,     &Span::before, &Span::after};
constexpr std::size_t kMostNumbers = 40;  // bytes of the numbers before the texts

constexpr unsigned kKind = 0xf;  // in the first byte, and these flags beside it
constexpr unsigned kFailed = 0x10;
constexpr unsigned kReplay = 0x20;
constexpr unsigned kPartial = 0x40;

void appendSized(std::string& out, std::string_view text) {
  appendSize(out, text.size());
  out.append(text);
}

std::string_view takeSized(std::string_view& in) { return takeBytes(in, takeSize(in)); }

// In seven bits a byte, so that it also holds a negative one.
void appendSigned(std::string& out, std::int64_t number) {
  appendSize(out, (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63));
}

std::int64_t takeSigned(std::string_view& in) {
  const std::uint64_t bits = takeSize(in);
  return static_cast<std::int64_t>((bits >> 1) ^ (0 - (bits & 1)));
}

std::size_t mostBytesOf(const Span& span) {
  std::size_t bytes = kMostNumbers;
  for (const auto text : kTexts) bytes += (span.*text).size() + 3;
  for (const Span::Record& record : span.records) bytes += record.position.size() + record.order_key.size() + 4;
  return bytes;
}

}  // namespace

void appendSize(std::string& out, std::uint64_t size) {
  for (; size >= 0x80; size >>= 7) out.push_back(static_cast<char>(size | 0x80));
  out.push_back(static_cast<char>(size));
}

std::uint64_t takeSize(std::string_view& in) {
  std::uint64_t size = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(takeBytes(in, 1)[0]);
    size |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return size;
  }
}

std::uint32_t idHash(std::string_view id) {
  if (id.empty()) return 0;
  return std::max(1u, static_cast<std::uint32_t>(std::hash<std::string_view>()(id)));
}

// The kind and the flags in a byte; which texts there are, a bit each; the numbers; the texts; the records.
PackedSpan pack(const Span& span) {
  PackedSpan packed;
  packed.id_hash = idHash(span.id);
  packed.is_attempt = span.kind == Span::Kind::kAttempt;
  packed.has_failed = span.has_failed;
  packed.duration = span.duration;
  std::string& out = packed.bytes;
  out.reserve(mostBytesOf(span));
  const unsigned flags =
      (span.has_failed ? kFailed : 0u) | (span.is_replay ? kReplay : 0u) | (span.is_partial ? kPartial : 0u);
  out.push_back(static_cast<char>(static_cast<unsigned>(span.kind) | flags));
  unsigned present = 0;
  for (unsigned bit = 1; const auto text : kTexts) {
    if (!(span.*text).empty()) present |= bit;
    bit <<= 1;
  }
  appendNumber<std::uint16_t>(out, static_cast<std::uint16_t>(present));
  appendSigned(out, span.at.time_since_epoch().count());
  appendSigned(out, span.duration.count());
  appendSigned(out, span.number);
  appendSize(out, span.size);
  for (const auto text : kTexts) {
    if (!(span.*text).empty()) appendSized(out, span.*text);
  }
  for (const Span::Record& record : span.records) {
    appendSized(out, record.position);
    appendSized(out, record.order_key);
  }
  return packed;
}

Span unpack(std::string_view bytes, std::vector<Span::Record>& records) {
  Span span;
  const unsigned head = static_cast<unsigned char>(takeBytes(bytes, 1)[0]);
  span.kind = static_cast<Span::Kind>(head & kKind);
  span.has_failed = (head & kFailed) != 0;
  span.is_replay = (head & kReplay) != 0;
  span.is_partial = (head & kPartial) != 0;
  const auto present = takeNumber<std::uint16_t>(bytes);
  span.at = Timestamp(Duration(takeSigned(bytes)));
  span.duration = Duration(takeSigned(bytes));
  span.number = static_cast<int>(takeSigned(bytes));
  span.size = takeSize(bytes);
  for (unsigned bit = 1; const auto text : kTexts) {
    if ((present & bit) != 0) span.*text = takeSized(bytes);
    bit <<= 1;
  }
  records.clear();
  while (!bytes.empty()) {
    const std::string_view position = takeSized(bytes);
    records.push_back({position, takeSized(bytes)});
  }
  span.records = records;
  return span;
}

}  // namespace ddblog::traces
