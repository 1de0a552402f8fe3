// The uncommitted writes of a batch, in key order, over the committed state: the data that a
// Transaction reads and writes. Each command is a savepoint: its writes can be rolled back without
// touching those of earlier commands.
//
// Thread safety: none; it belongs to the writer thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

  // `committed`: the state under the batch; it must outlive the overlay.
  explicit Overlay(const Reader& committed) : committed_(committed) {}

  std::optional<std::string> get(std::string_view key) const override;
  std::optional<std::string> getHot(std::string_view key) const override;
  std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end, Direction direction) const override;
  void put(std::string key, std::string value) override;
  void erase(std::string key) override;
  void notifyAfterCommit(CommitNotifier& notifier) override;
  void afterCommit(std::function<void()> action) override { actions_.push_back(std::move(action)); }
  void attempt(const std::function<void()>& part) override;
  std::uint64_t batch() const override { return batch_; }
  bool isFirst() const override { return writes_at_savepoint_ == 0; }

  // Keeps the writes since the last savepoint and sets a new savepoint.
  void commitSavepoint();
  // Undoes the writes since the last savepoint.
  void rollback();
  // Discards everything at the end of the batch. There must be no writes since the last savepoint.
  void clear();

  const Writes& writes() const { return writes_; }
  // The bytes of all keys and values written since the batch began, replaced and undone ones too.
  std::size_t writtenBytes() const { return written_bytes_; }
  const std::set<CommitNotifier*>& notifiers() const { return notifiers_; }
  const std::vector<std::function<void()>>& actions() const { return actions_; }

 private:
  struct Undo {
    Writes::iterator place;
    bool was_there;
    std::optional<std::string> value;
  };
  void write(std::string key, std::optional<std::string> value);
  struct Place {  // in the current command
    std::size_t steps;
    std::size_t notifiers;
    std::size_t actions;
  };
  // Undoes what came after it.
  void undo(const Place& place);

  const Reader& committed_;
  std::uint64_t batch_ = 1;
  Writes writes_;
  std::size_t written_bytes_ = 0;
  std::size_t writes_at_savepoint_ = 0;  // size of writes_ then
  std::set<CommitNotifier*> notifiers_;
  std::vector<std::function<void()>> actions_;
  std::size_t actions_at_savepoint_ = 0;
  std::vector<Undo> undo_;
  std::vector<CommitNotifier*> new_notifiers_;
};

}  // namespace ddblog
