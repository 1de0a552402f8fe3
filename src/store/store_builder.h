// Builds a new store from entries, for loading a snapshot: no write-ahead log, no commands, one
// entry after another.
//
//   StoreBuilder builder(directory);   // creates directory/store, which must not exist yet
//   builder.put(key, value);           // in key order
//   builder.finish();                  // makes everything durable; then Store::open(directory) opens it
//
// An unfinished store is invalid, so the caller builds it elsewhere and moves it into place.
// Memory: the store's write buffers. Errors: StoreFailed (disk full, I/O error);
// std::invalid_argument for entries that do not form a store of this version. Thread safety: none.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

namespace ddblog {

class StoreBuilder {
 public:
  explicit StoreBuilder(const std::filesystem::path& directory);
  ~StoreBuilder();
  StoreBuilder(const StoreBuilder&) = delete;

  void put(std::string_view key, std::string_view value);
  void finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ddblog
