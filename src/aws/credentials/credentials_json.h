// Credentials as JSON, as credential_process, containers and the instance metadata service write them.
//
// Thread safety: a stateless function.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials/credentials.h"

namespace ddblog::aws {

// `token_name`: of the session token's member, in which the sources differ. Throws CredentialsError
// that names the source.
Credentials credentialsOfJson(std::string_view body, std::string_view token_name, const std::string& source);

}  // namespace ddblog::aws
