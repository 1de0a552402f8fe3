#include "store/entry_check.h"

#include <stdexcept>

#include "store/key_space.h"

namespace ddblog {

void EntryCheck::add(std::string_view key, std::string_view value) {
  if (key.empty() || key <= last_key_) throw std::invalid_argument("the entries are not in order");
  if (key == KeyBuilder(KeySpace::kFormat).str()) {
    if (value != kStoreFormat) throw std::invalid_argument("the store's format is not " + std::string(kStoreFormat));
    has_format_ = true;
  }
  last_key_ = key;
}

void EntryCheck::finish() const {
  if (!has_format_) throw std::invalid_argument("the store's format is missing");
}

}  // namespace ddblog
