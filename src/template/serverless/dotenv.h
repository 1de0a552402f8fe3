// Reads .env files as the npm packages dotenv and dotenv-expand do.
//
//   NAME=value          export NAME=value          NAME: value
//   NAME="line 1\nline 2 ${OTHER} $OTHER ${OTHER:-default}"      NAME='as it is'      # a comment
//
// Sources: https://github.com/motdotla/dotenv, https://github.com/motdotla/dotenv-expand. Lines that
// are none of these are skipped, as there. Thread safety: a stateless function.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ddblog::templates::serverless {

// `environment`: wins over the file, also inside ${…}. Returns the file's variables that it lacks.
std::map<std::string, std::string> readDotenv(std::string_view text,
                                              const std::map<std::string, std::string>& environment);

}  // namespace ddblog::templates::serverless
