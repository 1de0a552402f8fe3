#include "base/ids.h"

#include <algorithm>

namespace ddblog {

namespace {

std::mt19937_64 seededBySystem() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
  return std::mt19937_64(seed);
}

}  // namespace

Ids::Ids() : engine_(seededBySystem()) {}
Ids::Ids(std::uint64_t seed) : engine_(seed) {}

std::uint64_t Ids::number() {
  MutexLock lock(mutex_);
  return engine_();
}

std::string Ids::uuid() {
  std::uint64_t high, low;
  {
    MutexLock lock(mutex_);
    high = engine_();
    low = engine_();
  }
  high = (high & ~0xf000ULL) | 0x4000ULL;                        // version 4
  low = (low & ~0xc000000000000000ULL) | 0x8000000000000000ULL;  // the RFC's variant
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text(36, '-');
  std::size_t place = 0;
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) ++place;
    const std::uint64_t half = digit < 16 ? high : low;
    text[place++] = kHex[(half >> (60 - 4 * (digit % 16))) & 15];
  }
  return text;
}

std::string Ids::requestId() {
  static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr std::size_t kLettersPerDraw = 11;  // 36^11 is far below 2^64, so all letters are practically equally likely
  std::string text(52, '0');
  MutexLock lock(mutex_);
  for (std::size_t i = 0; i < text.size();) {
    std::uint64_t draw = engine_();
    const std::size_t end = std::min(i + kLettersPerDraw, text.size());
    for (; i < end; ++i, draw /= 36) text[i] = kLetters[draw % 36];
  }
  return text;
}

}  // namespace ddblog
