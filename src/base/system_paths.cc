#include "base/system_paths.h"

#include <sys/auxv.h>
#include <unistd.h>

namespace ddblog {

namespace fs = std::filesystem;

std::string programPath() {
  const char* self = "/proc/self/exe";
  if (::access(self, X_OK) == 0) return self;
  return fs::absolute(reinterpret_cast<const char*>(::getauxval(AT_EXECFN))).string();
}

fs::path temporaryDirectory() {
  std::error_code missing;
  const fs::path directory = fs::temp_directory_path(missing);
  return missing ? fs::current_path() : directory;
}

}  // namespace ddblog
