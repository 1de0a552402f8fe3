#include "base/bytes.h"

namespace ddblog {

void appendEscaped(std::string& out, std::string_view bytes) {
  std::size_t plain = 0;
  for (std::size_t zero = bytes.find('\0'); zero != std::string_view::npos; zero = bytes.find('\0', zero + 1)) {
    out.append(bytes, plain, zero + 1 - plain).push_back('\xFF');
    plain = zero + 1;
  }
  out.append(bytes, plain);
}

}  // namespace ddblog
