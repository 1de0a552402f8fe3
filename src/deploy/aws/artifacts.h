// What an application uploads: each content once, under a key that is made of the content, so that a key
// that is there need not be uploaded again, and an unchanged function is not touched.
//
// Thread safety: none.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "deploy/aws/application_package.h"
#include "deploy/package/function_code.h"

namespace ddblog::deploy {

class Artifacts {
 public:
  explicit Artifacts(const PackageRequest& request) : request_(request) {}

  // Return the key. `user`: the resource that uses it.
  std::string addCode(const CodePackage& package, const std::string& user);
  // `ending`: "template", "json" …
  std::string addText(std::string content, const std::string& ending, const std::string& user);

  // Where the object will be; as a URL if the request has one (ArtifactBucket::url).
  std::string uri(const std::string& key) const { return "s3://" + request_.bucket + "/" + key; }
  std::string url(const std::string& key) const;
  const std::string& bucket() const { return request_.bucket; }

  std::vector<Artifact> take() { return std::move(artifacts_); }

 private:
  std::string add(Artifact artifact, const std::string& user);

  const PackageRequest& request_;
  std::vector<Artifact> artifacts_;  // in the order in which they were added
};

}  // namespace ddblog::deploy
