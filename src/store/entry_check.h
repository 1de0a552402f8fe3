// Checks the entries of a snapshot that is loaded: they must be in the order of their keys and make a
// store of this version. (A snapshot's checksums say only that it is as it was written.)
//
// Errors: std::invalid_argument, which says what is wrong. Thread safety: none.
#pragma once

#include <string>
#include <string_view>

namespace ddblog {

class EntryCheck {
 public:
  void add(std::string_view key, std::string_view value);
  void finish() const;  // after the last one

 private:
  std::string last_key_;
  bool has_format_ = false;
};

}  // namespace ddblog
