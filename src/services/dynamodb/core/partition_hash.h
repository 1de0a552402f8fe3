// The hash that decides in which order Scan reads the partitions of a table, and in which segment of
// a parallel Scan a partition is: the first eight bytes of the MD5 of "Outliers" and the hash key's
// bytes, as AWS has it. The bytes of strings are their UTF-8, those of a binary itself. Those of a
// number:
//
//   positive   0xC1 + p   pair + 1 …           p = (power of ten of the first pair of digits) / 2
//   negative   0x3E - p   101 - pair …   0x66  (0x66 only after fewer than 20 pairs)
//   zero       0x80
//
// AWS does not document the hash. dynalite (db/index.js, test/scan.js) found it, and its tests ran
// against AWS. How AWS joins the attributes of a hash key of several is not known; ours are in a row.
//
// Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <span>

#include "item/attribute_value.h"

namespace ddblog::dynamodb {

// `hash_key`: the values of the key's hash attributes; each is a string, a number or binary.
std::uint64_t partitionHash(std::span<const AttributeValue* const> hash_key);

}  // namespace ddblog::dynamodb
