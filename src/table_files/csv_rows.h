// Reads CSV piece by piece, as RFC 4180 says: fields in double quotes may contain separators, line
// ends and doubled quotes.
//
// Errors: std::invalid_argument "line N: …". Memory: one row. Thread safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ddblog::table_files {

// The separator of a CSV text: the one of comma, semicolon and tab that its first line has most of;
// '\0' if it has none.
char separatorOf(std::string_view beginning);

class CsvRows {
 public:
  using Row = std::vector<std::string>;
  // `line`: where the row begins, from 1.
  using Take = std::function<void(const Row& row, std::uint64_t line)>;

  CsvRows(char separator, std::size_t longest, Take take)
      : separator_(separator), longest_(longest), take_(std::move(take)) {}

  void add(std::string_view text);
  void finish();

 private:
  [[noreturn]] void fail(const std::string& what) const;
  void addOne(char c);
  void endField();
  void endRow();

  const char separator_;
  const std::size_t longest_;
  const Take take_;
  Row row_;
  std::string field_;
  std::size_t bytes_ = 0;    // of the row
  bool is_quoted_ = false;   // inside quotes
  bool was_quoted_ = false;  // after a closing quote, which may be the first of a doubled one
  std::uint64_t line_ = 1;
  std::uint64_t row_line_ = 1;
};

}  // namespace ddblog::table_files
