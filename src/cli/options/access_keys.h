// The access keys that the offline cloud accepts: from the command line, which other users can see in
// the list of processes, from files, and from the environment.
//
//   # a file: comments, blank lines, and a key in each other line
//   AKIAEXAMPLE:secret
//
//   DYNAMODB_LOG_ACCESS_KEYS="AKIAEXAMPLE:secret OTHER:secret"
//
// Thread safety: a function that only reads.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ddblog::cli {

constexpr const char* kAccessKeysVariable = "DYNAMODB_LOG_ACCESS_KEYS";

// Secrets by access key id; empty: none are configured, so any credentials are accepted. `given`:
// "ID:SECRET" of the command line. `variable`: the value of kAccessKeysVariable; nullptr: it is not
// set. Throws std::invalid_argument with one line that shows no secret: a key that is not ID:SECRET, an
// id with two secrets, a file or a variable without a key, a file that other users can access, or one
// that is larger than 64 KiB.
std::map<std::string, std::string> accessKeysOf(const std::vector<std::string>& given,
                                                const std::vector<std::string>& files, const char* variable);

}  // namespace ddblog::cli
