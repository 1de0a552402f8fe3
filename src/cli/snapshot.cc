// dynamodb-log snapshot save FILE, dynamodb-log snapshot load FILE: the whole offline cloud's state in one file.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "base/gzip.h"
#include "cli/confirm.h"
#include "cli/data_directory.h"
#include "cli/exit_status.h"
#include "cli/local_cloud.h"
#include "cli/progress.h"
#include "cli/subcommands.h"
#include "eventbridge/archive_file.h"
#include "transfer/data_directory.h"

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  dynamodb-log snapshot save today.snapshot                 from the offline cloud that runs
  dynamodb-log snapshot save today.snapshot --data .dynamodb-log    from a data directory that nobody has open
  dynamodb-log snapshot load today.snapshot --data elsewhere

In it is all that there is at one moment: tables, items, streams, rules, what waits to be delivered, the archive.)";

struct Flags {
  ConnectionFlags connection;
  std::string file;
  std::string save_directory;
  std::string load_directory = kDefaultDataDirectory;
  bool yes = false;
};

std::string countsOf(const transfer::SnapshotInfo& info) {
  return std::to_string(info.items) + " items of " + std::to_string(info.tables) + " tables, " +
         std::to_string(info.events) + " archived events";
}

// `state`: a RemoteState or a SavedState. Returns the file's size.
template <class State, class Deflate>
std::uint64_t saveTo(const std::string& file, const State& state, const transfer::SnapshotInfo& info, Deflate deflate) {
  transfer::SnapshotWriter writer(file, info);
  Progress progress(info.items + info.events, "items and events");
  std::string from;
  do {
    transfer::StatePart part = state.part(from);
    writer.add(part.kind, deflate(std::move(part.content)));
    progress.advance(part.items + part.events);
    from = std::move(part.next);
  } while (!from.empty());
  writer.finish();
  return writer.bytes();
}

std::uint64_t saveRunning(const Flags& flags, transfer::SnapshotInfo& info) {
  const LocalCloud cloud(flags.connection, "`aws dynamodb create-backup`");
  const RemoteState state(cloud);
  info = state.info();
  return saveTo(flags.file, state, info, [](std::string content) { return content; });
}

std::uint64_t saveResting(const Flags& flags, transfer::SnapshotInfo& info) {
  const fs::path directory = flags.save_directory;
  if (!transfer::holdsState(directory)) {
    throw std::invalid_argument("There is no data of an offline cloud in " + directory.string() + ".");
  }
  transfer::settleDataDirectory(directory);
  StoreOptions options;
  options.directory = directory;
  const auto store = Store::open(options);
  std::unique_ptr<eventbridge::ArchiveFile> archive;
  const fs::path archive_file = directory / transfer::kArchiveName;
  if (fs::exists(archive_file)) archive = std::make_unique<eventbridge::ArchiveFile>(archive_file);
  AdjustableClock clock;
  const auto state = transfer::SavedState::resting(clock, *store, archive.get());
  info = state.info();
  return saveTo(flags.file, state, info, [](const std::string& content) { return gzip(content); });
}

int save(const Flags& flags) {
  if (fs::exists(flags.file) && !flags.yes &&
      !confirm("There is a file " + flags.file + " already. Replace it?", "snapshot save")) {
    std::cout << "Nothing was saved." << std::endl;
    return kFailure;
  }
  transfer::SnapshotInfo info;
  const std::uint64_t bytes = flags.save_directory.empty() ? saveRunning(flags, info) : saveResting(flags, info);
  std::cout << countsOf(info) << " saved in " << flags.file << " (" << bytes << " bytes), as of " << info.saved_at
            << std::endl;
  return kOk;
}

// A directory that is there must be one of ours, or empty.
void checkPlace(const fs::path& directory) {
  if (!fs::exists(directory) || (fs::is_directory(directory) && fs::is_empty(directory))) return;
  transfer::checkDataDirectory(directory);
}

int load(const Flags& flags) {
  transfer::SnapshotReader snapshot(flags.file);
  const fs::path directory = flags.load_directory;
  checkPlace(directory);
  if (transfer::holdsState(directory) && !flags.yes &&
      !confirm("Replace all tables, events and the archive in " + directory.string() + "?", "snapshot load")) {
    std::cout << "Nothing was loaded." << std::endl;
    return kFailure;
  }
  {
    // Entries of the store are more than items, and how many is not known before: the bar goes by the file.
    Progress progress(fs::file_size(flags.file), "bytes");
    transfer::loadSnapshot(snapshot, directory, [&](std::uint64_t bytes) { progress.advance(bytes); });
  }
  std::cout << countsOf(snapshot.info()) << " loaded into " << directory.string() << ", as of "
            << snapshot.info().saved_at << std::endl;
  return kOk;
}

}  // namespace

Run addSnapshot(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.require_subcommand(1);
  command.footer(kExamples);
  CLI::App* save_command = command.add_subcommand("save", "Save the state as of now");
  save_command->add_option("FILE", flags->file, "The file")->required();
  save_command->add_option("--data", flags->save_directory,
                           "A data directory that nobody has open; default: the offline cloud that runs");
  save_command->add_flag("--yes,-y", flags->yes, "Replace a file that is there without asking");
  addConnectionFlags(*save_command, flags->connection);
  CLI::App* load_command = command.add_subcommand("load", "Replace a data directory's state by a saved one");
  load_command->add_option("FILE", flags->file, "The file")->required();
  load_command->add_option("--data", flags->load_directory, "The data directory")->capture_default_str();
  load_command->add_flag("--yes,-y", flags->yes, "Replace what is there without asking");
  return [flags, save_command] { return save_command->parsed() ? save(*flags) : load(*flags); };
}

}  // namespace ddblog::cli
