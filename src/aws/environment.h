// Environment variables, passed in, so that tests choose them.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace ddblog::aws {

// The value of a variable; std::nullopt when it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// The variables of this process. Thread safety: as getenv's, safe as long as nobody changes the environment.
Environment systemEnvironment();

}  // namespace ddblog::aws
