#include "cli/data_directory.h"

#include <stdexcept>
#include <string>

#include "store/directory_lock.h"
#include "transfer/data_directory.h"

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;
using transfer::kLockName;

}  // namespace

void checkDataDirectory(const fs::path& directory) {
  const std::string shown = directory.string();
  if (!fs::exists(directory)) throw std::invalid_argument("There is no data directory " + shown + ".");
  if (fs::is_symlink(directory) || !fs::is_directory(directory)) {
    throw std::invalid_argument(shown + " is not a directory.");
  }
  if (!fs::is_regular_file(directory / kLockName)) {
    throw std::invalid_argument(shown + " is not a data directory of dynamodb-log (it has no " +
                                std::string(kLockName) + "). Nothing was changed.");
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (!transfer::isOfDataDirectory(name)) {
      throw std::invalid_argument(shown + " also holds " + name +
                                  ", which dynamodb-log did not put there. Nothing was changed; move it away first.");
    }
  }
}

void removeDataDirectory(const fs::path& directory) {
  checkDataDirectory(directory);
  const DirectoryLock lock(directory);
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    if (entry.path().filename() != kLockName) fs::remove_all(entry.path());
  }
  fs::remove(directory / kLockName);
  fs::remove(directory);
}

}  // namespace ddblog::cli
