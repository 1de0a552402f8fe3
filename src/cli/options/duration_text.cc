#include "cli/options/duration_text.h"

#include <charconv>
#include <cstdint>
#include <utility>

namespace ddblog::cli {
namespace {

constexpr std::pair<std::string_view, Duration> kUnits[] = {{"ms", Duration(1)},
                                                            {"s", std::chrono::seconds(1)},
                                                            {"m", std::chrono::minutes(1)},
                                                            {"h", std::chrono::hours(1)},
                                                            {"d", std::chrono::days(1)}};
constexpr Duration kLongest = std::chrono::days(36'500);

}  // namespace

std::optional<Duration> parseDuration(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc()) return std::nullopt;
  for (const auto& [unit, length] : kUnits) {
    if (std::string_view(rest, end) != unit) continue;
    const std::int64_t most = kLongest / length;
    if (number > most || number < -most) return std::nullopt;
    return number * length;
  }
  return std::nullopt;
}

}  // namespace ddblog::cli
