// dynamodb-log archive [ls|export|import]: the archive of events in a data directory, which keeps them for ever.
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "cli/cloud/data_directory.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/new_file.h"
#include "cli/query/output_format.h"
#include "cli/replays/archive_import.h"
#include "cli/replays/archived_lines.h"
#include "cli/replays/replay_flags.h"
#include "cli/replays/replay_targets.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/screen.h"
#include "ddblog/event.h"
#include "services/eventbridge/archive/archive_file.h"
#include "snapshots/data_directory.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log archive                             the number of events by log and type
  dynamodb-log archive ls --log users --from 2026-11-22
  dynamodb-log archive export events.jsonl --log users
  dynamodb-log archive export - | jq .event.detail.payload
  dynamodb-log archive import events.jsonl         into the log table; versions that exist are not changed

The archive is the file archive.sqlite of the data directory. It can be read while the cloud runs. `replay` sends its
events to the bus again.)";

constexpr std::size_t kPage = 1000;
constexpr std::size_t kLongestLine = 8u << 20;  // ours: an event on a bus has 1 MB, and JSON may escape each byte

struct Flags {
  ConnectionFlags connection;
  ReplayFlags chosen;  // times, logs, types
  std::string directory = kDefaultDataDirectory;
  std::string file;
  std::string output;
};

std::filesystem::path archiveIn(const std::string& directory) {
  std::filesystem::path file = std::filesystem::path(directory) / snapshots::kArchiveName;
  if (!isFile(file)) {
    throw std::invalid_argument("There is no archive in the data directory " + directory +
                                ": name the directory with --data (a cloud with --in-memory has no file)");
  }
  return file;
}

// The events in the order of time, page by page.
void forEachPage(const eventbridge::ArchiveFile& archive, const eventbridge::ArchiveQuery& query,
                 const std::function<void(const std::vector<eventbridge::ArchivedEvent>&)>& use) {
  std::optional<eventbridge::ArchivePosition> after;
  for (;;) {
    const eventbridge::ArchivePage page = archive.page(query, after, kPage);
    if (page.events.empty()) return;
    use(page.events);
    after = page.end;
  }
}

// --- ls ---

struct Counted {
  std::uint64_t events = 0;
  std::string first, last;
};

int list(const Flags& flags) {
  const eventbridge::ArchiveFile archive(archiveIn(flags.directory), eventbridge::ArchiveFile::Access::kReadOnly);
  std::map<std::pair<std::string, std::string>, Counted> counts;
  forEachPage(archive, queryOf(flags.chosen), [&](const std::vector<eventbridge::ArchivedEvent>& events) {
    for (const eventbridge::ArchivedEvent& event : events) {
      Counted& counted = counts[{event.log, event.type}];
      if (++counted.events == 1) counted.first = event.created_at;
      counted.last = event.created_at;
    }
  });
  ItemOutput output(std::cout, outputFormat(flags.output), {"log", "type", "events", "first", "last"},
                    screenOf(STDOUT_FILENO).width);
  for (const auto& [key, counted] : counts) {
    output.add({{"log", {{"S", key.first}}},
                {"type", {{"S", key.second}}},
                {"events", {{"N", std::to_string(counted.events)}}},
                {"first", {{"S", counted.first}}},
                {"last", {{"S", counted.last}}}});
  }
  output.finish();
  if (counts.empty()) std::cerr << "The archive has no such events." << std::endl;
  return kOk;
}

// --- export ---

int exportEvents(const Flags& flags) {
  const eventbridge::ArchiveQuery query = queryOf(flags.chosen);
  const eventbridge::ArchiveFile archive(archiveIn(flags.directory), eventbridge::ArchiveFile::Access::kReadOnly);
  std::optional<NewFile> file;
  if (flags.file != "-") file.emplace(flags.file);
  std::ostream& out = file ? file->stream() : std::cout;
  const std::uint64_t total = archive.count(query);
  std::uint64_t written = 0;
  {
    Progress progress(total, "events", std::cerr, file && isTerminal(STDERR_FILENO));
    forEachPage(archive, query, [&](const std::vector<eventbridge::ArchivedEvent>& events) {
      for (const eventbridge::ArchivedEvent& event : events) out << archivedLine(event) << '\n';
      if (file) file->check();
      written += events.size();
      progress.advance(events.size());
    });
  }
  out.flush();
  if (file) file->finish();
  std::cerr << withThousands(written) << (written == 1 ? " event" : " events") << " exported" << std::endl;
  return kOk;
}

