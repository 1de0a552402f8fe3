#include "base/gzip.h"

#define ZLIB_CONST  // makes zlib's input pointer const
#include <zlib.h>

#include <algorithm>
#include <stdexcept>

namespace ddblog {

namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, with a gzip header instead of zlib's
constexpr int kZlibWindow = 15;
constexpr std::size_t kPiece = 64u << 10;

int windowOf(Compression coding) { return coding == Compression::kGzip ? kGzipWindow : kZlibWindow; }

}  // namespace

std::optional<DecompressionFailure> gunzip(std::string_view bytes, std::size_t limit, std::string& out) {
  return decompress(Compression::kGzip, bytes, limit, out);
}

std::string gzip(std::string_view bytes) { return compress(Compression::kGzip, bytes); }

std::optional<DecompressionFailure> decompress(Compression coding, std::string_view bytes, std::size_t limit,
                                               std::string& out) {
  z_stream stream{};
  if (inflateInit2(&stream, windowOf(coding)) != Z_OK) throw std::runtime_error("zlib cannot inflate");
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  out.clear();
  std::optional<DecompressionFailure> failure;
  int result = bytes.empty() ? Z_DATA_ERROR : Z_OK;
  while (result == Z_OK) {
    const std::size_t filled = out.size();
    // One byte above the limit distinguishes "exactly the limit" from "more".
    const std::size_t room = std::min<std::size_t>(std::max<std::size_t>(filled, 16u << 10), limit + 1 - filled);
    out.resize(filled + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream.avail_out = static_cast<uInt>(room);
    result = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (out.size() > limit) {
      failure = DecompressionFailure::kTooLarge;
      break;
    }
    // Only gzip has members, one after another.
    if (result == Z_STREAM_END && stream.avail_in > 0) {
      result = coding == Compression::kGzip ? inflateReset(&stream) : Z_DATA_ERROR;
    }
    if (result == Z_OK && stream.avail_in == 0 && stream.avail_out > 0) result = Z_DATA_ERROR;  // truncated
  }
  inflateEnd(&stream);
  if (!failure && result != Z_STREAM_END) failure = DecompressionFailure::kMalformed;
  if (failure) out.clear();
  return failure;
}

std::string compress(Compression coding, std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, windowOf(coding), 8, Z_DEFAULT_STRATEGY) != Z_OK) {
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

struct GzipEncoder::Stream {
  z_stream z{};
  ~Stream() { deflateEnd(&z); }

  void run(std::string_view bytes, int flush, std::string& out) {
    z.next_in = reinterpret_cast<const Bytef*>(bytes.data());
    z.avail_in = static_cast<uInt>(bytes.size());
    int result = Z_OK;
    do {
      const std::size_t filled = out.size();
      out.resize(filled + kPiece);
      z.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
      z.avail_out = static_cast<uInt>(kPiece);
      result = deflate(&z, flush);
      out.resize(out.size() - z.avail_out);
    } while (result == Z_OK && (z.avail_in > 0 || z.avail_out == 0 || flush == Z_FINISH));
    if (result == Z_STREAM_ERROR) throw std::runtime_error("zlib cannot deflate");
  }
};

GzipEncoder::GzipEncoder() : stream_(std::make_unique<Stream>()) {
  if (deflateInit2(&stream_->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot deflate");
  }
}

GzipEncoder::~GzipEncoder() = default;

void GzipEncoder::add(std::string_view bytes, std::string& out) { stream_->run(bytes, Z_NO_FLUSH, out); }
void GzipEncoder::finish(std::string& out) { stream_->run({}, Z_FINISH, out); }

struct GzipDecoder::Stream {
  z_stream z{};
  int result = Z_OK;  // the result of the last step; Z_STREAM_END: at the end of a member
  ~Stream() { inflateEnd(&z); }
};

GzipDecoder::GzipDecoder() : stream_(std::make_unique<Stream>()) {
  if (inflateInit2(&stream_->z, kGzipWindow) != Z_OK) throw std::runtime_error("zlib cannot inflate");
}

GzipDecoder::~GzipDecoder() = default;

bool GzipDecoder::add(std::string_view bytes, std::string& out) {
  z_stream& z = stream_->z;
  int& result = stream_->result;
  z.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  z.avail_in = static_cast<uInt>(bytes.size());
  do {
    if (result == Z_STREAM_END && z.avail_in > 0) result = inflateReset(&z);
    const std::size_t filled = out.size();
    out.resize(filled + kPiece);
    z.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    z.avail_out = static_cast<uInt>(kPiece);
    if (result == Z_OK) result = inflate(&z, Z_NO_FLUSH);
    out.resize(out.size() - z.avail_out);
    if (result == Z_BUF_ERROR) {  // zlib needs more input: not a failure
      result = Z_OK;
      return true;
    }
    if (result != Z_OK && result != Z_STREAM_END) return false;
  } while (z.avail_in > 0 || z.avail_out == 0);
  return true;
}

bool GzipDecoder::isComplete() const { return stream_->result == Z_STREAM_END; }

}  // namespace ddblog
