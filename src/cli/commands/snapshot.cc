// dynamodb-log snapshot save FILE, dynamodb-log snapshot load FILE: the whole offline cloud's state
// in one file.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/gzip.h"
#include "cli/cloud/data_directory.h"
#include "cli/cloud/local_cloud.h"
#include "cli/cloud/remote_restore.h"
#include "cli/command_line.h"
#include "cli/terminal/confirm.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/progress.h"
#include "ddblog/errors.h"
#include "ddblog/transport.h"
#include "services/eventbridge/archive/archive_file.h"
#include "snapshots/data_directory.h"

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  dynamodb-log snapshot save today.snapshot                         from the running offline cloud
  dynamodb-log snapshot save today.snapshot --data .dynamodb-log    from a data directory that is not in use
  dynamodb-log snapshot load today.snapshot                         into the running offline cloud, or if there is none
                                                                    into .dynamodb-log
  dynamodb-log snapshot load today.snapshot --data elsewhere

A snapshot contains all data at one point in time: tables, items, streams, rules, pending deliveries, the archive.)";

constexpr const char* kInsteadOfLoad = "`aws dynamodb restore-table-from-backup`";
constexpr std::chrono::seconds kRestartTime{60};  // for the cloud to start with the loaded state
constexpr std::chrono::milliseconds kPollDelay{20};

struct Flags {
  ConnectionFlags connection;
  std::string file;
  std::string directory;
  bool yes = false;
};

std::string countsOf(const snapshots::SnapshotInfo& info) {
  return std::to_string(info.items) + " items of " + std::to_string(info.tables) + " tables, " +
         std::to_string(info.events) + " archived events";
}

// `state`: a RemoteState or a StateReader. Returns the file's size.
template <class State, class Deflate>
std::uint64_t saveTo(const std::string& file, const State& state, const snapshots::SnapshotInfo& info,
                     Deflate deflate) {
  snapshots::SnapshotWriter writer(file, info);
  Progress progress(info.items + info.events, "items and events");
  std::string from;
  do {
    snapshots::StatePart part = state.part(from);
    writer.add(part.kind, deflate(std::move(part.content)));
    progress.advance(part.items + part.events);
    from = std::move(part.next);
  } while (!from.empty());
  writer.finish();
  return writer.bytes();
}

std::uint64_t saveFromCloud(const Flags& flags, snapshots::SnapshotInfo& info) {
  const LocalCloud cloud(flags.connection, "`aws dynamodb create-backup`");
  const RemoteState state(cloud);
  info = state.info();
  return saveTo(flags.file, state, info, [](std::string content) { return content; });
}

std::uint64_t saveFromDirectory(const Flags& flags, snapshots::SnapshotInfo& info) {
  const fs::path directory = flags.directory;
  if (!snapshots::holdsState(directory)) {
    throw std::invalid_argument("There is no data of an offline cloud in " + directory.string() + ".");
  }
  snapshots::finishInterruptedLoad(directory);
  StoreOptions options;
  options.directory = directory;
  const auto store = Store::open(options);
  std::unique_ptr<eventbridge::ArchiveFile> archive;
  const fs::path archive_file = directory / snapshots::kArchiveName;
  if (fs::exists(archive_file)) archive = std::make_unique<eventbridge::ArchiveFile>(archive_file);
  AdjustableClock clock;
  const auto state = snapshots::StateReader::ofClosedStore(clock, *store, archive.get());
  info = state.info();
  return saveTo(flags.file, state, info, [](const std::string& content) { return gzip(content); });
}

int save(const Flags& flags) {
  if (fs::exists(flags.file) && !flags.yes &&
      !confirm("The file " + flags.file + " exists. Replace it?", "snapshot save")) {
    std::cout << "Nothing was saved." << std::endl;
    return kFailure;
  }
  snapshots::SnapshotInfo info;
  const std::uint64_t bytes = flags.directory.empty() ? saveFromCloud(flags, info) : saveFromDirectory(flags, info);
  std::cout << countsOf(info) << " saved in " << flags.file << " (" << bytes << " bytes), as of " << info.saved_at
            << std::endl;
  return kOk;
}

// An existing directory must be a data directory, or empty.
void checkPlace(const fs::path& directory) {
  if (!fs::exists(directory) || (fs::is_directory(directory) && fs::is_empty(directory))) return;
  snapshots::checkDataDirectory(directory);
}

bool mayReplace(const Flags& flags, const std::string& question) {
  if (flags.yes || confirm(question, "snapshot load")) return true;
  std::cout << "Nothing was loaded." << std::endl;
  return false;
}

void report(const snapshots::SnapshotInfo& info, const std::string& into) {
  std::cout << countsOf(info) << " loaded into " << into << ", as of " << info.saved_at << std::endl;
}

