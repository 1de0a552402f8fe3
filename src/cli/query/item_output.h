// Prints items of a table: as one JSON object a line, as one JSON array, or as a table for people.
//
//   pk               sk  type    payload
//   users#42#stream  1   signup  {"id":"42","name":"Ada"}
//
// In JSON, sets are arrays and binaries base64 strings; numbers keep every digit.
//
// Thread safety: none.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "base/json.h"

namespace ddblog::cli {

class ItemOutput {
 public:
  enum class Format { kTable, kJson, kJsonLines };

  // `first`: the attributes of a table's first columns. `width`: of the terminal, which a table fits;
  // 0: as wide as it is.
  ItemOutput(std::ostream& out, Format format, std::vector<std::string> first, int width)
      : out_(out), format_(format), first_(std::move(first)), width_(width) {}

  // An item in DynamoDB's JSON.
  void add(const json::object& item);
  // Prints what is not printed yet. Returns the names of the columns for which a table had no room.
  std::vector<std::string> finish();
  std::size_t count() const { return count_; }

 private:
  std::vector<std::string> finishTable();

  std::ostream& out_;
  const Format format_;
  const std::vector<std::string> first_;
  const int width_;
  std::size_t count_ = 0;
  std::vector<json::object> items_;  // of a table
};

}  // namespace ddblog::cli
