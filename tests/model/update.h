// Updates of the model: carried out here in the plainest way, and written as expressions or as AttributeUpdates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/placeholders.h"
#include "model/value.h"

namespace ddblog::model {

struct Action {
  enum class Kind {
    kSet,             // path = value
    kSetIfAbsent,     // path = if_not_exists(from, value)
    kCopy,            // path = from
    kPlus,            // path = from + value
    kMinus,           // path = from - value
    kCount,           // path = if_not_exists(path, other) + value
    kAppend,          // path = list_append(from, value)
    kPrepend,         // path = list_append(value, from)
    kAppendIfAbsent,  // path = list_append(if_not_exists(path, other), value)
    kRemove,
    kAdd,     // of a number or a set
    kDelete,  // from a set
  };
  Kind kind = Kind::kSet;
  Path path;
  Path from;
  Value value;
  Value other;
};

// No two actions have the same attribute, unless each has another member or element of it.
struct Update {
  std::vector<Action> actions;
};

// The item after it; nullopt: DynamoDB refuses it (ValidationException). `existed`: whether the item was there; if not,
// `before` is its key.
std::optional<Item> carryOut(const Update& update, const Item& before, bool existed);

// What UPDATED_OLD and UPDATED_NEW show of an image.
Item touchedParts(const Update& update, const Item& image);
// Whether that is well defined: elements of lists stay where they are.
bool keepsElementsInPlace(const Update& update);

std::string write(const Update& update, Placeholders& placeholders);
// The value of AttributeUpdates; nullopt: it has no such form.
std::optional<std::string> writeLegacy(const Update& update, unsigned spelling);

// The parts of an item at some paths, inside the maps and lists that they are in; chosen elements follow one another.
Item project(const std::vector<Path>& paths, const Item& item);

}  // namespace ddblog::model
