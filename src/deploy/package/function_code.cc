#include "deploy/package/function_code.h"

#include <algorithm>
#include <memory>

#include "base/digests.h"
#include "base/files.h"
#include "base/json_fields.h"
#include "base/system_paths.h"
#include "base/text.h"
#include "deploy/package/elf.h"
#include "deploy/package/esbuild.h"
#include "deploy/package/exclusions.h"
#include "deploy/package/file_content.h"
#include "deploy/package/file_list.h"
#include "deploy/package/limits.h"
#include "deploy/package/package_error.h"
#include "deploy/package/python_packages.h"
#include "deploy/package/zip_size.h"
#include "deploy/package/zip_writer.h"

namespace ddblog::deploy {

namespace {

namespace fs = std::filesystem;

constexpr const char* kBootstrap = "bootstrap";
constexpr std::size_t kLargestNamed = 3;
constexpr std::size_t kPackageJsonBytes = 1u << 20;
constexpr std::size_t kLockBytes = 64u << 20;

std::vector<std::pair<std::string, std::uint64_t>> largestOf(std::vector<PackedFile> files) {
  std::ranges::stable_sort(files, std::ranges::greater(), &PackedFile::bytes);
  std::vector<std::pair<std::string, std::uint64_t>> largest;
  for (std::size_t i = 0; i < std::min(files.size(), kLargestNamed); ++i) {
    largest.emplace_back(files[i].path, files[i].bytes);
  }
  return largest;
}

// The notes on what a walk found.
std::vector<std::string> notesOn(const std::vector<fs::path>& outside) {
  std::vector<std::string> notes;
  for (const fs::path& link : outside) {
    notes.push_back(link.string() + " is a link out of the folder: what is there is packed, too");
  }
  return notes;
}

// `kept`: what must live until the archive is made.
CodePackage packageOf(std::vector<PackedFile> files, std::shared_ptr<const void> kept = nullptr) {
  if (files.empty()) throw PackageError("there are no files to pack");
  CodePackage package;
  package.bytes = bytesOf(files);
  package.largest = largestOf(files);
  package.key = package.bytes > limits::kUnzippedBytes ? "" : contentKey(files);  // checkSize() refuses it
  package.zip = [files = std::move(files), key = package.key, kept] { return zipOf(files, key); };
  return package;
}

CodePackage packageDirectory(const fs::path& directory, const Exclusions& exclusions) {
  std::vector<fs::path> outside;
  CodePackage package = packageOf(filesBelow(directory, exclusions, outside));
  package.notes = notesOn(outside);
  return package;
}

bool isZip(const fs::path& path) { return (path.extension() == ".zip" || path.extension() == ".jar") && isFile(path); }

CodePackage archiveAsItIs(const fs::path& file) {
  const PackedFile packed = fileAs(file, file.filename().string());
  CodePackage package;
  const std::string content = contentOf(packed);
  package.bytes = unzippedBytes(content).value_or(packed.bytes);
  package.largest = {{packed.path, package.bytes}};
  package.key = sha256Hex(content);
  package.zip = [packed, key = package.key] {
    std::string content = contentOf(packed);
    if (sha256Hex(content) != key) throw PackageError(packed.source.string() + " has changed: deploy again");
    return content;
  };
  return package;
}

// Why a program cannot be a function's bootstrap; empty: it can. What is no ELF file is a script.
std::string unfitness(const fs::path& file, const FunctionCode& function, const std::vector<std::string>& packed) {
  const std::string content = contentOf(fileAs(file, kBootstrap));
  const std::optional<Executable> executable = readExecutable(content);
  if (!executable) return content.starts_with("#!") ? "" : "is no program of Linux";
  if (executable->architecture != function.architecture) {
    return "is for " + executable->architecture + ", and Architectures says " + function.architecture;
  }
  const std::vector<std::string> missing = missingInLambda(*executable, function.runtime, packed);
  if (missing.empty()) return "";
  return "needs what Lambda does not have: " + joined(missing) + " (link it with -static)";
}

PackedFile asBootstrap(const fs::path& file) {
  PackedFile packed = fileAs(file, kBootstrap);
  packed.is_executable = true;
  return packed;
}

CodePackage packageTrigger(const FunctionCode& function) {
  std::vector<fs::path> programs;
  for (const fs::path& named : {function.bootstrap, function.code}) {
    if (isFile(named)) programs.push_back(named);
  }
  programs.push_back(function.program.empty() ? fs::path(programPath()) : function.program);
  std::string why;
  for (const fs::path& program : programs) {
    const std::string unfit = unfitness(program, function, {});
    if (unfit.empty()) return packageOf({asBootstrap(program)});
    std::error_code unknown;
    const fs::path real = fs::canonical(program, unknown);
    why = (unknown ? program : real).string() + " " + unfit;
  }
  throw PackageError("the built-in trigger is the program itself, but " + why +
                     ": name a static one in CodeUri (`./dev package` builds it)");
}

CodePackage packageProvided(const FunctionCode& function) {
  const bool is_alone =
      !function.bootstrap.empty() || isFile(function.code) || isFile(function.code / "cmake_install.cmake");
  const fs::path bootstrap = !function.bootstrap.empty() ? function.bootstrap
                             : isFile(function.code)     ? function.code
                                                         : function.code / kBootstrap;
  if (!isFile(bootstrap)) throw PackageError("there is no " + bootstrap.string() + " (not built yet?)");
  std::vector<PackedFile> files;
  std::vector<std::string> libraries;
  if (!is_alone) {
    files = filesBelow(function.code, Exclusions(function.exclude));
    for (const PackedFile& file : files) {
      const fs::path path(file.path);
      if (path.parent_path() == "" || path.parent_path() == "lib") libraries.push_back(path.filename().string());
    }
  }
  const std::string unfit = unfitness(bootstrap, function, libraries);
  if (!unfit.empty()) throw PackageError(bootstrap.string() + " " + unfit);
  std::vector<PackedFile> all = {asBootstrap(bootstrap)};
  addFiles(all, std::move(files));
  return packageOf(std::move(all));
}

// A package.json with dependencies needs a node_modules beside it.
void checkNodeModules(const FunctionCode& function) {
  const fs::path file = function.code / "package.json";
  if (!isFile(file) || isDirectory(function.code / "node_modules")) return;
  try {
    const json::value package = parseJson(readFile(file, kPackageJsonBytes));
    const json::object* dependencies = package.is_object() ? objectOf(package.get_object(), "dependencies") : nullptr;
    if (!dependencies || dependencies->empty()) return;
  } catch (const std::exception& e) {
    throw PackageError(file.string() + ": " + e.what());
  }
  const char* how = isFile(function.code / "package-lock.json") ? "ci" : "install";
  throw PackageError("its packages are not installed: run `npm " + std::string(how) + " --omit=dev --prefix " +
                     function.code.string() + "`");
}

// What is installed for development only, as npm wrote it down beside the packages.
void leaveOutDevDependencies(const FunctionCode& function, Exclusions& exclusions) {
  const fs::path file = function.code / "node_modules" / ".package-lock.json";
  if (!function.exclude_dev_dependencies || !isFile(file)) return;
  try {
    const json::value lock = parseJson(readFile(file, kLockBytes));
    const json::object* packages = lock.is_object() ? objectOf(lock.get_object(), "packages") : nullptr;
    for (const auto& package : packages ? *packages : json::object()) {
      const json::value* dev = package.value().is_object() ? memberOf(package.value().get_object(), "dev") : nullptr;
      if (dev && *dev == json::value(true)) exclusions.leaveOut(std::string(package.key()));
    }
  } catch (const std::exception& e) {
    throw PackageError(file.string() + ": " + e.what());
  }
}

// pnpm's packages are links to each other, and an archive has no links: each would be packed many times.
void refusePnpm(const FunctionCode& function) {
  if (!isDirectory(function.code / "node_modules" / ".pnpm" / "node_modules")) return;
  throw PackageError(
      "its packages were installed by pnpm as links: run `pnpm install --prod "
      "--config.node-linker=hoisted --dir " +
      function.code.string() + "`, or bundle it with esbuild");
}

CodePackage packageNode(const FunctionCode& function) {
  if (function.esbuild) {
    auto bundle = std::make_shared<const Bundle>(bundled(function.code, function.project_directory, function.handler,
                                                         function.runtime, *function.esbuild, function.is_interrupted));
    return packageOf(filesBelow(bundle->directory(), Exclusions()), bundle);
  }
  checkNodeModules(function);
  refusePnpm(function);
  Exclusions exclusions(function.exclude);
  leaveOutDevDependencies(function, exclusions);
  return packageDirectory(function.code, exclusions);
}

CodePackage packagePython(const FunctionCode& function) {
  std::vector<fs::path> outside;
  std::vector<PackedFile> files = filesBelow(function.code, Exclusions(function.exclude), outside);
  std::vector<std::string> notes = notesOn(outside);
  const fs::path requirements = function.code / "requirements.txt";
  if (isFile(requirements)) {
    // Scripts name the interpreter of this machine, and nothing calls them.
    const Exclusions scripts({"/bin"});
    for (const std::string& line : unpinnedRequirements(requirements)) {
      notes.push_back(requirements.string() + ": " + line +
                      " names no version (==), so the one that was installed first is packed");
    }
    addFiles(files, filesBelow(pythonPackages(requirements, {function.runtime, function.architecture},
                                              function.is_interrupted),
                               scripts));
  }
  CodePackage package = packageOf(std::move(files));
  package.notes = std::move(notes);
  return package;
}

CodePackage packageByRuntime(const FunctionCode& function) {
  if (function.is_trigger) return packageTrigger(function);
  if (isZip(function.code)) return archiveAsItIs(function.code);
  if (function.runtime.starts_with("provided")) return packageProvided(function);
  if (!isDirectory(function.code)) throw PackageError("there is no directory " + function.code.string());
  if (function.runtime.starts_with("nodejs")) return packageNode(function);
  if (function.runtime.starts_with("python")) return packagePython(function);
  return packageDirectory(function.code, Exclusions(function.exclude));
}

std::string megabytes(std::uint64_t bytes) { return std::to_string((bytes + (1u << 20) - 1) >> 20) + " MB"; }

}  // namespace

CodePackage packageFunction(const FunctionCode& function) {
  try {
    return packageByRuntime(function);
  } catch (const PackageError& e) {
    throw PackageError("function " + function.name + ": " + e.what());
  }
}

CodePackage packageLayer(const std::string& name, const fs::path& content, const std::vector<std::string>& exclude) {
  try {
    if (isZip(content)) return archiveAsItIs(content);
    if (!isDirectory(content)) throw PackageError("there is no directory " + content.string());
    return packageDirectory(content, Exclusions(exclude));
  } catch (const PackageError& e) {
    throw PackageError("layer " + name + ": " + e.what());
  }
}

void checkSize(const std::string& name, const CodePackage& function, const std::vector<const CodePackage*>& layers) {
  std::uint64_t bytes = function.bytes;
  std::vector<std::pair<std::string, std::uint64_t>> largest = function.largest;
  for (const CodePackage* layer : layers) {
    bytes += layer->bytes;
    largest.insert(largest.end(), layer->largest.begin(), layer->largest.end());
  }
  if (bytes <= limits::kUnzippedBytes) return;
  std::ranges::stable_sort(largest, std::ranges::greater(), &std::pair<std::string, std::uint64_t>::second);
  std::vector<std::string> named;
  for (std::size_t i = 0; i < std::min(largest.size(), kLargestNamed); ++i) {
    named.push_back(largest[i].first + " (" + megabytes(largest[i].second) + ")");
  }
  throw PackageError("function " + name + ": its code " + (layers.empty() ? "" : "and layers ") + "are " +
                     withThousands(bytes) + " bytes unzipped, and Lambda takes " +
                     withThousands(limits::kUnzippedBytes) + "; the largest files: " + joined(named));
}

}  // namespace ddblog::deploy
