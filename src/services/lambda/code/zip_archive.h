// Zip archives, as functions and layers are uploaded.
//
//   unpackZip(bytes, directory);
//
// Rejected: what is no zip archive, is damaged or encrypted; entries outside the directory (absolute,
// or with ".."); more than limits::kUnzippedBytes in all or limits::kZipEntries entries, whatever the
// archive says about itself, so that a small archive cannot fill the disk; entries that overlap, so
// that it cannot be read again and again. Symbolic links are made
// last: nothing is written through them. Files keep their permissions (AWS's rule: what may be
// executed must be marked so in the archive).
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
// Thread safety: pure functions, apart from the directory.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace ddblog::lambda {

class BadZip : public std::runtime_error {
 public:
  enum class Kind { kUnreadable, kTooLarge };
  BadZip(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// Reads the whole archive without writing anything. Throws BadZip.
void checkZip(std::string_view bytes);
// Unpacks it into a directory, which exists and is empty. Throws BadZip, or std::runtime_error if a
// file cannot be written.
void unpackZip(std::string_view bytes, const std::filesystem::path& directory);

}  // namespace ddblog::lambda
