#include "base/gzip.h"
#include "ddblog/errors.h"
#include "ddblog/schema.h"

namespace ddblog {
namespace {

constexpr const char* kGzipMember = "gzip";
constexpr std::size_t kLargestPayload = 64u << 20;

}  // namespace

Codec gzipCodec(std::size_t least_bytes) {
  Codec codec;
  codec.encode = [least_bytes](const std::string& payload, const PayloadPlace&) {
    if (payload.size() < least_bytes) return StoredPayload{payload};
    std::string packed = gzip(payload);
    if (packed.size() >= payload.size()) return StoredPayload{payload};
    return StoredPayload{"{}", {{kGzipMember, std::move(packed)}}};
  };
  codec.decode = [](const StoredPayload& stored, const std::string& payload, const PayloadPlace& place) {
    const auto packed = stored.bytes.find(kGzipMember);
    if (packed == stored.bytes.end()) return payload;
    std::string json;
    if (gunzip(packed->second, kLargestPayload, json)) {
      throw InvalidEvent("a payload of " + streamKey(place.log, place.id) + " is not gzip, or has over 64 MiB");
    }
    return json;
  };
  return codec;
}

}  // namespace ddblog
