// Access to environment variables, passed in so that tests can replace it.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace ddblog::aws {

// The value of a variable; std::nullopt if it is unset or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// This process's variables. Thread safety: as getenv's: safe while nobody changes the environment.
Environment systemEnvironment();

}  // namespace ddblog::aws
