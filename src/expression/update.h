// Updates: what UpdateExpression says, and the legacy AttributeUpdates and PartiQL's SET and REMOVE
// once translated.
//
// A list of actions that all read the old item and together make the new one, in the order SET,
// REMOVE, DELETE, ADD does not matter: no two of them may touch the same place.
//
// Thread safety: value types; apply has no state.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "expression/path.h"
#include "expression/substitutions.h"
#include "item/attribute_value.h"

namespace ddblog {

// What SET assigns: a tree of at most four levels.
struct SetValue {
  enum class Kind {
    kValue,        // value
    kPath,         // what is at path in the old item
    kIfNotExists,  // what is at path in the old item, or else operands[0]
    kListAppend,   // the elements of operands[0], then those of operands[1]
    kPlus,         // operands[0] + operands[1]
    kMinus,        // operands[0] - operands[1]
  };
  Kind kind = Kind::kValue;
  std::shared_ptr<const AttributeValue> value;
  DocumentPath path;
  std::vector<SetValue> operands;

  static SetValue of(AttributeValue value);
  static SetValue at(DocumentPath path);
  static SetValue ifNotExists(DocumentPath path, SetValue otherwise);
  static SetValue listAppend(SetValue first, SetValue second);
  static SetValue plus(SetValue left, SetValue right);
  static SetValue minus(SetValue left, SetValue right);
};

struct UpdateAction {
  enum class Kind {
    kSet,     // path becomes set
    kRemove,  // path goes away
    kAdd,     // a number is added to, a set united with what is at path (missing: 0 or the empty set)
    kDelete,  // the elements of a set are taken out of the set at path; a set that gets empty goes away
  };
  Kind kind = Kind::kSet;
  DocumentPath path;
  SetValue set;                                 // of kSet
  std::shared_ptr<const AttributeValue> value;  // of kAdd and kDelete

  static UpdateAction setTo(DocumentPath path, SetValue set);
  static UpdateAction remove(DocumentPath path);
  static UpdateAction add(DocumentPath path, AttributeValue value);
  static UpdateAction deleteFrom(DocumentPath path, AttributeValue value);
};

struct Update {
  std::vector<UpdateAction> actions;
  // As AttributeUpdates has it: kAdd also appends to lists, and a wrong type at a path is refused
  // as "Type mismatch for attribute to update".
  bool legacy = false;
};

// Throws ApiError ValidationException ("Invalid UpdateExpression: …").
Update parseUpdate(std::string_view text, Substitutions& substitutions);

// The item that the update makes of `old_item` (which holds at least the key; `existed`: it was in
// the table before, so that removing below a missing attribute is refused). Throws ApiError
// ValidationException; limits of size and depth are the caller's to check.
Item apply(const Update& update, const Item& old_item, bool existed);

// Whether any action touches the attribute or something below it (updates may not touch key
// attributes).
bool touches(const Update& update, std::string_view attribute);

// The parts of `image` (the old or the new item) that the update touches: UPDATED_OLD and
// UPDATED_NEW.
Item touchedParts(const Update& update, const Item& image);

}  // namespace ddblog
