// What keeps a function's code from being packed, in one line that names the function or the file.
#pragma once

#include <stdexcept>

namespace ddblog::deploy {

class PackageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace ddblog::deploy
