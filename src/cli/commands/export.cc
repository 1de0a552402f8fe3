// dynamodb-log export TABLE DIRECTORY: a table's items as DynamoDB exports them to S3.
#include <CLI/CLI.hpp>
#include <iostream>

#include "base/clock.h"
#include "base/ids.h"
#include "cli/local_cloud.h"
#include "cli/subcommands.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/progress.h"
#include "table_files/export_files.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log export local-dynamodb-logs exports
  aws s3 sync exports s3://my-bucket/ && aws dynamodb import-table …

Writes DIRECTORY/AWSDynamoDB/<export id>/ as a full export in DynamoDB's JSON (gzip), as of one moment.)";

struct Flags {
  ConnectionFlags connection;
  std::string table, directory;
};

int exportTable(const Flags& flags) {
  const LocalCloud cloud(flags.connection, "`aws dynamodb export-table-to-point-in-time`");
  const RemoteState state(cloud);
  const snapshots::SavedTable* table = state.findTable(flags.table);
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

Run addExport(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("TABLE", flags->table, "The table's name")->required();
  command.add_option("DIRECTORY", flags->directory, "Where to write the export; made if it is not there")->required();
  addConnectionFlags(command, flags->connection);
  command.footer(kExamples);
  return [flags] { return exportTable(*flags); };
}

}  // namespace ddblog::cli
