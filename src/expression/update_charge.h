// The size that an update expression counts towards the 400 KB limit of an update, regardless of
// the item.
//
// UpdateItem checks that limit twice: with this size, computed from the request alone before the
// item is read, and with the size of the resulting item. Costs in bytes, as dynoxide measured them
// at AWS (https://github.com/nubo-db/dynoxide):
//
//   expression      3
//   SET, ADD        19, its target, and its value (ADD: the value's size)
//   REMOVE, DELETE  1, and its target
//   target          its first step, and for each other step 4 and its length
//   step            bytes of the name, digits of the number
//   path            1, and for each step 14 and its length
//   a + b           34 and its operands
//   a - b           37 and its operands
//   if_not_exists   39 and its operands
//   list_append     37 and its operands
//
// Thread safety: a stateless function.
#pragma once

#include <cstddef>

#include "expression/update.h"

namespace ddblog {

std::size_t requestCharge(const Update& update);

}  // namespace ddblog
