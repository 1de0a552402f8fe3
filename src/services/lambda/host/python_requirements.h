// Whether the packages that a requirements.txt asks for bring a module.
//
// It reads what pip reads: names with extras, versions and markers, "name @ URL", wheels and other archives,
// repositories, directories ("-e ./shared"), and the files of "-r". What a directory brings is looked up in it.
// What a package of that name brings follows from its name (PyYAML: yaml, python-dateutil: dateutil,
// google-cloud-storage: google.cloud), or is a line of python_modules.txt (Pillow: PIL). A requirement whose module
// cannot be told brings none, and so does one for another operating system.
// Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
//
// Limits, ours: 100 files of 1 MB; what is beyond them is not read. Thread safety: a stateless function.
#pragma once

#include <filesystem>
#include <string>

namespace ddblog::lambda {

// `module`: "yaml", or "google.cloud" if only a part of a package is there.
bool mayBring(const std::filesystem::path& requirements, const std::string& module);

}  // namespace ddblog::lambda
