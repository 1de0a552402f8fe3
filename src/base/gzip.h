// gzip (RFC 1952): request and response bodies in one piece, files piece by piece. HTTP's "deflate"
// (zlib's format, RFC 1950): bodies. Only gzip.cc includes zlib.
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

enum class DecompressionFailure { kMalformed, kTooLarge };

// Inflates `bytes` (one or more gzip members) into `out`, at most `limit` bytes, so a small body
// cannot expand without bound. Returns the failure, or std::nullopt on success.
std::optional<DecompressionFailure> gunzip(std::string_view bytes, std::size_t limit, std::string& out);

// The codings of HTTP bodies.
enum class Compression { kGzip, kDeflate };

// As gunzip and gzip, for each of the codings.
std::optional<DecompressionFailure> decompress(Compression coding, std::string_view bytes, std::size_t limit,
                                               std::string& out);
std::string compress(Compression coding, std::string_view bytes);

// Deflates at the fastest level: between processes on one machine, time costs more than bytes.
std::string gzip(std::string_view bytes);

// The CRC-32 for x-amz-crc32.
std::uint32_t crc32(std::string_view bytes);

// Deflates a stream that does not fit in memory: call add() repeatedly, then finish().
class GzipEncoder {
 public:
  GzipEncoder();
  ~GzipEncoder();
  GzipEncoder(const GzipEncoder&) = delete;

  // Appends to `out` the output that is ready.
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

  // Appends the inflated bytes to `out`. They can be a thousand times as many, so pass small
  // pieces. False: the input is not gzip, or it is damaged.
  bool add(std::string_view bytes, std::string& out);
  // Whether the input so far ends at the end of a member.
  bool isComplete() const;

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace ddblog
