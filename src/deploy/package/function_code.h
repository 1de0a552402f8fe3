// The package of a function's or a layer's code: which files are in it, and what is wrong with them.
//
//   runtime         what is packed
//   nodejs*         the code directory with node_modules as it is; with esbuild, what esbuild makes of it
//   python*         the code directory, and what requirements.txt names (python_packages.h)
//   provided*       `bootstrap`, alone if it is named or if the directory is one in which CMake builds;
//                   else the whole directory
//   the trigger     this program, or the one that CodeUri names, as `bootstrap`
//   anything else   the code directory
//
// A zip or jar file is taken as it is.
//
// Thread safety: stateless functions; a CodePackage's `zip` may be called on any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"

namespace ddblog::deploy {

struct FunctionCode {
  std::string name;            // of the resource, for messages
  std::filesystem::path code;  // a directory or a file
  std::string runtime, handler;
  std::string architecture = "x86_64";           // or "arm64"
  bool is_trigger = false;                       // the built-in one
  std::filesystem::path bootstrap;               // Metadata.DynamodbLog.Bootstrap; empty: none
  std::vector<std::string> exclude;              // Metadata.DynamodbLog.Exclude (exclusions.h)
  bool exclude_dev_dependencies = false;         // Metadata.DynamodbLog.ExcludeDevDependencies: of npm
  std::optional<json::object> esbuild;           // BuildProperties of the BuildMethod esbuild
  std::filesystem::path program = {};            // this program; empty: found by its process
  std::filesystem::path project_directory = {};  // the template's
  std::function<bool()> is_interrupted = {};     // asked while a program runs; empty: nobody asks
};

struct CodePackage {
  std::string key;                                             // 64 digits: the same for the same content
  std::uint64_t bytes = 0;                                     // unzipped
  std::vector<std::pair<std::string, std::uint64_t>> largest;  // files, at most three
  std::function<std::string()> zip;                            // throws PackageError
  std::vector<std::string> notes = {};                         // one line each
};

// Throws PackageError: "function NAME: …".
CodePackage packageFunction(const FunctionCode& function);
// A layer's directory or archive. Throws PackageError: "layer NAME: …".
CodePackage packageLayer(const std::string& name, const std::filesystem::path& content,
                         const std::vector<std::string>& exclude);

// Throws PackageError that names the largest files, if a function is too large with its layers.
void checkSize(const std::string& name, const CodePackage& function, const std::vector<const CodePackage*>& layers);

}  // namespace ddblog::deploy
