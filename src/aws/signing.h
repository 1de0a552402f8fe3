// Signs requests to services.
//
// Thread safety: as SigningKeys'.
#pragma once

#include <string_view>

#include "aws/credentials/credentials.h"
#include "aws/endpoint.h"
#include "aws/http/http_message.h"
#include "aws/sigv4.h"

namespace ddblog::aws {

// Adds Authorization and the other headers that signing needs to `request`, whose method, headers and
// body are complete. `path` and `query`: as its URL has them. Dummy credentials get a placeholder
// signature.
void sign(const Service& service, const Endpoint& endpoint, const Credentials& credentials, Timestamp now,
          std::string_view path, std::string_view query, SigningKeys& keys, HttpRequest& request);

}  // namespace ddblog::aws
