// The resources that the last template declared, in the store: what this one no longer declares is deleted.
//
//   0x50 text("") text("") text(kind) … -> ""
//
// No bus and no table has an empty name, so these are neither among the rules (provision.cc) nor among
// the indexes (provision_tables.cc).
//
// Thread safety: as the store's.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "store/key_space.h"
#include "store/store.h"

namespace ddblog::deploy {

// The key of a resource, to which the caller adds what names it.
KeyBuilder declaredKey(const char* kind);

// Stores the resources of a kind that this template declares. For each that only the last template
// declared, calls `erase` with the rest of its key after the kind.
void replaceDeclared(Store& store, const char* kind, const std::set<std::string>& declared,
                     const std::function<void(KeyParser)>& erase);

}  // namespace ddblog::deploy
