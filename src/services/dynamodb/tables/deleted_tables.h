// What deleted tables and indexes leave behind: their items and entries, which nobody sees any more (ids are never used
// again), are taken out of the store in the background, so that deleting costs the same whatever a table holds.
//
//   key                                                   value
//   kTables 'E' number(table id) number(index id)         empty; index id 0: the whole table
//
// At most limits::kErasedPerCommand keys a command, so that the writer is not held up.
// Thread safety: sweep may be called from any thread but the writer's; the others are for commands.
#pragma once

#include "base/sweeper.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

// To be called by the command that deletes them.
void leaveBehind(Transaction& transaction, const Table& table);
void leaveBehind(Transaction& transaction, const Table& table, const Index& index);

class DeletedTables {
 public:
  // `context` must outlive it.
  DeletedTables(Context& context, Sweeper::Warn warn);

  // Erases what was left behind, up to limits::kCommandsPerSweep commands; returns when to come back (now: there is
  // more).
  static Timestamp sweep(Context& context);

 private:
  Sweeper sweeper_;
};

}  // namespace ddblog::dynamodb
