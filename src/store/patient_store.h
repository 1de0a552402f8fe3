// A store that lets commands wait for one another, so that they share an fsync.
//
// Thread safety: as Store.
#pragma once

#include <utility>

#include "store/store.h"

namespace ddblog {

class PatientStore : public Store {
 public:
  // Like write(), for a command whose completion nobody waits for: it runs with the next command that
  // does not wait, or after a millisecond.
  virtual void writeSoon(Command command, Completion completion) = 0;
};

// The same on any store; one that is not patient writes at once.
inline void writeSoon(Store& store, Store::Command command, Store::Completion completion) {
  if (auto* const patient = dynamic_cast<PatientStore*>(&store)) {
    patient->writeSoon(std::move(command), std::move(completion));
  } else {
    store.write(std::move(command), std::move(completion));
  }
}

}  // namespace ddblog
