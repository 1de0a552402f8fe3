#include "cli/options/access_keys.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include "base/files.h"
#include "base/text.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kFileBytes = 64u << 10;

using Keys = std::map<std::string, std::string>;

// `origin`: what an error calls the place of the key.
void addKey(std::string_view text, const std::string& origin, Keys& keys) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) {
    throw std::invalid_argument(origin + " must be ID:SECRET");
  }
  const std::string id(text.substr(0, colon));
  const std::string secret(text.substr(colon + 1));
  if (keys.emplace(id, secret).first->second != secret) {
    throw std::invalid_argument(origin + ": the access key " + id + " is given twice, with different secrets");
  }
}

// As ssh does with private keys. A pipe (`<(pass show key)`) has no readers but us.
void checkMode(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    throw std::invalid_argument("--access-key-file: " + file + ": " + std::strerror(errno));
  }
  if (S_ISREG(status.st_mode) && (status.st_mode & 077) != 0) {
    throw std::invalid_argument("--access-key-file: other users may access " + file +
                                ", which holds secrets; run `chmod 600 " + file + "`");
  }
}

void addFile(const std::string& file, Keys& keys) {
  checkMode(file);
  std::string content;
  try {
    content = readFile(file, kFileBytes);
  } catch (const std::exception& e) {
    throw std::invalid_argument("--access-key-file: " + std::string(e.what()));
  }
  std::istringstream lines(content);
  bool has_key = false;
  int number = 1;
  for (std::string line; std::getline(lines, line); ++number) {
    const std::string_view text = trim(line);
    if (text.empty() || text.front() == '#') continue;
    addKey(text, file + " line " + std::to_string(number), keys);
    has_key = true;
  }
  if (!has_key) throw std::invalid_argument("--access-key-file: " + file + " has no line ID:SECRET");
}

void addVariable(const char* variable, Keys& keys) {
  std::istringstream words(variable);
  bool has_key = false;
  for (std::string word; words >> word; has_key = true) addKey(word, kAccessKeysVariable, keys);
  if (!has_key)
    throw std::invalid_argument(std::string(kAccessKeysVariable) + " has no ID:SECRET; set it, or unset it");
}

}  // namespace

Keys accessKeysOf(const std::vector<std::string>& given, const std::vector<std::string>& files, const char* variable) {
  Keys keys;
  for (const std::string& text : given) addKey(text, "--access-key", keys);
  for (const std::string& file : files) addFile(file, keys);
  if (variable) addVariable(variable, keys);
  return keys;
}

}  // namespace ddblog::cli
