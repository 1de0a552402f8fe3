// Bundles a function in TypeScript or JavaScript with the esbuild of its project, as `sam build` does:
// Metadata: {BuildMethod: esbuild, BuildProperties: {…}}.
//
// esbuild is looked for in node_modules/.bin of the code directory and of those above it.
// Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html
// Limits, ours: 5 minutes. Thread safety: a Bundle is immutable.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"

namespace ddblog::deploy {

// A directory with what esbuild has made; removed at the end.
class Bundle {
 public:
  explicit Bundle(std::filesystem::path directory) : directory_(std::move(directory)) {}
  ~Bundle();
  Bundle(Bundle&& other) noexcept : directory_(std::exchange(other.directory_, {})) {}
  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

// esbuild's arguments but for the program and the directory of the result. Throws PackageError: a property
// that is not known, or of the wrong type.
std::vector<std::string> esbuildArguments(const std::string& entry_point, const std::string& runtime,
                                          const json::object& properties);

// `project_directory`: the template's, beyond which esbuild is not looked for. Throws PackageError:
// there is no esbuild or no entry point, or what esbuild says. `is_interrupted`: as ProgramRun's.
Bundle bundled(const std::filesystem::path& code, const std::filesystem::path& project_directory,
               const std::string& handler, const std::string& runtime, const json::object& properties,
               const std::function<bool()>& is_interrupted = {});

}  // namespace ddblog::deploy
