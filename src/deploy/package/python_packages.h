// The packages of a function in Python: requirements.txt, as pip installs it for Lambda, whatever the
// machine it runs on.
//
// Only wheels are taken: what would have to be compiled here would not run there. The result is kept in
// the user's cache ($XDG_CACHE_HOME or ~/.cache, dynamodb-log/python/<SHA-256 of the requirements, of the
// files on this machine that they name, and of pip's options>), so pip runs once for each.
//
// Sources: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html,
// https://pip.pypa.io/en/stable/cli/pip_install/
// Limits, ours: 1 MB and 100 files of requirements, 10 minutes. Thread safety: two processes may do the
// same at once; the later result replaces the earlier.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ddblog::deploy {

struct PythonTarget {
  std::string runtime;       // "python3.13"
  std::string architecture;  // "x86_64" or "arm64"
};

// pip's options for a target. A platform's tag does not include older ones, so all that fit are named.
std::vector<std::string> pipOptions(const PythonTarget& target);

// The lines that name a package without its version, here or in what the file includes; none if it has
// constraints. Throws PackageError.
std::vector<std::string> unpinnedRequirements(const std::filesystem::path& requirements);

// The directory with the packages. `is_interrupted`: as ProgramRun's. Throws PackageError: pip is not there, or
// what it says.
std::filesystem::path pythonPackages(const std::filesystem::path& requirements, const PythonTarget& target,
                                     const std::function<bool()>& is_interrupted = {});

}  // namespace ddblog::deploy
