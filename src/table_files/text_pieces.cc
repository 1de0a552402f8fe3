#include "table_files/text_pieces.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/base64.h"
#include "base/digests.h"
#include "base/gzip.h"
#include "table_files/import_records.h"

namespace ddblog::table_files {

namespace {

constexpr std::size_t kPieceBytes = 16u << 10;  // read at a time; decompressed it is at most a thousand times as long
constexpr std::size_t kBeginningBytes = 4096;   // enough of the text to tell its format
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

class TextFile {
 public:
  explicit TextFile(const std::filesystem::path& file) : file_(file), in_(file, std::ios::binary) {
    if (!in_) fail(std::strerror(errno));
  }

  std::string read(const TakeText& take) {
    std::string piece(kPieceBytes, '\0');
    for (bool is_first = true;; is_first = false) {
      in_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      const std::string_view bytes(piece.data(), static_cast<std::size_t>(in_.gcount()));
      if (bytes.empty()) break;
      if (is_first) is_gzip_ = bytes.starts_with("\x1f\x8b");
      md5_.add(bytes);
      if (!is_gzip_) {
        text_ += bytes;
      } else if (!gzip_.add(bytes, text_)) {
        fail("its gzip data is damaged");
      }
      if (is_begun_ || text_.size() >= kBeginningBytes) hand(take);
    }
    if (in_.bad()) fail("it cannot be read");
    if (!text_.empty()) hand(take);
    if (!is_begun_ && !is_gzip_) fail("it is empty" + std::string(kTakenFormats));
    if (is_gzip_ && !gzip_.isComplete()) fail("it is cut off");
    return toBase64(bytesOf(md5_.finish()));
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw ImportUnusable(file_.string() + ": " + what); }

  void hand(const TakeText& take) {
    if (!is_begun_ && text_.starts_with(kByteOrderMark)) text_.erase(0, kByteOrderMark.size());
    if (!is_begun_ && text_.empty()) return;
    take(text_, !std::exchange(is_begun_, true));
    text_.clear();
  }

  const std::filesystem::path file_;
  std::ifstream in_;
  bool is_gzip_ = false;
  bool is_begun_ = false;  // the beginning was handed over
  GzipDecoder gzip_;
  Md5 md5_;
  std::string text_;
};

}  // namespace

std::string readText(const std::filesystem::path& file, const TakeText& take) { return TextFile(file).read(take); }

}  // namespace ddblog::table_files
