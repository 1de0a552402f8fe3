// One profile of the AWS CLI's configuration files, ~/.aws/config and ~/.aws/credentials.
//
// Format (INI): `[default]`, `[profile NAME]`, `[services NAME]` and `[sso-session NAME]` in the config
// file, `[NAME]` in the credentials file; `key = value`; comment lines begin with # or ;, comments after a value with
// " #" or " ;"; an indented line under a key without a value is a nested key (`dynamodb =` followed
// by `  endpoint_url = …`). Source:
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
//
// Thread safety: a value type, read-only after loading.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/environment.h"

namespace ddblog::aws {

class ProfileFiles {
 public:
  // No files: every look-up finds nothing.
  ProfileFiles() = default;

  // Reads the files named by AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE (default: in
  // $HOME/.aws/); missing files count as empty. The profile is `profile`, else AWS_PROFILE, else
  // AWS_DEFAULT_PROFILE, else "default". Throws std::runtime_error if a requested profile is in
  // neither file, or if a file is over 1 MiB.
  static ProfileFiles load(const Environment& environment, const std::string& profile = {});
  static ProfileFiles parse(std::string_view config_text, std::string_view credentials_text,
                            const std::string& profile);

  const std::string& profile() const { return profile_; }
  // The same files, seen from another profile.
  ProfileFiles of(const std::string& profile) const;
  // Whether the profile is in one of the files.
  bool hasProfile() const;
  // A key of the profile; std::nullopt if it is absent or empty.
  std::optional<std::string> fromConfig(const std::string& key) const;
  std::optional<std::string> fromCredentials(const std::string& key) const;
  // A nested key of the `[services NAME]` section that the profile's `services` key names.
  std::optional<std::string> fromServices(const std::string& service, const std::string& key) const;
  // A key of the section `[sso-session NAME]`.
  std::optional<std::string> fromSsoSession(const std::string& name, const std::string& key) const;

 private:
  using Section = std::map<std::string, std::string>;  // nested keys as "outer.inner"
  using Sections = std::map<std::string, Section>;
  static Sections parseIni(std::string_view text);
  std::string configSection() const;

  std::string profile_ = "default";
  Sections config_;
  Sections credentials_;
};

}  // namespace ddblog::aws