// `because`: why this directory, if the user did not name it.
int loadIntoDirectory(const Flags& flags, const fs::path& directory, const std::string& because) {
  snapshots::SnapshotReader snapshot(flags.file);
  checkPlace(directory);
  const std::string question = "Replace all tables, events and the archive in " + directory.string() + "?";
  if (snapshots::holdsState(directory) && !mayReplace(flags, because + question)) return kFailure;
  {
    // The store has more entries than items, and their number is unknown before, so the bar shows
    // the progress in the file.
    Progress progress(fs::file_size(flags.file), "bytes");
    snapshots::loadSnapshot(snapshot, directory, [&](std::uint64_t bytes) { progress.advance(bytes); });
  }
  report(snapshot.info(), "the data directory " + directory.string());
  return kOk;
}

void sendFile(const std::string& file, std::uint64_t size, const RemoteRestore& restore) {
  Progress progress(size, "bytes sent");
  std::ifstream in(file, std::ios::binary);
  std::string piece(RemoteRestore::kPieceBytes, '\0');
  for (std::uint64_t offset = 0; in; offset += static_cast<std::uint64_t>(in.gcount())) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (in.gcount() == 0) break;
    restore.send(offset, std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())));
    progress.advance(static_cast<std::uint64_t>(in.gcount()));
  }
}

void finishRestore(std::uint64_t size, RemoteRestore& restore) {
  Progress progress(size, "bytes loaded");
  for (std::uint64_t read = 0, told = 0;; told = read) {
    const bool is_loaded = restore.finish(read);
    progress.advance(read - told);
    if (is_loaded) return;
  }
}

// Waits for the cloud's restart; until then nothing responds.
void waitForNextRun(const Flags& flags, const std::string& run_id) {
  const LocalCloud cloud(flags.connection, kInsteadOfLoad, 1);
  const auto environment = systemEnvironment();
  for (const auto end = std::chrono::steady_clock::now() + kRestartTime; std::chrono::steady_clock::now() < end;) {
    if (const auto now = cloud.runId(); now && *now != run_id) return;
    environment->pause(kPollDelay);
  }
  throw std::runtime_error("The snapshot is loaded, but the offline cloud at " + cloud.url() +
                           " did not restart within " + std::to_string(kRestartTime.count()) +
                           " s. Check its output and start it again.");
}

int loadIntoCloud(const Flags& flags, const LocalCloud& cloud) {
  const snapshots::SnapshotReader snapshot(flags.file);
  const std::string where = "the offline cloud at " + cloud.url();
  if (!mayReplace(flags, "Replace all tables, events and the archive of " + where + "?")) return kFailure;
  const std::uint64_t size = fs::file_size(flags.file);
  RemoteRestore restore(cloud, flags.file);
  const std::string run_id = cloud.runId().value_or("");  // of the run that knows `restore`
  sendFile(flags.file, size, restore);
  finishRestore(size, restore);
  waitForNextRun(flags, run_id);
  report(snapshot.info(), where);
  return kOk;
}

int load(const Flags& flags) {
  const snapshots::SnapshotReader checked(flags.file);  // throws if the file is not a snapshot
  if (!flags.directory.empty()) return loadIntoDirectory(flags, flags.directory, {});
  const LocalCloud cloud(flags.connection, kInsteadOfLoad, 1);
  if (cloud.runId()) return loadIntoCloud(flags, LocalCloud(flags.connection, kInsteadOfLoad));
  if (!flags.connection.endpoint_url.empty() || !cloud.isOnThisMachine()) {
    throw NotReachable("Nothing responds at " + cloud.url());
  }
  const std::string because = "No offline cloud responds at " + cloud.url();
  try {
    return loadIntoDirectory(flags, kDefaultDataDirectory, because + ". ");
  } catch (const StoreInUse& e) {
    throw StoreInUse(because + ", and " + e.what());
  }
}

}  // namespace

void addSnapshot(Command& program) {
  Command command = program.subcommand("snapshot", "Save the whole state of the offline cloud in a file, or load one");
  command.examples(kExamples);
  auto flags = std::make_shared<Flags>();
  Command save_command = command.subcommand("save", "Save the current state");
  save_command.argument("FILE", flags->file, "The file to write");
  save_command.option("--data DIRECTORY", flags->directory,
                      "A data directory that is not in use (default: the running offline cloud)");
  save_command.flag("--yes,-y", flags->yes, "Replace an existing file without asking");
  addConnectionFlags(save_command, flags->connection);
  save_command.runs([flags] { return save(*flags); });
  Command load_command = command.subcommand("load", "Replace the state by a saved one");
  load_command.argument("FILE", flags->file, "The snapshot");
  load_command.option("--data DIRECTORY", flags->directory,
                      "A data directory that is not in use (default: the running offline cloud, or " +
                          std::string(kDefaultDataDirectory) + " if there is none)");
  load_command.flag("--yes,-y", flags->yes, "Replace the state without asking");
  addConnectionFlags(load_command, flags->connection);
  load_command.runs([flags] { return load(*flags); });
}

}  // namespace ddblog::cli
