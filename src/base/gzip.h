// gzip (RFC 1952): bodies of requests and answers in one piece, files piece by piece. On zlib,
// which only gzip.cc knows.
//
// Thread safety: the functions are pure; an encoder or a decoder belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ddblog {

enum class GunzipFailure { kMalformed, kTooLarge };

// Inflates `bytes` (one or more gzip members) into `out`, at most `limit` bytes: a small body
// cannot become a large one. Returns why it could not.
std::optional<GunzipFailure> gunzip(std::string_view bytes, std::size_t limit, std::string& out);

// Deflates at the fastest level: between one machine's processes time costs more than bytes.
std::string gzip(std::string_view bytes);

// The CRC-32 that x-amz-crc32 carries.
std::uint32_t crc32(std::string_view bytes);

// Deflates what is too long for memory: add() as often as needed, then finish().
class GzipEncoder {
 public:
  GzipEncoder();
  ~GzipEncoder();
  GzipEncoder(const GzipEncoder&) = delete;

  // Appends to `out` as much of the output as is ready.
  void add(std::string_view bytes, std::string& out);
  void finish(std::string& out);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

// Inflates piece by piece: one or more gzip members.
class GzipDecoder {
 public:
  GzipDecoder();
  ~GzipDecoder();
  GzipDecoder(const GzipDecoder&) = delete;

  // Appends the inflated bytes to `out`: up to a thousand times as many, so give small pieces.
  // False: this is not gzip, or it is damaged.
  bool add(std::string_view bytes, std::string& out);
  // Whether what was added so far is complete.
  bool isComplete() const;

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace ddblog
