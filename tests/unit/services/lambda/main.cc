// The tests' own main, because the function host runs this program as the reaper of each function's process.
#include <gtest/gtest.h>

#include "services/lambda/host/reaper.h"

int main(int argc, char** argv) {
  if (ddblog::lambda::isReaper(argc, argv)) ddblog::lambda::runReaper(argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
