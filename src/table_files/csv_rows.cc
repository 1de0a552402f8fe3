#include "table_files/csv_rows.h"

#include <algorithm>
#include <stdexcept>

namespace ddblog::table_files {

char separatorOf(std::string_view beginning) {
  const std::string_view line = beginning.substr(0, beginning.find('\n'));
  char best = '\0';
  std::ptrdiff_t most = 0;
  for (const char separator : {',', ';', '\t'}) {
    const auto count = std::ranges::count(line, separator);
    if (count > most) {
      most = count;
      best = separator;
    }
  }
  return best;
}

void CsvRows::fail(const std::string& what) const {
  throw std::invalid_argument("line " + std::to_string(row_line_) + ": " + what);
}

void CsvRows::add(std::string_view text) {
  for (const char c : text) {
    if (++bytes_ > longest_) fail("the row is too long for an item");
    addOne(c);
    if (c == '\n') ++line_;
    if (c == '\n' && bytes_ == 0) row_line_ = line_;
  }
}

void CsvRows::addOne(char c) {
  if (is_quoted_) {
    if (c != '"') {
      field_ += c;
    } else {
      is_quoted_ = false;
      was_quoted_ = true;
    }
  } else if (c == '"' && was_quoted_) {
    field_ += c;  // a doubled quote
    is_quoted_ = true;
    was_quoted_ = false;
  } else if (c == '"' && field_.empty()) {
    is_quoted_ = true;
  } else if (c == separator_) {
    endField();
  } else if (c == '\n') {
    endRow();
  } else if (was_quoted_ && c != '\r') {
    fail("a closing quote is followed by text");
  } else {
    field_ += c;
  }
}

void CsvRows::endField() {
  row_.push_back(std::move(field_));
  field_.clear();
  was_quoted_ = false;
}

void CsvRows::endRow() {
  if (field_.ends_with('\r')) field_.pop_back();
  const bool is_blank = row_.empty() && field_.empty() && !was_quoted_;
  endField();
  if (!is_blank) take_(row_, row_line_);
  row_.clear();
  bytes_ = 0;
}

void CsvRows::finish() {
  if (is_quoted_) fail("a field in quotes is not closed");
  if (bytes_ > 0) endRow();
}

}  // namespace ddblog::table_files
