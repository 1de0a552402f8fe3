// dynamodb-log import TABLE PATH: puts the items of a DynamoDB export into a table.
#include <iostream>

#include "aws/json_response.h"
#include "base/files.h"
#include "cli/command_line.h"
#include "cli/connection.h"
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
  aws s3 sync s3://my-bucket/AWSDynamoDB downloaded/AWSDynamoDB && dynamodb-log import orders downloaded

PATH is an export (full or incremental), the directory that contains one, a directory of data files, or one data file.
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

// Items that were written before a failure stay written.
void writeAll(const table_files::ImportFiles& files, std::uint64_t total, TableImport& import) {
  Progress progress(total, "items");
  std::uint64_t shown = 0;
  files.read([&](const table_files::ImportRecord& record) {
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
  const table_files::ImportFiles files(flags.path);
  const auto transport = connectAs(flags.connection);
  const auto environment = systemEnvironment();
  const bool creates = !flags.create.empty();
  const json::object table = creates ? readCreateRequest(flags) : describe(*transport, flags.table);
  const table_files::ImportKeys keys = keysOf(table);
  const std::uint64_t total = files.check(keys);
  if (creates) createTable(table, flags, *transport, *environment);
  TableImport import(transport, environment, flags.table, keys);
  try {
    writeAll(files, total, import);
  } catch (...) {
    std::cout << import.written() << " of " << total << " items were imported into " << flags.table
              << " before the import failed. It is safe to import again." << std::endl;
    throw;
  }
  std::cout << total << " items imported into " << flags.table << std::endl;
  return kOk;
}

}  // namespace

void addImport(Command& program) {
  Command command = program.subcommand("import", "Put the items of a DynamoDB export into a table");
  auto flags = std::make_shared<Flags>();
  command.argument("TABLE", flags->table, "The table's name");
  command.argument("PATH", flags->path, "The export, or its data files");
  command.option("--create FILE", flags->create, "Create the table first, by the CreateTable request (JSON) in FILE");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return importTable(*flags); });
}

}  // namespace ddblog::cli
