// Faults that AWS can have, injected on purpose (`dynamodb-log offline --faults`), so that an
// application can show that it stands them.
//
//   Faults faults({.seed = 7, .rates = {…}});
//   if (faults.strike(Fault::kDuplicate, "bus " + rule + detail)) …  // this one is delivered twice
//
// A decision depends on the seed, the kind, the identity of what may be hit, and on how many times
// this identity was asked for before: not on the order in which threads ask. So the same seed and
// the same work give the same faults. An identity must not contain what differs from run to run: a
// random id, or a time.
//
// The counts are in memory. At most kIdentities are kept for each kind; what comes back after so
// many others counts from the start again.
//
// The text of the settings, as --faults takes it: "seed=7,duplicate=0.1,slow=0.05".
// Thread safety: all methods of Faults may be called from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/ids.h"
#include "base/thread_annotations.h"

namespace ddblog {

enum class Fault {
  kDuplicate,       // a delivery comes twice
  kReorder,         // a delivery is overtaken by later ones
  kPartialFailure,  // a part of a batch fails, or a page is short
  kThrottle,        // a request is throttled
  kSlow,            // a function is slow
  kCrashFunction    // a function's process is killed while it runs
};
inline constexpr std::size_t kFaults = 6;

// As the settings name it: "crash-function".
std::string_view nameOf(Fault fault);

struct FaultSettings {
  std::uint64_t seed = 0;
  std::array<double, kFaults> rates = {};  // by Fault: from 0 (never) to 1 (each time)

  double rate(Fault fault) const { return rates[static_cast<std::size_t>(fault)]; }
};

// The text names a fault at least, and nothing twice. Throws std::invalid_argument with one line. `ids`:
// for the seed, if the text has none.
FaultSettings parseFaults(std::string_view text, Ids& ids);
// Without the faults that never happen.
std::string toString(const FaultSettings& settings);

class Faults {
 public:
  static constexpr std::size_t kIdentities = 100'000;  // ours

  explicit Faults(const FaultSettings& settings) : settings_(settings) {}

  // False: the fault never happens, so nobody need make an identity for it.
  bool wants(Fault fault) const { return settings_.rate(fault) > 0; }
  // std::nullopt: no fault. Otherwise how hard it is: a number from 0 to less than 1.
  std::optional<double> strike(Fault fault, std::string_view identity);
  // How much later a delivery comes, so that others overtake it (Fault::kReorder): `most` at most; 0: no
  // fault.
  Duration delay(std::string_view identity, Duration most);

  struct Count {
    std::uint64_t asked = 0;
    std::uint64_t injected = 0;
  };
  Count count(Fault fault) const;
  const FaultSettings& settings() const { return settings_; }

 private:
  struct Asked {
    Count count;
    std::unordered_map<std::uint64_t, std::uint64_t> times;  // by the identity's hash
    std::deque<std::uint64_t> oldest;                        // the hashes, in the order in which they came
  };

  const FaultSettings settings_;
  mutable Mutex mutex_;
  std::array<Asked, kFaults> asked_ GUARDED_BY(mutex_);
};

}  // namespace ddblog
