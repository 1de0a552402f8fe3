// dynamodb-log export TABLE DIRECTORY: a table's items in the format of DynamoDB's export to S3.
#include <iostream>

#include "base/clock.h"
#include "base/ids.h"
#include "cli/cloud/local_cloud.h"
#include "cli/command_line.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/progress.h"
#include "table_files/export_files.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log export local-dynamodb-logs exports
  dynamodb-log export orders exports --endpoint-url http://localhost:9000
  aws s3 sync exports s3://my-bucket/ && aws dynamodb import-table …

Writes DIRECTORY/AWSDynamoDB/<export id>/: a full export in DynamoDB's JSON (gzip), of one point in time.)";

struct Flags {
  ConnectionFlags connection;
  std::string table, directory;
};

int exportTable(const Flags& flags) {
  const LocalCloud cloud(flags.connection, "`aws dynamodb export-table-to-point-in-time`");
  const RemoteState state(cloud);
  const snapshots::TableInfo* table = state.findTable(flags.table);
  if (!table) throw std::invalid_argument("There is no table " + flags.table + " at this endpoint.");
  AdjustableClock clock;
  Ids ids;
  table_files::ExportWriter writer(flags.directory, {table->arn, table->id, state.info().saved_at, table->bytes}, clock,
                                   ids);
  {
    Progress progress(table->items, "items");
    std::string from;
    do {
      const snapshots::TablePart part = state.tablePart(*table, from);
      writer.add(part.lines, part.items);
      progress.advance(part.items);
      from = part.next;
    } while (!from.empty());
  }
  writer.finish();
  std::cout << writer.items() << " items exported to " << writer.path().string() << ", as of " << state.info().saved_at
            << std::endl;
  return kOk;
}

}  // namespace

void addExport(Command& program) {
  Command command = program.subcommand("export", "Write a table's items in the format of DynamoDB's export to S3");
  auto flags = std::make_shared<Flags>();
  command.argument("TABLE", flags->table, "The table's name");
  command.argument("DIRECTORY", flags->directory, "Where to write the export; created if it does not exist");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return exportTable(*flags); });
}

}  // namespace ddblog::cli
