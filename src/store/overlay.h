// The writes of a batch that is not committed yet, in key order, over the committed state: what a Transaction reads and
// writes. Each command is a savepoint: what it wrote can be taken back without touching what came before it.
//
// Thread safety: none; it belongs to the writer thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/store.h"

namespace ddblog {

class Overlay : public Transaction {
 public:
  using Writes = std::map<std::string, std::optional<std::string>, std::less<>>;  // nullopt: erased

  // `committed` is what is under the batch; it must outlive the overlay.
  explicit Overlay(const Reader& committed) : committed_(committed) {}

  std::optional<std::string> get(std::string_view key) const override;
  std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end, Direction direction) const override;
  void put(std::string_view key, std::string_view value) override;
  void erase(std::string_view key) override;
  void raiseAfterCommit(Signal& signal) override;
  std::uint64_t batch() const override { return batch_; }

  // Keeps what was written since the last keep or undo.
  void keep();
  // Takes it back.
  void undo();
  // Forgets everything: the batch is over.
  void clear();

  const Writes& writes() const { return writes_; }
  const std::set<Signal*>& signals() const { return signals_; }

 private:
  struct Undo {
    Writes::iterator place;
    bool was_there;
    std::optional<std::string> value;
  };
  void write(std::string_view key, std::optional<std::string> value);

  const Reader& committed_;
  std::uint64_t batch_ = 1;
  Writes writes_;
  std::set<Signal*> signals_;
  std::vector<Undo> undo_;
  std::vector<Signal*> new_signals_;
};

}  // namespace ddblog
