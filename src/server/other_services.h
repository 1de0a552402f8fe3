// Answers to requests for AWS services that we do not serve: a program whose AWS_ENDPOINT_URL leads
// here asks for all of its services here. The answer names the service, in a form that the SDKs
// read:
//
//   a form, or a service of REST with XML   501 <ErrorResponse><Error><Code>NotImplemented</Code>…;
//                                           for S3 <Error> alone; without a body to HEAD
//   anything else                           501 {"__type": "NotImplemented", "message": …}
//
// The SDKs do not repeat a request that gets 501.
// Thread safety: stateless functions.
#pragma once

#include <string_view>

#include "rpc/request.h"
#include "server/request_parser.h"

namespace ddblog::server {

// The service for which a request is signed: "s3" of the scope ".../s3/aws4_request". Empty: it is not
// signed with SigV4, or this is no service's name.
std::string_view signedService(const RequestHead& head);

rpc::Response notServed(std::string_view service, const RequestHead& head);

}  // namespace ddblog::server
