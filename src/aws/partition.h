// The partitions of AWS: groups of regions with accounts, ARNs and host names of their own.
// Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
// and the AWS SDKs' endpoint data.
//
// Thread safety: a pure function.
#pragma once

#include <string_view>

namespace ddblog::aws {

struct Partition {
  std::string_view region_prefix;   // "cn-"; empty: any other region
  std::string_view name;            // "aws-cn": the second part of an ARN
  std::string_view domain;          // "amazonaws.com.cn": the end of host names
  std::string_view console_domain;  // "console.amazonaws.cn"; empty: we know none
};

// The partition of a region. An unknown region is taken for one of the largest partition, "aws".
const Partition& partitionOf(std::string_view region);

}  // namespace ddblog::aws
