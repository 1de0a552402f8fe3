// The zip archives of functions and layers, each stored once, however many of them share it.
//
//   kCode  <SHA-256> <number>     a part of the archive: kPartBytes, the last one fewer
//
// An archive is stored in the transaction that makes the first function or layer with it, and erased
// in the one that removes the last. Snapshots of the store contain it.
//
// Thread safety: pure functions; put and erase on the writer thread, in a transaction.
#pragma once

#include <string>
#include <string_view>

#include "services/lambda/functions/function.h"
#include "store/store.h"

namespace ddblog::lambda {

Code codeOf(std::string_view zip);

// Stores the archive, unless it is there.
void putCode(Transaction& transaction, const Code& code, std::string_view zip);
// Erases the archive, unless a function, a version or a layer refers to it.
void eraseUnusedCode(Transaction& transaction, const Code& code);
// Throws std::runtime_error if it is not there, or damaged.
std::string readCode(const Reader& reader, const Code& code);

}  // namespace ddblog::lambda
