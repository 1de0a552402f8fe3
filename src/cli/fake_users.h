// Made-up users and their events, for experiments.
//
// Each user has four events: signup, addPhoneNumber, verifyPhoneNumber, addLocation. Ids are
// random; the same seed gives the same users. Thread safety: none.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "ddblog/event.h"

namespace ddblog::cli {

class FakeUsers {
 public:
  explicit FakeUsers(std::uint64_t seed);
  // The events of the next user, versions 1 to 4.
  std::vector<Event> next(const std::string& created_at);

 private:
  std::string pick(std::span<const char* const> from);
  std::string degrees(int most);

  std::mt19937_64 random_;
  Ids ids_;
};

}  // namespace ddblog::cli
