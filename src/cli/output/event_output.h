// Prints events of the log on standard output: as one JSON object a line, as one JSON array, or as a table for people.
//
// Thread safety: none.
#pragma once

#include <cstdint>
#include <string>

#include "cli/query/item_output.h"
#include "ddblog/event.h"

namespace ddblog::cli {

class EventOutput {
 public:
  // `format`: table, json or jsonl.
  explicit EventOutput(const std::string& format);

  // false: nobody reads any more.
  bool add(const Event& event);
  // Prints what is not printed yet.
  void finish();
  std::uint64_t lastVersion() const { return last_version_; }  // 0: there was none

 private:
  const bool is_lines_;
  ItemOutput output_;
  std::uint64_t last_version_ = 0;
};

}  // namespace ddblog::cli
