// Time zones: what the clocks of a place show, with its daylight saving time.
//
//   spring   the clocks skip an hour: 02:30 is no time of that day
//   autumn   the clocks show an hour twice: the first 02:30 counts
//
// The zones are those of the machine, in /usr/share/zoneinfo (the IANA time zone database; Debian's
// package tzdata) or where the environment variable TZDIR says. They are read by Abseil. UTC needs
// no file.
//
// Thread safety: an immutable value.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace ddblog::schedules {

// What a clock on the wall shows.
using LocalTime = std::chrono::local_time<std::chrono::milliseconds>;

class TimeZone {
 public:
  TimeZone() = default;  // UTC

  // "Europe/Berlin", "UTC". std::nullopt: the machine has no such time zone.
  static std::optional<TimeZone> find(std::string_view name);

  LocalTime toLocal(Timestamp time) const;
  // When the clocks show `local` for the first time; std::nullopt: they skip it.
  std::optional<Timestamp> firstAt(LocalTime local) const;
  // The same, but if the clocks skip it, when they do so.
  Timestamp firstAtOrAfter(LocalTime local) const;

 private:
  struct Zone;
  std::shared_ptr<const Zone> zone_;  // nullptr: UTC
};

}  // namespace ddblog::schedules
