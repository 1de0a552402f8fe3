// dynamodb-log clean: removes the offline cloud's data directory.
#include <filesystem>
#include <iostream>
#include <vector>

#include "cli/cloud/data_directory.h"
#include "cli/command_line.h"
#include "cli/terminal/confirm.h"
#include "cli/terminal/exit_status.h"
#include "snapshots/data_directory.h"
#include "store/directory_lock.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log clean
  dynamodb-log clean --yes --keep-archive
  dynamodb-log clean --data /tmp/try --yes

This removes all tables, events, the archive and pending deliveries. It asks for the archive separately. An archive
that is kept is moved beside the directory; `dynamodb-log import TABLE FILE` puts its events back into a log table.)";

struct Flags {
  std::string directory = kDefaultDataDirectory;
  bool yes = false;
  bool keep_archive = false;
};

// Before anybody is asked.
void checkNotInUse(const std::filesystem::path& directory) {
  const auto process = holderOf(directory);
  if (!process) return;
  throw StoreInUse("the data directory " + directory.string() + " is in use by " +
                   (*process > 0 ? "process " + std::to_string(*process) : "another process") +
                   " (dynamodb-log stop ends an offline cloud)");
}

bool keepsArchive(const Flags& flags) {
  if (flags.keep_archive || flags.yes) return flags.keep_archive;
  if (!snapshots::holdsArchive(flags.directory)) return false;
  return !confirm("Remove its archive of events too?", "clean");
}

int clean(const Flags& flags) {
  snapshots::checkDataDirectory(flags.directory);
  checkNotInUse(flags.directory);
  const std::string question = "Remove " + flags.directory + " with all its tables and whatever waits in it?";
  if (!flags.yes && !confirm(question, "clean")) {
    std::cout << "Nothing was removed." << std::endl;
    return kFailure;
  }
  snapshots::finishInterruptedLoad(flags.directory);  // it may bring the archive
  std::vector<std::filesystem::path> kept;
  if (keepsArchive(flags)) {
    kept = snapshots::removeDataButArchives(flags.directory);
  } else {
    snapshots::removeDataDirectory(flags.directory);
  }
  std::cout << flags.directory << " was removed.";
  for (const std::filesystem::path& archive : kept) std::cout << " Its archive is kept as " << archive.string() << ".";
  std::cout << std::endl;
  return kOk;
}

}  // namespace

void addClean(Command& program) {
  Command command = program.subcommand("clean", "Remove the offline cloud's data directory");
  auto flags = std::make_shared<Flags>();
  command.preset("data", flags->directory);
  command.option("--data DIRECTORY", flags->directory, "The data directory");
  command.flag("--keep-archive", flags->keep_archive, "Move the archive of events beside the directory, and keep it");
  command.flag("--yes,-y", flags->yes, "Do not ask for confirmation");
  command.examples(kExamples);
  command.runs([flags] { return clean(*flags); });
}

}  // namespace ddblog::cli
