// A file of the project that is part of the program (cmake/embed.cmake).
//
// Thread safety: a value type.
#pragma once

#include <string_view>

namespace ddblog {

struct EmbeddedFile {
  std::string_view path;  // below the folder that was embedded: "src/orders.js"
  std::string_view text;
};

}  // namespace ddblog
