#include "aws/http/ca_file.h"

#include <unistd.h>

namespace ddblog::aws {

const std::vector<std::string>& usualCaFiles() {
  static const std::vector<std::string> kFiles = {
      "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine with ca-certificates
      "/etc/pki/tls/certs/ca-bundle.crt",                   // Amazon Linux, Fedora, RHEL
      "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora 43 and later, which lack the one above
      "/etc/ssl/ca-bundle.pem",                             // SUSE
      "/etc/ssl/cert.pem",                                  // Alpine
  };
  return kFiles;
}

CaFile findCaFile(const Environment& environment, const ProfileFiles& profiles, const std::vector<std::string>& usual) {
  if (const auto path = environment("AWS_CA_BUNDLE")) return {*path, "AWS_CA_BUNDLE"};
  if (const auto path = profiles.fromConfig("ca_bundle")) return {*path, "the profile's ca_bundle"};
  if (const auto path = environment("SSL_CERT_FILE")) return {*path, "SSL_CERT_FILE"};
  for (const std::string& path : usual) {
    if (::access(path.c_str(), R_OK) == 0) return {path, ""};
  }
  return {};
}

}  // namespace ddblog::aws
