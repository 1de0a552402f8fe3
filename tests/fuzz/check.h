// What fuzzers hold true: a broken promise ends the process, so that libFuzzer keeps the input.
#pragma once

#include <cstdlib>

#define FUZZ_CHECK(condition) \
  if (!(condition)) std::abort()
