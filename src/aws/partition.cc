#include "aws/partition.h"

#include <array>

namespace ddblog::aws {
namespace {

constexpr std::array kPartitions = {
    Partition{"cn-", "aws-cn", "amazonaws.com.cn", "console.amazonaws.cn"},
    Partition{"us-gov-", "aws-us-gov", "amazonaws.com", "console.amazonaws-us-gov.com"},
    Partition{"us-isob-", "aws-iso-b", "sc2s.sgov.gov", ""},
    Partition{"us-isof-", "aws-iso-f", "csp.hci.ic.gov", ""},
    Partition{"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", ""},
    Partition{"us-iso-", "aws-iso", "c2s.ic.gov", ""},
    Partition{"eusc-", "aws-eusc", "amazonaws.eu", "console.amazonaws-eusc.eu"},
    Partition{"", "aws", "amazonaws.com", "console.aws.amazon.com"},
};

}  // namespace

const Partition& partitionOf(std::string_view region) {
  for (const Partition& partition : kPartitions) {
    if (region.starts_with(partition.region_prefix)) return partition;
  }
  return kPartitions.back();
}

}  // namespace ddblog::aws
