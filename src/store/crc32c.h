// CRC-32C (Castagnoli), the checksum of RocksDB's log records.
//
// Thread safety: stateless functions.
#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <string_view>

namespace ddblog {

class Crc32c {
 public:
  Crc32c& add(std::string_view bytes) {
    crc_.process_bytes(bytes.data(), bytes.size());
    return *this;
  }
  std::uint32_t value() const { return crc_.checksum(); }

 private:
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc_;
};

}  // namespace ddblog
