#include "store/hot_values.h"

namespace ddblog {

namespace {

constexpr std::size_t kValues = 4096;       // when full, the cache is cleared
constexpr std::size_t kValueBytes = 16384;  // larger values are not cached

}  // namespace

std::optional<std::string> HotValues::get(std::string_view key, std::uint64_t state, const Reader& reader) {
  if (auto known = find(key, state)) return known;
  std::optional<std::string> value = reader.get(key);
  if (value && value->size() <= kValueBytes) add(key, *value, state);
  return value;
}

std::optional<std::string> HotValues::find(std::string_view key, std::uint64_t state) {
  MutexLock lock(mutex_);
  const auto known = values_.find(key);
  if (known == values_.end() || known->second.since > state) return std::nullopt;
  return known->second.value;
}

void HotValues::add(std::string_view key, const std::string& value, std::uint64_t state) {
  MutexLock lock(mutex_);
  if (state != latest_) return;
  if (values_.size() >= kValues) values_.clear();
  values_.emplace(key, Known{value, state});
}

std::uint64_t HotValues::commit(const Overlay::Writes& writes) {
  MutexLock lock(mutex_);
  ++latest_;
  if (values_.empty()) return latest_;
  for (const auto& [key, value] : writes) {
    const auto known = values_.find(key);
    if (known == values_.end()) continue;
    if (value && value->size() <= kValueBytes) {
      known->second = {*value, latest_};
    } else {
      values_.erase(known);
    }
  }
  return latest_;
}

std::uint64_t HotValues::clear() {
  MutexLock lock(mutex_);
  values_.clear();
  return ++latest_;
}

}  // namespace ddblog