// --- import ---

using Take = std::function<void(const std::vector<eventbridge::ArchivedEvent>&)>;

void readLines(const std::string& name, std::istream& in, const Take& take) {
  std::vector<eventbridge::ArchivedEvent> events;
  std::uint64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (trim(line).empty()) continue;
    try {
      if (line.size() > kLongestLine) throw std::invalid_argument("the line is longer than 8 MiB");
      events.push_back(parseArchivedLine(line));
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument("line " + std::to_string(number) + " of " + name + ": " + error.what());
    }
    if (events.size() == kPage) take(std::exchange(events, {}));
  }
  take(events);
}

// Of an archive file, or of JSON Lines.
void readEvents(const std::string& file, const Take& take) {
  if (file == "-") return readLines("standard input", std::cin, take);
  if (!isFile(file)) throw std::invalid_argument(file + " is not a file");
  if (isArchive(file)) {
    return forEachPage(eventbridge::ArchiveFile(file, eventbridge::ArchiveFile::Access::kReadOnly), {}, take);
  }
  std::ifstream in(file, std::ios::binary);
  readLines(file, in, take);
}

int importEvents(const Flags& flags) {
  // Lines are checked before the first event is written.
  if (flags.file != "-") readEvents(flags.file, [](const std::vector<eventbridge::ArchivedEvent>&) {});
  const std::string table = logTableName(flags.connection.stage);
  confirmStage(flags.connection, "archive import");
  TableReplay target(connectAs(flags.connection), table);
  ReplayCounts counts;
  readEvents(flags.file, [&](const std::vector<eventbridge::ArchivedEvent>& events) { target.send(events, counts); });
  std::cout << withThousands(counts.sent) << (counts.sent == 1 ? " event" : " events") << " imported into " << table;
  if (counts.already_there > 0) std::cout << ", " << withThousands(counts.already_there) << " were there already";
  if (counts.incomplete > 0) std::cout << ", " << withThousands(counts.incomplete) << " are not events of the log";
  std::cout << std::endl;
  return kOk;
}

void addFilters(Command& command, Flags& flags) {
  command.preset("data", flags.directory);
  command.option("--data DIRECTORY", flags.directory, "The data directory");
  command.option("--from TIME", flags.chosen.from, "Only events archived at this time or later");
  command.option("--to TIME", flags.chosen.to, "Only events archived at this time or earlier");
  command.list("--log LOG", flags.chosen.logs, "Only events of this log; repeatable");
  command.list("--type TYPE", flags.chosen.types, "Only events of this type; repeatable");
}

}  // namespace

void addArchive(Command& program) {
  Command command = program.subcommand("archive", "Look into the archive of events, export it, or import events");
  command.examples(kExamples);
  auto flags = std::make_shared<Flags>();

  Command list_command = command.subcommand("ls", "Count the events by log and type (the default)");
  addFilters(list_command, *flags);
  addOutputOption(list_command, flags->output, "table on a terminal, jsonl elsewhere");
  list_command.runs([flags] { return list(*flags); });

  Command export_command = command.subcommand("export", "Write events as JSON Lines, in the order of time");
  export_command.argument("FILE", flags->file, "A new file; \"-\": standard output");
  addFilters(export_command, *flags);
  export_command.runs([flags] { return exportEvents(*flags); });

  Command import_command = command.subcommand("import", "Put archived events back into the log table");
  import_command.argument("FILE", flags->file,
                          "What export wrote, or an archive.sqlite; \"-\": JSON Lines, standard input");
  addConnectionFlags(import_command, flags->connection);
  import_command.runs([flags] { return importEvents(*flags); });

  addFilters(command, *flags);
  addOutputOption(command, flags->output, "table on a terminal, jsonl elsewhere");
  command.runsByDefault([flags] { return list(*flags); });
}

}  // namespace ddblog::cli
