// The key spaces of DynamoDB and its Streams (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::dynamodb::key_spaces {

inline constexpr KeySpace kTables{0x10};             // table catalog
inline constexpr KeySpace kItems{0x11};              // items
inline constexpr KeySpace kIndexEntries{0x12};       // index entries
inline constexpr KeySpace kTransactionTokens{0x13};  // client request tokens
inline constexpr KeySpace kExpiry{0x14};             // expiry (TTL) queue
inline constexpr KeySpace kTableExtras{0x15};        // other data of a table: tags, policies, backups, statistics
inline constexpr KeySpace kStreams{0x20};            // stream descriptions, heads and shards
inline constexpr KeySpace kChangeRecords{0x21};      // change records

}  // namespace ddblog::dynamodb::key_spaces
