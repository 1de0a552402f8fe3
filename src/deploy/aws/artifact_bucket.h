// The bucket of what a deployment uploads: archives of functions, and templates that are too large for a
// request. Keys begin with the stack's name, and name the content's digest; so what is there already is
// not uploaded again.
//
// By default it is dynamodb-log-ACCOUNT-REGION-an, in the account's own namespace, where nobody else can
// have taken the name. (The isolated partitions, me-south-1 and me-central-1 have no such namespace: there
// the name has no "-an".) It
// is made when it is needed first. Nothing in it expires, because a rollback needs the archives of the
// deployment before.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
//
// Thread safety: none.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "aws/s3.h"
#include "deploy/aws/account.h"
#include "deploy/aws/application_package.h"

namespace ddblog::deploy {

// `chosen`: --bucket; empty: the default.
std::string artifactBucketName(const std::string& chosen, const Account& account);

class ArtifactBucket {
 public:
  // `chosen`: as above; a chosen bucket must exist.
  ArtifactBucket(aws::Session& session, const Account& account, const std::string& chosen);

  const std::string& name() const { return name_; }

  // Uploads it if the bucket does not have it. `on_upload` is called before an upload with a line for
  // the user.
  void upload(const Artifact& artifact, const std::function<void(const std::string&)>& on_upload);
  // What CloudFormation calls an object: "https://s3.eu-west-1.amazonaws.com/bucket/key".
  std::string url(const std::string& key) const;

  // The keys of what was uploaded for a stack; other objects below "STACK/" are not among them. The default
  // bucket has none if it is not there. Throws std::invalid_argument: the bucket is in another region.
  std::vector<std::string> uploadsOf(const std::string& stack);
  void remove(const std::vector<std::string>& keys);

 private:
  bool isThere();
  void prepare();

  aws::Session& session_;
  const Account account_;
  const bool is_chosen_;
  const std::string name_;
  aws::S3 s3_;
  bool is_prepared_ = false;
};

}  // namespace ddblog::deploy
