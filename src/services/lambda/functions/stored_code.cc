#include "services/lambda/functions/stored_code.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "base/digests.h"
#include "services/lambda/functions/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kPartBytes = 256u << 10;

std::string prefixOf(const Code& code) { return KeyBuilder(key_spaces::kCode).text(code.sha256).str(); }

std::string partKey(const Code& code, std::size_t number) {
  return KeyBuilder(key_spaces::kCode).text(code.sha256).number(number).str();
}

// Whether a value of the key space contains the digest, which nothing else can look like.
bool isMentioned(const Reader& reader, KeySpace space, const std::string& sha256) {
  const std::string all = KeyBuilder(space).str();
  for (auto cursor = reader.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    if (cursor->value().find(sha256) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

Code codeOf(std::string_view zip) { return {sha256Hex(zip), zip.size()}; }

void putCode(Transaction& transaction, const Code& code, std::string_view zip) {
  if (transaction.get(partKey(code, 0))) return;
  for (std::size_t number = 0; number * kPartBytes < zip.size(); ++number) {
    transaction.put(partKey(code, number), std::string(zip.substr(number * kPartBytes, kPartBytes)));
  }
}

void eraseUnusedCode(Transaction& transaction, const Code& code) {
  if (code.sha256.empty()) return;
  for (const KeySpace space : {key_spaces::kFunctions, key_spaces::kVersions, key_spaces::kLayers}) {
    if (isMentioned(transaction, space, code.sha256)) return;
  }
  for (std::size_t number = 0; number * kPartBytes < code.size; ++number) transaction.erase(partKey(code, number));
}

std::string readCode(const Reader& reader, const Code& code) {
  std::string zip;
  const std::string prefix = prefixOf(code);
  for (auto cursor = reader.cursor(prefix, endOfPrefix(prefix)); cursor->valid(); cursor->next()) {
    zip += cursor->value();
  }
  if (sha256Hex(zip) != code.sha256) throw std::runtime_error("its code is not in the store, or damaged");
  return zip;
}

}  // namespace ddblog::lambda
