#include "server/gzip.h"

#define ZLIB_CONST  // zlib then does not want to write into what it reads
#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace ddblog::server {

namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, gzip's header instead of zlib's

}  // namespace

std::optional<GunzipFailure> gunzip(std::string_view bytes, std::size_t limit, std::string& out) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::runtime_error("zlib cannot inflate");
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  out.clear();
  std::optional<GunzipFailure> failure;
  int result = bytes.empty() ? Z_DATA_ERROR : Z_OK;
  while (result == Z_OK) {
    const std::size_t filled = out.size();
    // One byte more than the limit tells "exactly the limit" from "more".
    const std::size_t room = std::min<std::size_t>(std::max<std::size_t>(filled, 16u << 10), limit + 1 - filled);
    out.resize(filled + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream.avail_out = static_cast<uInt>(room);
    result = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (out.size() > limit) {
      failure = GunzipFailure::kTooLarge;
      break;
    }
    if (result == Z_STREAM_END && stream.avail_in > 0) result = inflateReset(&stream);
    if (result == Z_OK && stream.avail_in == 0 && stream.avail_out > 0) result = Z_DATA_ERROR;  // cut off
  }
  inflateEnd(&stream);
  if (!failure && result != Z_STREAM_END) failure = GunzipFailure::kMalformed;
  if (failure) out.clear();
  return failure;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot deflate");
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("zlib cannot deflate");
  return out;
}

std::uint32_t crc32(std::string_view bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace ddblog::server
