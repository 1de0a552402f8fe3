#include "traces/packed_span.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <type_traits>

#include "base/bytes.h"

namespace ddblog::traces {

namespace {

using Span = rpc::Span;

constexpr std::string_view Span::*kTexts[] = {&Span::id,  &Span::parent,  &Span::subject, &Span::source, &Span::detail,
                                              &Span::log, &Span::process, &Span::key,     &Span::before, &Span::after};
constexpr std::string_view kStartLine = "START RequestId: ";

struct Head {
  std::int64_t at;
  std::int64_t duration;
  std::uint64_t size;
  std::int32_t number;
  std::uint16_t texts;  // a bit for each that there is
  std::uint8_t kind;
  std::uint8_t flags;
};
static_assert(std::has_unique_object_representations_v<Head>);

constexpr unsigned kFailed = 1;
constexpr unsigned kReplay = 2;
constexpr unsigned kPartial = 4;

char* put(char* out, const void* bytes, std::size_t size) {
  if (size > 0) std::memcpy(out, bytes, size);  // an empty text may be at nullptr
  return out + size;
}

char* putSized(char* out, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  return put(put(out, &size, sizeof(size)), text.data(), text.size());
}

template <class Number>
Number takeRaw(std::string_view& in) {
  Number number;
  std::memcpy(&number, takeBytes(in, sizeof(Number)).data(), sizeof(Number));
  return number;
}

Head headOf(const Span& span) {
  const unsigned flags =
      (span.has_failed ? kFailed : 0u) | (span.is_replay ? kReplay : 0u) | (span.is_partial ? kPartial : 0u);
  return {span.at.time_since_epoch().count(),   span.duration.count(),           span.size, span.number, 0,
          static_cast<std::uint8_t>(span.kind), static_cast<std::uint8_t>(flags)};
}

std::string_view textOf(const Span& span, std::string_view Span::*text) {
  if (text != &Span::log || !span.log.starts_with(kStartLine)) return span.*text;
  return span.log.substr(std::min(span.log.find('\n'), span.log.size() - 1) + 1);
}

}  // namespace

void appendSized(std::string& out, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  out.append(reinterpret_cast<const char*>(&size), sizeof(size));
  out.append(text);
}

std::string_view takeSized(std::string_view& in) { return takeBytes(in, takeRaw<std::uint32_t>(in)); }

std::uint32_t idHash(std::string_view id) {
  if (id.empty()) return 0;
  return std::max(1u, static_cast<std::uint32_t>(std::hash<std::string_view>()(id)));
}

// The head, the sizes of the texts that there are, these texts, the records.
PackedSpan pack(const Span& span) {
  PackedSpan packed;
  packed.id_hash = idHash(span.id);
  packed.is_attempt = span.kind == Span::Kind::kAttempt;
  packed.has_failed = span.has_failed;
  packed.duration = span.duration;
  Head head = headOf(span);
  std::string_view texts[std::size(kTexts)];
  std::uint32_t sizes[std::size(kTexts)];
  std::size_t count = 0;
  std::size_t bytes = sizeof(head);
  for (std::size_t i = 0; i < std::size(kTexts); ++i) {
    const std::string_view text = textOf(span, kTexts[i]);
    if (text.empty()) continue;
    head.texts = static_cast<std::uint16_t>(head.texts | 1u << i);
    texts[count] = text;
    sizes[count++] = static_cast<std::uint32_t>(text.size());
    bytes += sizeof(sizes[0]) + text.size();
  }
  for (const Span::Record& record : span.records) {
    bytes += 2 * sizeof(sizes[0]) + record.position.size() + record.order_key.size();
  }
  packed.bytes.resize(bytes);
  char* out = put(packed.bytes.data(), &head, sizeof(head));
  out = put(out, sizes, count * sizeof(sizes[0]));
  for (std::size_t i = 0; i < count; ++i) out = put(out, texts[i].data(), texts[i].size());
  for (const Span::Record& record : span.records) out = putSized(putSized(out, record.position), record.order_key);
  return packed;
}

Span unpack(std::string_view bytes, std::vector<Span::Record>& records) {
  const Head head = takeRaw<Head>(bytes);
  Span span;
  span.kind = static_cast<Span::Kind>(head.kind);
  span.has_failed = (head.flags & kFailed) != 0;
  span.is_replay = (head.flags & kReplay) != 0;
  span.is_partial = (head.flags & kPartial) != 0;
  span.at = Timestamp(Duration(head.at));
  span.duration = Duration(head.duration);
  span.number = head.number;
  span.size = head.size;
  std::string_view sizes = bytes;
  for (unsigned texts = head.texts; texts != 0; texts &= texts - 1) takeRaw<std::uint32_t>(bytes);
  for (std::size_t i = 0; i < std::size(kTexts); ++i) {
    if ((head.texts >> i & 1u) != 0) span.*kTexts[i] = takeBytes(bytes, takeRaw<std::uint32_t>(sizes));
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
