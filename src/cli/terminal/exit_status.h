// The program's exit status. Scripts rely on these numbers: they never change.
#pragma once

namespace ddblog::cli {

enum ExitStatus : int {
  kOk = 0,
  kFailure = 1,          // any other error
  kUsage = 2,            // the command line, or a value in it, is invalid
  kVersionConflict = 3,  // append: the stream is not at the expected version
  kNotReachable = 4,     // nothing responds at the endpoint
  kRefused = 5,          // the service returned an error
  kInUse = 6,            // another process has the data directory open
  kConfiguration = 7,    // no region, no credentials, or an invalid configuration file
  kDamaged = 8,          // the data directory's files are damaged
  kDiffers = 9,          // verify: the files are sound, but the log and the archive differ
};

}  // namespace ddblog::cli
