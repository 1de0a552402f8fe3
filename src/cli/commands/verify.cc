// dynamodb-log verify: checks the files of a data directory that no cloud has open, and compares the
// event log with the archive.
#include <filesystem>
#include <iostream>
#include <string>

#include "cli/cloud/data_directory.h"
#include "cli/command_line.h"
#include "cli/terminal/exit_status.h"
#include "clients/cpp/src/event_item.h"
#include "ddblog/names.h"
#include "services/eventbridge/archive/archive.h"
#include "snapshots/data_directory.h"
#include "snapshots/log_comparison.h"
#include "store/store.h"

namespace ddblog::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = R"(Examples:
  dynamodb-log verify                  checks .dynamodb-log
  dynamodb-log verify --data elsewhere

Exit status: 0 all is sound, 8 a file is damaged, 9 the event log and the archive differ.)";

struct Flags {
  std::string directory = kDefaultDataDirectory;
};

// "12 events (users#1#stream 3, users#2#stream 1, …)"
std::string textOf(const snapshots::LogComparison::Events& events) {
  std::string text = std::to_string(events.count) + (events.count == 1 ? " event (" : " events (");
  for (const std::string& example : events.examples) text += (text.ends_with('(') ? "" : ", ") + example;
  return text + (events.count > events.examples.size() ? ", …)" : ")");
}

bool report(const char* what, const std::string& damage) {
  std::cout << "  " << what << (damage.empty() ? "sound" : "damaged: " + damage) << std::endl;
  return damage.empty();
}

bool compare(const Store& store, const eventbridge::ArchiveFile& archive) {
  const auto found =
      snapshots::compareLog(*store.snapshot(), archive,
                            {names::kLogTableEnd, names::kSource, names::kDetailType,
                             [](const json::object& item) { return detailOf(eventFromItem(item), false); }});
  std::cout << "  events    " << found.in_log << " in the log, " << found.in_archive << " of the log in the archive, "
            << found.waiting << " on their way" << std::endl;
  if (found.missing_from_archive.count > 0) {
    std::cout << "  differs   " << textOf(found.missing_from_archive) << " of the log: not in the archive" << std::endl;
  }
  if (found.missing_from_log.count > 0) {
    std::cout << "  differs   " << textOf(found.missing_from_log)
              << " of the archive: not in the log (deleted, expired or lost); `dynamodb-log replay --target table` "
                 "puts them back"
              << std::endl;
  }
  if (found.told_otherwise.count > 0) {
    std::cout << "  differs   " << textOf(found.told_otherwise) << " of the archive: not what the log says"
              << std::endl;
  }
  return found.missing_from_archive.count == 0 && found.missing_from_log.count == 0 && found.told_otherwise.count == 0;
}

int verify(const Flags& flags) {
  const fs::path directory = flags.directory;
  if (!snapshots::holdsState(directory)) {
    throw std::invalid_argument("There is no data of an offline cloud in " + directory.string() + ".");
  }
  snapshots::finishInterruptedLoad(directory);
  snapshots::checkStoreIsThere(directory);
  StoreOptions options;
  options.directory = directory;
  const auto store = Store::open(options);  // compares the logs with what was committed
  bool is_sound = report("store     ", store->verifyChecksums());
  const fs::path archive_file = directory / snapshots::kArchiveName;
  const bool has_archive = fs::exists(archive_file);
  const eventbridge::ArchiveFile archive(has_archive ? archive_file : fs::path());  // an empty one in memory
  std::string damage = archive.check();
  if (damage.empty()) damage = eventbridge::missingRows(*store, archive);
  if (!has_archive && damage.empty()) {
    std::cout << "  archive   there is none" << std::endl;
    return is_sound ? kOk : kDamaged;
  }
  if (!has_archive) damage = archive_file.string() + " is missing";
  is_sound = report("archive   ", damage) && is_sound;
  if (!is_sound) return kDamaged;
  return compare(*store, archive) ? kOk : kDiffers;
}

}  // namespace

void addVerify(Command& program) {
  Command command = program.subcommand("verify", "Check the data directory's files, and compare log and archive");
  auto flags = std::make_shared<Flags>();
  command.preset("data", flags->directory);
  command.option("--data DIRECTORY", flags->directory, "The data directory");
  command.examples(kExamples);
  command.runs([flags] { return verify(*flags); });
}

}  // namespace ddblog::cli
