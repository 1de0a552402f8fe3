// What the program's exit status means. Scripts rely on these numbers: they never change.
#pragma once

namespace ddblog::cli {

enum ExitStatus : int {
  kOk = 0,
  kFailure = 1,          // anything without a number of its own
  kUsage = 2,            // the command line is wrong, or a value in it
  kVersionConflict = 3,  // append: the stream is not at the expected version
  kNotReachable = 4,     // nothing answers at the endpoint
  kRefused = 5,          // the service answered, and refused
  kInUse = 6,            // another process has the data directory open
  kConfiguration = 7,    // no region, no credentials, or a configuration file that cannot be used
};

}  // namespace ddblog::cli
