// Erases the items and index entries of deleted tables and indexes in the background, so that
// deleting a table costs the same whatever it holds. Nobody can see them meanwhile: ids of tables
// and indexes are never used again.
//
//   key                                                value
//   kTables 'E' number(table id) number(index id)      empty; index id 0: the whole table
//
// A command erases at most limits::kErasedPerCommand keys, so that the writer is not held up.
//
// Thread safety: sweep may be called from any thread but the writer's; eraseLater is for commands.
#pragma once

#include "base/sweeper.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

// The command that deletes a table or an index calls this. Its items or entries are erased later.
void eraseLater(Transaction& transaction, const Table& table);
void eraseLater(Transaction& transaction, const Table& table, const Index& index);

class DeletedTables {
 public:
  // `context` must outlive it.
  DeletedTables(Context& context, Sweeper::Warn warn);

  // Runs up to limits::kCommandsPerSweep commands. Returns when to call it again (now: there is
  // more to erase).
  static RunningTime sweep(Context& context);

 private:
  Sweeper sweeper_;
};

}  // namespace ddblog::dynamodb
