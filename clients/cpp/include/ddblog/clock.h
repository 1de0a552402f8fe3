// What time it is for the application: the offline cloud's time of day, which tests move, set and
// freeze; in AWS the machine's.
//
//   if (ddblog::now() > invoice.due) …
//
// Thread safety: a stateless function. It reads the environment, so nobody may change that meanwhile.
#pragma once

#include <chrono>

namespace ddblog {

// The time of day in UTC. If the environment names an endpoint (AWS_ENDPOINT_URL, or
// AWS_ENDPOINT_URL_DYNAMODB) that is an offline cloud, one request asks it, and signs with the
// environment's access key; otherwise this is the machine's time. Waits at most 10 seconds. Throws
// NotReachable if nothing answers there, or something that is not HTTP, ServiceError if the cloud
// refuses the credentials, and ConfigurationError if the endpoint is not a URL.
std::chrono::sys_time<std::chrono::milliseconds> now();

}  // namespace ddblog
