#include "deploy/package/zip_size.h"

#include <cstddef>

namespace ddblog::deploy {

namespace {

constexpr std::string_view kEnd("PK\x05\x06", 4);
constexpr std::string_view kEntry("PK\x01\x02", 4);
constexpr std::size_t kEndBytes = 22, kEntryBytes = 46;

// A number of `size` bytes, the lowest first.
std::uint64_t numberAt(std::string_view bytes, std::size_t place, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[place + i]);
  return number;
}

}  // namespace

std::optional<std::uint64_t> unzippedBytes(std::string_view archive) {
  const std::size_t end = archive.rfind(kEnd);
  if (end == std::string_view::npos || archive.size() - end < kEndBytes) return std::nullopt;
  const std::uint64_t directory_bytes = numberAt(archive, end + 12, 4);
  if (directory_bytes > end) return std::nullopt;
  // Counted from its end, because something may stand in front of the archive.
  std::string_view entries = archive.substr(end - directory_bytes, directory_bytes);
  std::uint64_t bytes = 0;
  while (!entries.empty()) {
    if (entries.size() < kEntryBytes || !entries.starts_with(kEntry)) return std::nullopt;
    bytes += numberAt(entries, 24, 4);
    const std::size_t size =
        kEntryBytes + numberAt(entries, 28, 2) + numberAt(entries, 30, 2) + numberAt(entries, 32, 2);
    if (size > entries.size()) return std::nullopt;
    entries.remove_prefix(size);
  }
  return bytes;
}

}  // namespace ddblog::deploy
