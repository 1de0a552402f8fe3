// Where the library's notices go if the program does not say otherwise.
//
// Thread safety: a stateless function.
#pragma once

#include <iostream>
#include <string>

namespace ddblog {

inline void toStandardError(const std::string& line) { std::cerr << line << std::endl; }

}  // namespace ddblog
