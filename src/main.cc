// dynamodb-log: the program. As a Lambda bootstrap (under that name) it is the trigger function.
#include <filesystem>

#include "cli/run.h"
#include "ddblog/trigger.h"
#include "services/lambda/host/reaper.h"

// Read by jemalloc (docs/adr/0020-allocator.md): what a burst of requests took goes back to the kernel
// within seconds, also if the program is idle afterwards.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:1000";
}

int main(int argc, char** argv) {
  if (ddblog::lambda::isReaper(argc, argv)) ddblog::lambda::runReaper(argv);
  if (argc > 0 && std::filesystem::path(argv[0]).filename() == "bootstrap") return ddblog::runTrigger();
  return ddblog::cli::run(argc, argv);
}
