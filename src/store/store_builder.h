// Makes a new store out of entries, for loading a snapshot: no log, no commands, one entry after
// another.
//
//   StoreBuilder builder(directory);   // makes directory/store, which must not be there yet
//   builder.put(key, value);           // in the order of the keys
//   builder.finish();                  // all of it is on the disk after that, and Store::open(directory) opens it
//
// What is not finished is a store that must be thrown away: the caller builds it aside and moves it
// into its place. Memory: the store's write buffers. Errors: StoreFailed (disk full, I/O error);
// std::invalid_argument for entries that make no store of this version. Thread safety: none.
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
