// Divides a block of IP addresses, as Fn::Cidr does.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
//
// Thread safety: a stateless function.
#pragma once

#include <string>
#include <vector>

namespace ddblog::templates {

// The first `count` parts of the block, each with 2^bits addresses: of "10.0.0.0/16" and 8 "10.0.0.0/24",
// "10.0.1.0/24" …; of "2001:db8::/56" and 64 "2001:db8::/64", "2001:db8:0:1::/64" …. Throws TemplateError: it is no
// block of IPv4 or IPv6, the bits are not below those of an address, or the block has fewer parts.
std::vector<std::string> cidrBlocks(const std::string& block, unsigned count, unsigned bits);

}  // namespace ddblog::templates
