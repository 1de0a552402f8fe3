#include "schedules/time_zone.h"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace ddblog::schedules {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The files of the database that are time zones have such names. Others must not be read by name.
bool isName(std::string_view name) {
  const bool has_characters = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
           c == '-' || c == '/';
  });
  return has_characters && !name.empty() && name.front() >= 'A' && name.front() <= 'Z' && name.back() != '/' &&
         name.find("//") == std::string_view::npos;
}

// Abseil keeps every name that it was asked for, so it is not asked for names that do not exist.
bool hasFile(std::string_view name) {
  const char* directory = std::getenv("TZDIR");
  const std::filesystem::path zones = directory && *directory ? directory : "/usr/share/zoneinfo";
  std::error_code ignored;
  return std::filesystem::is_regular_file(zones / name, ignored);
}

absl::CivilSecond civilOf(std::chrono::local_time<seconds> local) {
  const auto midnight = floor<days>(local);
  const std::chrono::year_month_day date(midnight);
  return absl::CivilSecond(static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
                           static_cast<int>(static_cast<unsigned>(date.day()))) +
         (local - midnight).count();
}

Timestamp timestampOf(absl::Time time, milliseconds rest) {
  return Timestamp(seconds(absl::ToUnixSeconds(time))) + rest;
}

}  // namespace

struct TimeZone::Zone {
  absl::TimeZone zone;
};

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  if (name == "UTC") return TimeZone();
  if (!isName(name) || !hasFile(name)) return std::nullopt;
  auto loaded = std::make_shared<Zone>();
  if (!absl::LoadTimeZone(std::string(name), &loaded->zone)) return std::nullopt;
  TimeZone found;
  found.zone_ = std::move(loaded);
  return found;
}

LocalTime TimeZone::toLocal(Timestamp time) const {
  if (!zone_) return LocalTime(time.time_since_epoch());
  const auto whole = floor<seconds>(time);
  const auto info = zone_->zone.At(absl::FromUnixSeconds(whole.time_since_epoch().count()));
  return LocalTime(time.time_since_epoch() + seconds(info.offset));
}

std::optional<Timestamp> TimeZone::firstAt(LocalTime local) const {
  if (!zone_) return Timestamp(local.time_since_epoch());
  const auto whole = floor<seconds>(local);
  const auto info = zone_->zone.At(civilOf(whole));
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return std::nullopt;
  return timestampOf(info.pre, local - whole);
}

Timestamp TimeZone::firstAtOrAfter(LocalTime local) const {
  if (const auto time = firstAt(local)) return *time;
  return timestampOf(zone_->zone.At(civilOf(floor<seconds>(local))).trans, milliseconds(0));
}

}  // namespace ddblog::schedules
