// The names and values of a request's expressions: some attributes go under a #name, all values under a :value.
#pragma once

#include <string>
#include <vector>

#include "model/rng.h"
#include "model/value.h"

namespace ddblog::model {

class Placeholders {
 public:
  explicit Placeholders(Rng& rng) : rng_(rng), spelling_(static_cast<unsigned>(rng.below(100))) {}

  std::string name(const std::string& attribute);
  std::string path(const Path& path);
  std::string value(const Value& value);
  // `,"ExpressionAttributeNames":{…},"ExpressionAttributeValues":{…}`, as far as there are any.
  void append(std::string& body) const;

 private:
  Rng& rng_;
  unsigned spelling_;
  std::vector<std::string> names_;
  std::string values_;
  int value_count_ = 0;
};

}  // namespace ddblog::model
