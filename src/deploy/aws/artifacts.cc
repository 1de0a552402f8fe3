#include "deploy/aws/artifacts.h"

#include <algorithm>

#include "aws/partition.h"
#include "base/digests.h"

namespace ddblog::deploy {

std::string Artifacts::addCode(const CodePackage& package, const std::string& user) {
  return add({request_.stack_name + "/" + package.key + ".zip", user, package.zip}, user);
}

std::string Artifacts::addText(std::string content, const std::string& ending, const std::string& user) {
  const std::string key = request_.stack_name + "/" + sha256Hex(content) + "." + ending;
  return add({key, user, [content = std::move(content)] { return content; }}, user);
}

std::string Artifacts::add(Artifact artifact, const std::string& user) {
  const auto known = std::ranges::find(artifacts_, artifact.key, &Artifact::key);
  if (known == artifacts_.end()) {
    artifacts_.push_back(std::move(artifact));
    return artifacts_.back().key;
  }
  known->description += ", " + user;
  return known->key;
}

std::string Artifacts::url(const std::string& key) const {
  if (request_.url) return request_.url(key);
  const std::string_view domain = aws::partitionOf(request_.region).domain;
  return "https://s3." + request_.region + "." + std::string(domain) + "/" + request_.bucket + "/" + key;
}

}  // namespace ddblog::deploy
