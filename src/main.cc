// dynamodb-log: the program. As a Lambda bootstrap (under that name) it is the trigger function.
#include <filesystem>

#include "cli/run.h"
#include "ddblog/trigger.h"
#include "services/lambda/host/reaper.h"

int main(int argc, char** argv) {
  if (ddblog::lambda::isReaper(argc, argv)) ddblog::lambda::runReaper(argv);
  if (argc > 0 && std::filesystem::path(argv[0]).filename() == "bootstrap") return ddblog::runTrigger();
  return ddblog::cli::run(argc, argv);
}
