// Prints lines that functions have logged, each with its time and its function, whose names have colours.
//
//   2026-11-28T12:00:00.000Z users  hello
//
// Thread safety: none.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "deploy/aws/function_logs.h"

namespace ddblog::cli {

class LogPrinter {
 public:
  // `functions`: those whose names are known, so that lines stand below each other from the first one on.
  LogPrinter(std::ostream& out, bool as_json, bool has_colours, const std::vector<std::string>& functions);

  void print(const deploy::LogLine& line);

 private:
  std::string coloured(const std::string& name);

  std::ostream& out_;
  const bool as_json_;
  const bool has_colours_;
  std::map<std::string, int> colours_;
  std::size_t width_ = 0;
};

}  // namespace ddblog::cli
