// The file of CA certificates that servers' certificates are verified with.
//
// The first of: AWS_CA_BUNDLE, the profile's ca_bundle, SSL_CERT_FILE, and the first file that exists where
// distributions keep theirs. A file that was named is taken even if it cannot be read: the call then fails
// with a line that says so. Sources:
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html (--ca-bundle)
// https://docs.openssl.org/3.0/man3/SSL_CTX_load_verify_locations/ (SSL_CERT_FILE)
//
// Thread safety: a pure function of the environment and the file system.
#pragma once

#include <string>
#include <vector>

#include "aws/environment.h"
#include "aws/profile_files.h"

namespace ddblog::aws {

struct CaFile {
  std::string path;      // PEM; empty: none was found
  std::string named_by;  // "AWS_CA_BUNDLE", "the profile's ca_bundle" …; empty: found in a usual place
};

// Where Debian, Amazon Linux and Fedora, SUSE, and Alpine keep theirs.
const std::vector<std::string>& usualCaFiles();

CaFile findCaFile(const Environment& environment, const ProfileFiles& profiles,
                  const std::vector<std::string>& usual = usualCaFiles());

}  // namespace ddblog::aws
