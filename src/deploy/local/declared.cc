#include "deploy/local/declared.h"

#include "deploy/local/key_spaces.h"

namespace ddblog::deploy {

KeyBuilder declaredKey(const char* kind) {
  KeyBuilder key(key_spaces::kApplication);
  key.text("").text("").text(kind);
  return key;
}

void replaceDeclared(Store& store, const char* kind, const std::set<std::string>& declared,
                     const std::function<void(KeyParser)>& erase) {
  const std::string prefix = declaredKey(kind).str();
  std::set<std::string> former;
  {
    const auto snapshot = store.snapshot();
    auto cursor = snapshot->cursor(prefix, endOfPrefix(prefix));
    for (; cursor->valid(); cursor->next()) former.emplace(cursor->key());
  }
  if (former == declared) return;
  for (const std::string& key : former) {
    if (declared.contains(key)) continue;
    KeyParser parser(key);
    for (int part = 0; part < 3; ++part) parser.text();
    erase(parser);
  }
  store.writeAndWait([&](Transaction& transaction) {
    for (const std::string& key : former) transaction.erase(key);
    for (const std::string& key : declared) transaction.put(key, "");
  });
}

}  // namespace ddblog::deploy
