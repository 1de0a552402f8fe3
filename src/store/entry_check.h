// Checks the entries of a snapshot that is being loaded: they must be in key order and form a store
// of this version. (A snapshot's checksums only prove that it is unchanged since it was written.)
//
// Errors: std::invalid_argument that says what is wrong. Thread safety: none.
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
