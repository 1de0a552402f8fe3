#include "aws/pages.h"

#include <stdexcept>

namespace ddblog::aws {

void forEachPage(std::string_view list, std::size_t most, const ReadPage& read) {
  std::string token;
  for (std::size_t page = 0; page < most; ++page) {
    std::string next = read(token);
    if (next.empty()) return;
    if (next == token) {
      throw std::runtime_error(std::string(list) + " does not end: AWS returns the same page again and again.");
    }
    token = std::move(next);
  }
  throw std::runtime_error(std::string(list) + " has more than " + std::to_string(most) + " pages.");
}

}  // namespace ddblog::aws
