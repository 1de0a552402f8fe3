#include "aws/environment.h"

#include <cstdlib>

namespace ddblog::aws {

Environment systemEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (!value || !*value) return std::nullopt;
    return value;
  };
}

}  // namespace ddblog::aws
