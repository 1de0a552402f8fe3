#include "store/log_file.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <charconv>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ddblog {

namespace {

constexpr std::size_t kBlock = 32768;
constexpr std::size_t kFragmentHeader = 7;
constexpr std::size_t kBatchHeader = 12;
// Blocks in which every byte is tried as the beginning of a record. In the others only the first
// byte is, which is always the beginning of a fragment.
constexpr int kSearchedBlocks = 16;

enum FragmentType { kFilling = 0, kWhole = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

std::uint64_t littleEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) number = number << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return number;
}

bool isZeros(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char byte) { return byte == '\0'; });
}

// Castagnoli's polynomial.
std::uint32_t crc32c(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

struct Fragment {
  int type;
  std::string_view data;
  bool begins() const { return type == kWhole || type == kFirst; }
  bool ends() const { return type == kWhole || type == kLast; }
};

// The fragment at the beginning of `bytes`; std::nullopt: there is no sound one.
std::optional<Fragment> readFragment(std::string_view bytes) {
  if (bytes.size() < kFragmentHeader) return std::nullopt;
  const std::size_t length = littleEndian(bytes.substr(4, 2));
  const int type = bytes[6];
  if (type < kWhole || type > kLast || kFragmentHeader + length > bytes.size()) return std::nullopt;
  const auto masked = static_cast<std::uint32_t>(littleEndian(bytes.substr(0, 4)));
  const std::uint32_t rotated = masked - 0xa282ead8u;
  const std::uint32_t stored = rotated >> 17 | rotated << 15;
  if (crc32c(bytes.substr(6, 1 + length)) != stored) return std::nullopt;
  return Fragment{type, bytes.substr(kFragmentHeader, length)};
}

// Goes through the fragments of a file, block by block.
class LogReader {
 public:
  LogReader(const std::filesystem::path& path, std::uint64_t known_sequence)
      : file_(path, std::ios::binary), known_sequence_(known_sequence) {
    if (!file_) throw std::runtime_error("cannot read " + path.string());
  }

  LogFileContent read() {
    while (nextBlock()) {
      while (!rest_.empty()) {
        if (bad_) {
          search();
        } else {
          step();
        }
      }
    }
    content_.is_cut = content_.is_cut || bad_ || in_record_;
    return content_;
  }

 private:
  bool nextBlock() {
    block_begin_ += block_.size();
    block_.resize(kBlock);
    file_.read(block_.data(), kBlock);
    block_.resize(static_cast<std::size_t>(file_.gcount()));
    rest_ = block_;
    ++blocks_;
    return !block_.empty();
  }

  // Reads the next fragment. A place without a sound one ends the sound part of the file.
  void step() {
    if (isZeros(rest_)) {  // the end of a block or of the log
      filling_seen_ = filling_seen_ || rest_.size() >= kFragmentHeader;
      rest_ = {};
      return;
    }
    const auto fragment = filling_seen_ ? std::nullopt : readFragment(rest_);
    if (!fragment || fragment->begins() == in_record_) {
      bad_ = true;
      return;
    }
    if (fragment->begins()) batch_header_.clear();
    // The first fragment can be shorter than the header.
    const bool is_complete = batch_header_.size() == kBatchHeader;
    if (!is_complete) batch_header_ += fragment->data.substr(0, kBatchHeader - batch_header_.size());
    if (!is_complete && (batch_header_.size() == kBatchHeader ? !readBatchHeader() : fragment->ends())) {
      bad_ = true;
      return;
    }
    rest_.remove_prefix(kFragmentHeader + fragment->data.size());
    in_record_ = !fragment->ends();
    if (!in_record_) finishRecord();
  }

  // False: it does not continue the record before it.
  bool readBatchHeader() {
    sequence_ = littleEndian(std::string_view(batch_header_).substr(0, 8));
    writes_ = littleEndian(std::string_view(batch_header_).substr(8, 4));
    return content_.last_sequence == 0 || sequence_ == content_.last_sequence + 1;
  }

  void finishRecord() {
    content_.sound_bytes = block_begin_ + block_.size() - rest_.size();
    if (writes_ == 0) return;  // RocksDB's note that it began this log after one that was cut off
    if (content_.first_sequence == 0) content_.first_sequence = sequence_;
    content_.last_sequence = sequence_ + writes_ - 1;
    if (content_.last_sequence <= known_sequence_) content_.known_bytes = content_.sound_bytes;
    ++content_.commits;
  }

  // Looks for the beginning of a later record, which proves that the bad place is damage.
  void search() {
    if (isZeros(rest_) || content_.is_damaged) {
      rest_ = {};
      return;
    }
    if (searched_ != blocks_) ++searched_blocks_;
    searched_ = blocks_;
    const bool every_byte = searched_blocks_ <= kSearchedBlocks;
    while (rest_.size() >= kFragmentHeader) {
      const auto fragment = readFragment(rest_);
      if (fragment && fragment->begins() && fragment->data.size() >= kBatchHeader &&
          littleEndian(fragment->data.substr(0, 8)) > content_.last_sequence) {
        content_.is_damaged = true;
        break;
      }
      if (!fragment && !every_byte) break;
      rest_.remove_prefix(fragment ? kFragmentHeader + fragment->data.size() : 1);
    }
    rest_ = {};
  }

  std::ifstream file_;
  const std::uint64_t known_sequence_;
  std::string block_;
  std::string_view rest_;  // of the block
  std::uint64_t block_begin_ = 0;
  std::uint64_t blocks_ = 0, searched_ = 0;
  int searched_blocks_ = 0;
  bool filling_seen_ = false;
  bool in_record_ = false;
  bool bad_ = false;
  std::string batch_header_;
  std::uint64_t sequence_ = 0, writes_ = 0;  // of the record that is being read
  LogFileContent content_;
};

}  // namespace

std::filesystem::path logPath(const std::filesystem::path& store, std::uint64_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 6 - std::min<std::size_t>(6, digits.size()), '0');
  return store / (digits + ".log");
}

std::uint64_t logNumberOf(const std::string& path) {
  std::string_view name = path;
  name.remove_prefix(name.rfind('/') + 1);
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && std::string_view(rest, name.data() + name.size()) == ".log" ? number : 0;
}

std::uint64_t soundBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::uint64_t sound = 0, begin = 0;
  for (std::string block(kBlock, '\0'); file; begin += kBlock) {
    file.read(block.data(), kBlock);
    std::string_view rest = std::string_view(block).substr(0, static_cast<std::size_t>(file.gcount()));
    const std::size_t read = rest.size();
    while (rest.size() >= kFragmentHeader) {
      const auto fragment = readFragment(rest);
      if (!fragment) return sound;
      rest.remove_prefix(kFragmentHeader + fragment->data.size());
      sound = begin + read - rest.size();
    }
  }
  return sound;
}

LogFileContent readLogFile(const std::filesystem::path& path, std::uint64_t known_sequence) {
  return LogReader(path, known_sequence).read();
}

}  // namespace ddblog
