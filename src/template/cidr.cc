#include "template/cidr.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstdint>

#include "template/template_error.h"

namespace ddblog::templates {
namespace {

// An address of IPv6, or of IPv4 in its first four bytes.
using Address = std::array<std::uint8_t, 16>;

struct Family {
  int number;
  unsigned bits;  // of an address
};
constexpr Family kIpv4{AF_INET, 32};
constexpr Family kIpv6{AF_INET6, 128};

// Adds 2^bit.
void advance(Address& address, const Family& family, unsigned bit) {
  std::size_t byte = (family.bits - 1 - bit) / 8;
  unsigned carry = 1U << bit % 8;
  while (carry > 0) {
    const unsigned sum = address[byte] + carry;
    address[byte] = static_cast<std::uint8_t>(sum);
    carry = sum >> 8;
    if (byte-- == 0) return;
  }
}

// Clears the bits below the prefix: a block begins at its first address.
void clearHost(Address& address, const Family& family, unsigned prefix) {
  for (unsigned bit = prefix; bit < family.bits; ++bit) {
    address[bit / 8] = static_cast<std::uint8_t>(address[bit / 8] & ~(0x80U >> bit % 8));
  }
}

std::string addressText(const Address& address, const Family& family) {
  char text[INET6_ADDRSTRLEN];
  return ::inet_ntop(family.number, address.data(), text, sizeof text);
}

}  // namespace

std::vector<std::string> cidrBlocks(const std::string& block, unsigned count, unsigned bits) {
  const std::size_t slash = block.find('/');
  const std::string first = block.substr(0, slash);
  Address address{};
  const Family& family = first.find(':') == std::string::npos ? kIpv4 : kIpv6;
  unsigned prefix = family.bits;
  bool is_block = ::inet_pton(family.number, first.c_str(), address.data()) == 1;
  if (is_block && slash != std::string::npos) {
    const char* end = block.data() + block.size();
    const auto [rest, error] = std::from_chars(block.data() + slash + 1, end, prefix);
    is_block = error == std::errc() && rest == end && prefix <= family.bits;
  }
  if (!is_block) throw TemplateError("Fn::Cidr must have a block of IPv4 or IPv6");
  if (bits < 1 || bits >= family.bits) {
    throw TemplateError("Fn::Cidr: cidrBits must be from 1 to " + std::to_string(family.bits - 1));
  }
  const unsigned host = family.bits - prefix;  // bits
  const bool is_large = host >= bits && (host - bits >= 16 || count <= 1U << (host - bits));
  if (!is_large) throw TemplateError("Fn::Cidr: the block has no " + std::to_string(count) + " parts of that size");
  clearHost(address, family, prefix);
  std::vector<std::string> blocks;
  for (unsigned i = 0; i < count; ++i) {
    blocks.push_back(addressText(address, family) + "/" + std::to_string(family.bits - bits));
    advance(address, family, bits);
  }
  return blocks;
}

}  // namespace ddblog::templates
