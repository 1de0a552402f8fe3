#include "base/faults.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "base/fnv.h"
#include "base/text.h"

namespace ddblog {

namespace {

// In the order of Fault.
constexpr std::array<std::string_view, kFaults> kNames = {"duplicate", "reorder", "partial-failure",
                                                          "throttle",  "slow",    "crash-function"};

// The finaliser of SplitMix64: each bit of the result depends on all bits of the value.
// Source: https://prng.di.unimi.it/splitmix64.c
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

// From 0 to less than 1.
double toFraction(std::uint64_t value) { return static_cast<double>(value >> 11) * 0x1p-53; }

template <class Number>
bool parseWhole(std::string_view text, Number& number) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && rest == text.data() + text.size();
}

// What a text has set so far.
struct Read {
  FaultSettings settings;
  std::optional<std::uint64_t> seed;
  std::array<bool, kFaults> has_rate = {};
};

void readSetting(std::string_view setting, Read& read) {
  const std::size_t equals = setting.find('=');
  const std::string_view name = trim(setting.substr(0, equals));
  const std::string_view value = equals == std::string_view::npos ? "" : trim(setting.substr(equals + 1));
  const std::string quoted = "'" + std::string(setting) + "'";
  if (name == "seed") {
    std::uint64_t number = 0;
    if (!parseWhole(value, number)) {
      throw std::invalid_argument(quoted + " must be seed=N with a number from 0 to 2^64 - 1");
    }
    if (read.seed) throw std::invalid_argument(quoted + " is a second seed");
    read.seed = number;
    return;
  }
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name != kNames[i]) continue;
    double rate = 0;
    if (!parseWhole(value, rate) || !(rate >= 0 && rate <= 1)) {
      throw std::invalid_argument(quoted + " must be " + std::string(name) + "=RATE with a rate from 0 to 1");
    }
    if (std::exchange(read.has_rate[i], true)) {
      throw std::invalid_argument(quoted + " is a second rate of " + std::string(name));
    }
    read.settings.rates[i] = rate;
    return;
  }
  std::string known = "seed";
  for (const std::string_view one : kNames) known.append(", ").append(one);
  throw std::invalid_argument(quoted + " is not one of " + known);
}

}  // namespace

std::string_view nameOf(Fault fault) { return kNames[static_cast<std::size_t>(fault)]; }

FaultSettings parseFaults(std::string_view text, Ids& ids) {
  Read read;
  while (true) {
    const std::size_t comma = text.find(',');
    readSetting(text.substr(0, comma), read);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (std::ranges::find(read.has_rate, true) == read.has_rate.end()) {
    throw std::invalid_argument("the seed alone injects nothing: name a fault too, like duplicate=0.1");
  }
  read.settings.seed = read.seed ? *read.seed : ids.number() % 1'000'000;  // short, so that people can type it
  return read.settings;
}

std::string toString(const FaultSettings& settings) {
  std::string text = "seed=" + std::to_string(settings.seed);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (settings.rates[i] == 0) continue;
    char rate[32];
    std::snprintf(rate, sizeof rate, "%.15g", settings.rates[i]);
    text.append(",").append(kNames[i]).append("=").append(rate);
  }
  return text;
}

std::optional<double> Faults::strike(Fault fault, std::string_view identity) {
  const double rate = settings_.rate(fault);
  if (!wants(fault)) return std::nullopt;
  const std::uint64_t kind = mix(settings_.seed) + static_cast<std::uint64_t>(fault);
  const std::uint64_t hash = mix(fnv1a(identity) ^ mix(kind));
  MutexLock lock(mutex_);
  Asked& asked = asked_[static_cast<std::size_t>(fault)];
  ++asked.count.asked;
  const auto [found, is_new] = asked.times.try_emplace(hash, 0);
  const std::uint64_t times = found->second++;
  if (is_new) {
    asked.oldest.push_back(hash);
    if (asked.oldest.size() > kIdentities) {
      asked.times.erase(asked.oldest.front());
      asked.oldest.pop_front();
    }
  }
  const std::uint64_t decision = mix(hash + mix(times));
  if (toFraction(decision) >= rate) return std::nullopt;
  ++asked.count.injected;
  return toFraction(mix(decision));
}

Duration Faults::delay(std::string_view identity, Duration most) {
  const auto part = strike(Fault::kReorder, identity);
  return part ? std::chrono::duration_cast<Duration>(most * *part) + Duration(1) : Duration(0);
}

Faults::Count Faults::count(Fault fault) const {
  MutexLock lock(mutex_);
  return asked_[static_cast<std::size_t>(fault)].count;
}

}  // namespace ddblog
