// The projects that `dynamodb-log init` makes: the files of examples/new-project/LANGUAGE, with @NAME@ replaced, and the
// library for the language, so that nothing needs to be installed from a registry.
//
//   node    vendor/dynamodb-log/, and node_modules/dynamodb-log, which leads there, as `npm install` makes it
//   python  src/dynamodb_log/
//   cpp     no library: it must be installed
//
// Errors: std::invalid_argument for a directory that cannot be used; std::filesystem::filesystem_error,
// std::runtime_error. Thread safety: a stateless function.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ddblog::cli {

// Writes the project into the directory, which is created if it does not exist, and must be empty. `language`: cpp, node
// or python. If it throws, it has removed what it wrote. Returns the project's own files, without those of the library.
std::vector<std::string> makeProject(const std::filesystem::path& directory, const std::string& language);

// The name of a project in this directory, which npm, Python and CMake accept: "My Shop" -> "my-shop".
std::string projectName(const std::filesystem::path& directory);

}  // namespace ddblog::cli
