// The temporary credentials of a role, which AWS STS gives to who may assume it.
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
//
// Errors: CredentialsError with STS's words. Thread safety: stateless functions.
#pragma once

#include <string>

#include "aws/credentials/credentials.h"
#include "aws/endpoint.h"

namespace ddblog::aws {

class HttpClient;

struct Role {
  std::string arn;
  std::string session_name = {};  // empty: one is made up
  std::string duration = {};      // seconds; empty: STS's default, an hour
  std::string external_id = {};   // empty: none
  std::string mfa_serial = {};    // of the device whose one-time password is needed; empty: none
  std::string mfa_code = {};
};

// `endpoint`: of STS. `caller`: who assumes the role.
Credentials assumeRole(const Role& role, const Endpoint& endpoint, const Credentials& caller, HttpClient& http,
                       Clock& clock);

// `token_file` holds an OpenID Connect token. Nothing is signed.
Credentials assumeRoleWithWebIdentity(const Role& role, const std::string& token_file, const Endpoint& endpoint,
                                      HttpClient& http, Clock& clock);

}  // namespace ddblog::aws
