// A store without a disk and without a thread, for fuzzers: writes are seen at once, and undone before the next input,
// so that each input finds the same state.
#pragma once

#include <memory>

#include "store/overlay.h"
#include "store/store.h"

namespace ddblog {

class OneInputStore : public Store {
 public:
  OneInputStore() : overlay_(nothing_) {}

  void write(Command command, Completion completion) override;
  void drain() override {}
  std::unique_ptr<Snapshot> snapshot() const override;
  std::string verifyChecksums() const override { return {}; }

  // What is written until now is what every input finds.
  void keep() { overlay_.commitSavepoint(); }
  // Takes back what was written since.
  void undo() { overlay_.rollback(); }

 private:
  class Nothing : public Reader {
   public:
    std::optional<std::string> get(std::string_view) const override { return std::nullopt; }
    std::unique_ptr<Cursor> cursor(std::string_view, std::string_view, Direction) const override;
  };

  Nothing nothing_;
  Overlay overlay_;
};

}  // namespace ddblog
