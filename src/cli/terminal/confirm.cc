#include "cli/terminal/confirm.h"

#include <unistd.h>

#include <iostream>
#include <stdexcept>

namespace ddblog::cli {

bool confirm(const std::string& question, const std::string& verb) {
  if (isatty(STDIN_FILENO) != 1) {
    throw std::invalid_argument(verb + " asks before it removes anything. There is no terminal to ask on: use --yes");
  }
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace ddblog::cli
