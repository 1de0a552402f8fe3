// Snapshots of a stream's state (the format is in include/ddblog/decide.h).
//
// Thread safety: used by one thread at a time.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ddblog/event_log.h"

namespace ddblog {

class Snapshots {
 public:
  // Throws InvalidArgument for options that no snapshot can have. `transport` must outlive it.
  Snapshots(Transport& transport, std::string table, std::string_view log, std::string_view id,
            const SnapshotOptions& options);

  struct Stored {
    std::uint64_t version;
    std::string state;  // JSON
  };
  // std::nullopt: there is none of this code. Not read consistently: what it lacks is in the stream.
  std::optional<Stored> load();

  // Saves the state if it is at least `every` events later than the loaded one.
  void save(std::uint64_t version, const std::function<std::string()>& state);

 private:
  void notice(const std::exception& error) const;
  std::string putItem(std::uint64_t version, const std::string& state) const;

  Transport& transport_;
  std::string table_;
  std::string key_;   // as attributes
  std::string name_;  // for people
  SnapshotOptions options_;
  std::uint64_t loaded_ = 0;
};

}  // namespace ddblog
