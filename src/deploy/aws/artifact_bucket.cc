#include "deploy/aws/artifact_bucket.h"

#include <stdexcept>

#include "aws/sigv4.h"

namespace ddblog::deploy {
namespace {

// "6.4 MB"
std::string sizeText(std::size_t bytes) {
  if (bytes < 1'000'000) return std::to_string((bytes + 999) / 1000) + " KB";
  const std::size_t tenths = (bytes + 50'000) / 100'000;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

// The isolated partitions are not among those that S3's documentation lists.
bool hasAccountNamespace(const Account& account) { return !account.partition.starts_with("aws-iso"); }

}  // namespace

std::string artifactBucketName(const std::string& chosen, const Account& account) {
  if (!chosen.empty()) return chosen;
  return "dynamodb-log-" + account.id + "-" + account.region + (hasAccountNamespace(account) ? "-an" : "");
}

ArtifactBucket::ArtifactBucket(aws::Session& session, const Account& account, const std::string& chosen)
    : session_(session),
      account_(account),
      is_chosen_(!chosen.empty()),
      name_(artifactBucketName(chosen, account)),
      s3_(session, account.id) {}

void ArtifactBucket::prepare() {
  if (is_prepared_) return;
  const auto region = s3_.bucketRegion(name_);
  if (!region && is_chosen_) throw std::invalid_argument("there is no bucket " + name_ + " (--bucket)");
  if (region && *region != account_.region) {
    throw std::invalid_argument("the bucket " + name_ + " is in " + *region + "; functions in " + account_.region +
                                " need one there (--bucket)");
  }
  if (!region) s3_.createBucket(name_, hasAccountNamespace(account_));
  is_prepared_ = true;
}

void ArtifactBucket::upload(const Artifact& artifact, const std::function<void(const std::string&)>& on_upload) {
  prepare();
  if (s3_.hasObject(name_, artifact.key)) return;
  const std::string content = artifact.content();
  on_upload("Uploading " + artifact.description + " (" + sizeText(content.size()) + ")");
  s3_.putObject(name_, artifact.key, content);
}

std::string ArtifactBucket::url(const std::string& key) const {
  return session_.endpoint(aws::kS3).url() + "/" + aws::percentEncode(name_) + "/" + aws::percentEncode(key, true);
}

std::size_t ArtifactBucket::removeAll(const std::string& stack) {
  if (!s3_.bucketRegion(name_)) return 0;
  const std::vector<std::string> keys = s3_.keys(name_, stack + "/");
  s3_.deleteObjects(name_, keys);
  return keys.size();
}

}  // namespace ddblog::deploy
