// What a handler has thrown, in words.
//
// Thread safety: stateless functions.
#pragma once

#include <string>

namespace ddblog {

struct Thrown {
  std::string type;  // without its namespace, as in other languages: "out_of_range"
  std::string message;
};

// Call it in a catch block.
Thrown currentlyThrown();

}  // namespace ddblog
