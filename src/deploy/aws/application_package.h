// An application as it is uploaded: the template that CloudFormation gets, and the files that it names.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"

namespace ddblog::deploy {

struct PackageRequest {
  std::filesystem::path template_file;  // SAM, CloudFormation or serverless.yml
  std::string stage, stack_name, region, account, partition, bucket;
  std::map<std::string, std::string> parameters = {};           // as given on the command line
  std::map<std::string, std::string> stack_parameters = {};     // the stack's values, where none are given
  std::function<bool()> is_interrupted = {};                    // Ctrl-C was pressed; empty: nobody asks
  std::function<std::string(const std::string& key)> url = {};  // of an object; empty: the region's own
};

struct Artifact {
  std::string key;                       // "<stack>/<sha256>.zip" or ".../<sha256>.template"
  std::string description;               // for progress: the functions that use it
  std::function<std::string()> content;  // made when it has to be uploaded; throws what names the file
};

struct ApplicationPackage {
  json::object template_body;                    // with s3:// URIs or {S3Bucket, S3Key} already in it
  std::vector<std::string> parameters;           // the names that the template declares
  std::map<std::string, std::string> defaults;   // values for them that are neither given nor the stack's
  bool is_service = false;                       // a serverless.yml, whose parameters the template need not declare
  bool is_sam = false, needs_named_iam = false;  // CAPABILITY_AUTO_EXPAND / CAPABILITY_NAMED_IAM
  std::vector<Artifact> artifacts;
  std::vector<std::string> notes;  // one line each, for stderr
};

using Packager = std::function<ApplicationPackage(const PackageRequest&)>;

ApplicationPackage packageApplication(
    const PackageRequest& request);  // errors: one line each, as the house throws them

}  // namespace ddblog::deploy
