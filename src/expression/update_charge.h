// What an update expression counts towards the 400 KB that an update may have, whatever the item
// holds.
//
// UpdateItem is held to that limit twice: by this, worked out from the request alone before the
// item is read, and by the item that it makes. Costs in bytes, as measured at AWS by dynoxide
// (https://github.com/nubo-db/dynoxide):
//
//   expression 3;  SET 19 + target + value;  ADD 19 + target + size;  REMOVE 1 + target;  DELETE 1 + target
//   target     its first step, and 4 more than each other step     step   bytes of the name, digits of the number
//   path       1, and 14 more than each step     a + b 34     a - b 37     if_not_exists 39     list_append 37
//
// Thread safety: a free function without state.
#pragma once

#include <cstddef>

#include "expression/update.h"

namespace ddblog {

std::size_t requestCharge(const Update& update);

}  // namespace ddblog
