#include "deploy/aws/artifact_bucket.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "aws/sigv4.h"

namespace ddblog::deploy {
namespace {

// "6.4 MB"
std::string sizeText(std::size_t bytes) {
  if (bytes < 1'000'000) return std::to_string((bytes + 999) / 1000) + " KB";
  const std::size_t tenths = (bytes + 50'000) / 100'000;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

// The isolated partitions are not among those that S3's documentation lists, and it leaves out two regions.
bool hasAccountNamespace(const Account& account) {
  return !account.partition.starts_with("aws-iso") && account.region != "me-south-1" &&
         account.region != "me-central-1";
}

// Whether an upload of this stack has this key: "STACK/", a digest, and an ending.
bool isUpload(std::string_view key, const std::string& stack) {
  constexpr std::size_t kDigest = 64;
  key.remove_prefix(std::min(stack.size() + 1, key.size()));
  const std::string_view digest = key.substr(0, kDigest);
  const std::string_view ending = key.substr(digest.size());
  return digest.size() == kDigest && digest.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         ending.size() > 1 && ending.front() == '.' && ending.find('/') == std::string_view::npos;
}

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

bool ArtifactBucket::isThere() {
  const auto region = s3_.bucketRegion(name_);
  if (!region && is_chosen_) throw std::invalid_argument("there is no bucket " + name_ + " (--bucket)");
  if (region && *region != account_.region) {
    throw std::invalid_argument("the bucket " + name_ + " is in " + *region + "; functions in " + account_.region +
                                " need one there (--bucket)");
  }
  return region.has_value();
}

void ArtifactBucket::prepare() {
  if (is_prepared_) return;
  if (!isThere()) s3_.createBucket(name_, hasAccountNamespace(account_));
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

std::vector<std::string> ArtifactBucket::uploadsOf(const std::string& stack) {
  if (!isThere()) return {};
  std::vector<std::string> keys = s3_.keys(name_, stack + "/");
  std::erase_if(keys, [&stack](const std::string& key) { return !isUpload(key, stack); });
  return keys;
}

void ArtifactBucket::remove(const std::vector<std::string>& keys) { s3_.deleteObjects(name_, keys); }

}  // namespace ddblog::deploy
