#include "cli/options/pairs.h"

#include <stdexcept>

namespace ddblog::cli {

std::map<std::string, std::string> pairsOf(const std::vector<std::string>& texts, const char* option) {
  std::map<std::string, std::string> found;
  for (const std::string& text : texts) {
    const std::size_t place = text.find('=');
    if (place == std::string::npos || place == 0) {
      throw std::invalid_argument(std::string(option) + " must be NAME=VALUE, not '" + text + "'");
    }
    found[text.substr(0, place)] = text.substr(place + 1);
  }
  return found;
}

}  // namespace ddblog::cli
