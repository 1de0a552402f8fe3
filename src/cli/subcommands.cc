#include "cli/subcommands.h"

namespace ddblog::cli {

// One line for each subcommand: Append is addAppend() in commands/append.cc.
#define SUBCOMMANDS(X) \
  X(Offline)           \
  X(Init)              \
  X(Stop)              \
  X(Validate)          \
  X(Append)            \
  X(Read)              \
  X(Streams)           \
  X(Tail)              \
  X(Query)             \
  X(FakeData)          \
  X(Replay)            \
  X(Project)           \
  X(Archive)           \
  X(Failures)          \
  X(Rules)             \
  X(PutEvent)          \
  X(Snapshot)          \
  X(Export)            \
  X(Import)            \
  X(Trace)             \
  X(Try)               \
  X(Verify)            \
  X(Deploy)            \
  X(Remove)            \
  X(Status)            \
  X(Functions)         \
  X(Invoke)            \
  X(Settle)            \
  X(Clock)             \
  X(Reset)             \
  X(Env)               \
  X(Doctor)            \
  X(Logs)              \
  X(Clean)             \
  X(Completion)        \
  X(Manual)            \
  X(Trigger)

#define DECLARE(name) void add##name(Command& program);
SUBCOMMANDS(DECLARE)
#undef DECLARE

void addSubcommands(Command& program) {
#define ADD(name) add##name(program);
  SUBCOMMANDS(ADD)
#undef ADD
}

}  // namespace ddblog::cli
