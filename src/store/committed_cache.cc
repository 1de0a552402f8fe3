#include "store/committed_cache.h"

namespace ddblog {

namespace {

constexpr std::size_t kValues = 4096;       // when full, the cache is cleared
constexpr std::size_t kValueBytes = 16384;  // larger values are not cached

}  // namespace

std::optional<std::string> CommittedCache::getHot(std::string_view key) const {
  if (const auto known = values_.find(key); known != values_.end()) return known->second;
  std::optional<std::string> value = committed_.get(key);
  if (value && value->size() <= kValueBytes) {
    if (values_.size() >= kValues) values_.clear();
    values_.emplace(key, *value);
  }
  return value;
}

std::unique_ptr<Cursor> CommittedCache::cursor(std::string_view begin, std::string_view end,
                                               Direction direction) const {
  return committed_.cursor(begin, end, direction);
}

void CommittedCache::committed(const Overlay::Writes& writes) {
  for (const auto& [key, value] : writes) {
    const auto known = values_.find(key);
    if (known == values_.end()) continue;
    if (value && value->size() <= kValueBytes) {
      known->second = *value;
    } else {
      values_.erase(known);
    }
  }
}

}  // namespace ddblog
