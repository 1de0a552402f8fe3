// dynamodb-log append LOG ID TYPE PAYLOAD: appends one event. append --batch FILE: one for each line.
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/event_lines.h"
#include "cli/query/output_format.h"
#include "cli/terminal/exit_report.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/screen.h"
#include "ddblog/event_log.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log append users 42 signup '{"name": "Ada", "email": "ada@localhost"}' --expect none
  dynamodb-log append users 42 addPhoneNumber '{"phoneNumber": "+46 70 123 45 67"}' --expect 1
  echo '{"long": 18.068581, "lat": 59.329323}' | dynamodb-log append users 42 addLocation -
  dynamodb-log append --batch events.jsonl
  dynamodb-log read users 42 | dynamodb-log append --batch - --stage test

Prints the event's log, id and version. Numbers in the payload keep every digit (up to 38).

A batch has one event per line: {"log": "users", "id": "42", "type": "signup", "payload": {…}}. A line may also have
"expected" (what --expect takes) or "version" (the version that the event gets), "eventId", "metadata" and "ttl". Events
are appended in their order. The first error ends the batch, and names the line. A file, but not standard input, is
checked as a whole before the first event is appended.)";

struct Flags {
  ConnectionFlags connection;
  std::string log, id, type, payload, metadata, event_id;
  std::string expected = "any";
  std::string batch;
  std::string output = "jsonl";
};

std::string payloadOf(const Flags& flags) {
  if (flags.payload != "-") return flags.payload;
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

ItemOutput outputOf(const Flags& flags) {
  return {std::cout, outputFormat(flags.output), {"log", "id", "version"}, screenOf(STDOUT_FILENO).width};
}

void print(ItemOutput& output, const std::string& log, const std::string& id, std::uint64_t version) {
  output.add({{"log", {{"S", log}}}, {"id", {{"S", id}}}, {"version", {{"N", std::to_string(version)}}}});
}

int appendOne(const Flags& flags) {
  if (flags.payload.empty()) {
    throw std::invalid_argument(
        "append needs LOG, ID, TYPE and PAYLOAD, or --batch FILE. `dynamodb-log append --help` "
        "shows how to use it.");
  }
  const Expected expected = parseExpected(flags.expected, "--expect");
  confirmStage(flags.connection, "append");
  EventLog log(connectAs(flags.connection), logTableName(flags.connection.stage));
  const NewEvent event{flags.type, payloadOf(flags), flags.metadata, flags.event_id};
  const std::uint64_t version = log.append(flags.log, flags.id, event, expected).version;
  ItemOutput output = outputOf(flags);
  print(output, flags.log, flags.id, version);
  output.finish();
  return kOk;
}

// --- a batch ---

// The lines of a file or of standard input.
class Batch {
 public:
  explicit Batch(const std::string& file) : name_(file == "-" ? "standard input" : file) {
    if (file == "-") {
      reader_ = std::make_unique<EventLineReader>(std::cin);
      return;
    }
    file_.open(file, std::ios::binary);
    if (!file_ || isDirectory(file)) throw std::invalid_argument("--batch: " + file + " cannot be read");
    reader_ = std::make_unique<EventLineReader>(file_);
  }

  std::optional<EventLine> next() { return reader_->next(); }
  std::string place() const { return "line " + std::to_string(reader_->line()) + " of " + name_; }

 private:
  const std::string name_;
  std::ifstream file_;
  std::unique_ptr<EventLineReader> reader_;
};

// The number of events. Throws std::invalid_argument for the first line that is wrong.
std::uint64_t check(const std::string& file) {
  Batch batch(file);
  std::uint64_t count = 0;
  try {
    while (batch.next()) ++count;
  } catch (const std::invalid_argument& error) {
    std::string text = batch.place() + ": " + error.what();
    if (!text.ends_with('?')) text += '.';
    throw std::invalid_argument(text + " Nothing was appended.");
  }
  return count;
}

// What ended the batch, with its line and what was done before.
int reportOf(std::exception_ptr error, const Batch& batch, std::uint64_t appended) {
  ExitReport report = exitReportOf(std::move(error));
  report.line = batch.place() + ": " + report.line + " (" + withThousands(appended) +
                (appended == 1 ? " event was" : " events were") + " appended before it.)";
  std::cerr << errorLine(report) << std::endl;
  return report.status;
}

int appendBatch(const Flags& flags) {
  if (!flags.log.empty()) throw std::invalid_argument("either --batch or LOG, ID, TYPE and PAYLOAD, not both");
  if (flags.expected != "any" || !flags.metadata.empty() || !flags.event_id.empty()) {
    throw std::invalid_argument("--expect, --metadata and --event-id are for one event; a line of a batch has its own");
  }
  const std::uint64_t total = isFile(flags.batch) ? check(flags.batch) : 0;  // a pipe can be read once
  confirmStage(flags.connection, "append");
  EventLog log(connectAs(flags.connection), logTableName(flags.connection.stage));
  Batch batch(flags.batch);
  std::uint64_t appended = 0, repeated = 0;
  ItemOutput output = outputOf(flags);
  std::exception_ptr error;
  {
    Progress progress(total, "events", std::cerr, total > 0 && isTerminal(STDERR_FILENO));
    try {
      while (const auto line = batch.next()) {
        const AppendResult result = log.append(line->log, line->id, line->event, line->expected);
        print(output, line->log, line->id, result.version);
        ++(result.appended ? appended : repeated);
        progress.advance(1);
      }
    } catch (...) {
      error = std::current_exception();
    }
  }
  output.finish();
  if (error) return reportOf(error, batch, appended);
  std::cerr << withThousands(appended) << (appended == 1 ? " event" : " events") << " appended to "
            << logTableName(flags.connection.stage);
  if (repeated > 0) std::cerr << ", " << withThousands(repeated) << " were there already";
  std::cerr << std::endl;
  return kOk;
}

}  // namespace

void addAppend(Command& program) {
  Command command = program.subcommand("append", "Append an event to a stream of the log, or a batch of events");
  auto flags = std::make_shared<Flags>();
  command.optionalArgument("LOG", flags->log, "The log's name: users");
  command.optionalArgument("ID", flags->id, "The id of the stream: 42");
  command.optionalArgument("TYPE", flags->type, "The event's type: signup");
  command.optionalArgument("PAYLOAD", flags->payload, "A JSON object; \"-\" reads it from standard input");
  command.option("--expect VERSION", flags->expected, "The stream's current version: a number, none, exists or any");
  command.option("--metadata JSON", flags->metadata, "A JSON object: correlationId, causationId …");
  command.option("--event-id ID", flags->event_id, "The event's id (default: a new UUID)");
  command.option("--batch FILE", flags->batch,
                 "Append the events of this file, one JSON object per line; \"-\": standard input");
  addOutputOption(command, flags->output, "jsonl");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return flags->batch.empty() ? appendOne(*flags) : appendBatch(*flags); });
}

}  // namespace ddblog::cli
