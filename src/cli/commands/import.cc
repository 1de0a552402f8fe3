// dynamodb-log import TABLE PATH: puts the items of files into a table: of a DynamoDB export, JSON, CSV or an archive.
#include <iostream>

#include "aws/json_response.h"
#include "base/files.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/replays/archive_import.h"
#include "cli/table_import.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/progress.h"
#include "ddblog/errors.h"
#include "table_files/import_files.h"
#include "table_files/import_keys.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log import local-dynamodb-logs exports
  dynamodb-log import orders data/abc.json.gz --create orders.json
  dynamodb-log import orders scan.json
  dynamodb-log import local-dynamodb-logs old/archive.sqlite
  aws s3 sync s3://my-bucket/AWSDynamoDB downloaded/AWSDynamoDB && dynamodb-log import orders downloaded

PATH is an export (full or incremental), the directory that contains one, a directory of data files, or one file: data
of an export, the output of `aws dynamodb scan`, a file for batch-write-item, a JSON array, CSV with a header, or an
archive of events (SQLite). A file may be compressed with gzip.
All files are checked against the table's keys before the first item is written. The writes are ordinary ones: they
replace existing items, update indexes, and appear in the table's stream.)";

struct Flags {
  ConnectionFlags connection;
  std::string table, path, create;
};

constexpr std::size_t kRequestBytes = 1u << 20;
constexpr int kPolls = 600;  // of a table that is being created: AWS takes seconds
constexpr std::chrono::milliseconds kPollDelay{500};

json::object describe(Transport& transport, const std::string& table) {
  const json::object request{{"TableName", table}};
  const json::object response =
      aws::parseResponse(transport.call(Api::kDynamoDb, "DescribeTable", json::serialize(request)));
  return response.at("Table").as_object();
}

// The table that --create asks for.
json::object readCreateRequest(const Flags& flags) {
  try {
    json::object request = parseJson(readFile(flags.create, kRequestBytes)).as_object();
    request["TableName"] = flags.table;
    return request;
  } catch (const std::exception& e) {
    throw std::invalid_argument("--create needs a file with a CreateTable request in JSON: " + std::string(e.what()));
  }
}

table_files::ImportKeys keysOf(const json::object& description) {
  try {
    return table_files::ImportKeys(description);
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument("The table's description is invalid: " + std::string(e.what()));
  }
}

void createTable(const json::object& request, const Flags& flags, Transport& transport, Environment& environment) {
  transport.call(Api::kDynamoDb, "CreateTable", json::serialize(request));
  for (int poll = 0; describe(transport, flags.table).at("TableStatus") != "ACTIVE"; ++poll) {
    if (poll == kPolls)
      throw std::runtime_error("The table " + flags.table + " did not become ACTIVE within " +
                               std::to_string(kPolls * kPollDelay / std::chrono::seconds(1)) + " s.");
    environment.pause(kPollDelay);
  }
}

using Take = std::function<void(table_files::ImportRecord)>;

// What is imported: files, or an archive.
struct Source {
  std::function<std::uint64_t(const table_files::ImportKeys&)> check;  // the number of records
  std::function<void(const table_files::ImportKeys&, const Take&)> read;
  std::function<std::uint64_t()> skipped;
};

Source sourceOf(const Flags& flags) {
  if (isArchive(flags.path)) {
    const auto archive = std::make_shared<ArchiveImport>(flags.path);
    return {[archive](const table_files::ImportKeys& keys) { return archive->check(keys); },
            [archive](const table_files::ImportKeys&, const Take& take) { archive->read(take); },
            [archive] { return archive->skipped(); }};
  }
  const auto files = std::make_shared<table_files::ImportFiles>(flags.path, flags.table);
  return {[files](const table_files::ImportKeys& keys) { return files->check(keys); },
          [files](const table_files::ImportKeys& keys, const Take& take) { files->read(keys, take); },
          [] { return std::uint64_t{0}; }};
}

// Items that were written before a failure stay written.
void writeAll(const Source& source, const table_files::ImportKeys& keys, std::uint64_t total, TableImport& import) {
  Progress progress(total, "items");
  std::uint64_t shown = 0;
  source.read(keys, [&](const table_files::ImportRecord& record) {
    import.add(record);
    if (const std::uint64_t written = import.written(); written > shown) {
      progress.advance(written - shown);
      shown = written;
    }
  });
  import.finish();
  progress.advance(total - shown);
}

int importTable(const Flags& flags) {
  const Source source = sourceOf(flags);
  confirmStage(flags.connection, "import");
  const auto transport = connectAs(flags.connection);
  const auto environment = systemEnvironment();
  const bool creates = !flags.create.empty();
  const json::object table = creates ? readCreateRequest(flags) : describe(*transport, flags.table);
  const table_files::ImportKeys keys = keysOf(table);
  const std::uint64_t total = source.check(keys);
  if (creates) createTable(table, flags, *transport, *environment);
  TableImport import(transport, environment, flags.table, keys);
  try {
    writeAll(source, keys, total, import);
  } catch (...) {
    std::cout << import.written() << " of " << total << " items were imported into " << flags.table
              << " before the import failed. It is safe to import again." << std::endl;
    throw;
  }
  std::cout << total << " items imported into " << flags.table;
  if (const std::uint64_t skipped = source.skipped(); skipped > 0) {
    std::cout << ", " << skipped << " were skipped (not events of the log)";
  }
  std::cout << std::endl;
  return kOk;
}

}  // namespace

void addImport(Command& program) {
  Command command =
      program.subcommand("import", "Put the items of files into a table: a DynamoDB export, JSON, CSV or an archive");
  auto flags = std::make_shared<Flags>();
  command.argument("TABLE", flags->table, "The table's name");
  command.argument("PATH", flags->path, "The export, or a file");
  command.option("--create FILE", flags->create, "Create the table first, by the CreateTable request (JSON) in FILE");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return importTable(*flags); });
}

}  // namespace ddblog::cli
