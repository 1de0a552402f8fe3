// Finds the file of CA certificates that verify servers' certificates.
//
// The first of: AWS_CA_BUNDLE, the profile's ca_bundle, SSL_CERT_FILE, and the first existing file
// in the places that distributions use. A configured file is used even if it cannot be read: the
// call then fails with an error that says so. Sources:
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html (--ca-bundle)
// https://docs.openssl.org/3.0/man3/SSL_CTX_load_verify_locations/ (SSL_CERT_FILE)
//
// Thread safety: a pure function of the environment and the file system.
#pragma once

#include <string>
#include <vector>

#include "aws/credentials/profile_files.h"
#include "aws/environment.h"

namespace ddblog::aws {

struct CaFile {
  std::string path;      // PEM; empty: none was found
  std::string named_by;  // "AWS_CA_BUNDLE", "the profile's ca_bundle" …; empty: a default place
};

// The places of Debian, Amazon Linux and Fedora, SUSE, and Alpine.
const std::vector<std::string>& usualCaFiles();

CaFile findCaFile(const Environment& environment, const ProfileFiles& profiles,
                  const std::vector<std::string>& usual = usualCaFiles());

}  // namespace ddblog::aws
