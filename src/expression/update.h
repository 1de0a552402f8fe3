// Updates: UpdateExpression, and after translation the legacy AttributeUpdates and PartiQL's SET
// and REMOVE.
//
// An update is a list of actions. All of them read the old item and together they make the new one.
// Their order does not matter, because no two of them may change the same place.
//
// Thread safety: value types; apply is stateless.
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
    kPath,         // the value at path in the old item
    kIfNotExists,  // the value at path in the old item, or operands[0] if there is none
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
    kSet,     // assigns set to path
    kRemove,  // removes path
    kAdd,     // adds a number, or unites a set, with the value at path (missing: 0 or the empty set)
    kDelete,  // removes the elements of a set from the set at path; an empty set is removed
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
  // As in AttributeUpdates: kAdd also appends to lists, and the error for a wrong type at a path is
  // "Type mismatch for attribute to update".
  bool legacy = false;
};

// Throws ApiError ValidationException ("Invalid UpdateExpression: …").
Update parseUpdate(std::string_view text, Substitutions& substitutions);

// Applies the update to `old_item`, which contains at least the key. `existed`: it was in the
// table, in which case removing below a missing attribute is an error. Throws ApiError
// ValidationException. The caller checks the limits of size and depth.
Item apply(const Update& update, const Item& old_item, bool existed);

// Whether any action changes the attribute or something below it (updates may not change key
// attributes).
bool touches(const Update& update, std::string_view attribute);

// The parts of `image` (the old or the new item) that the update changes: UPDATED_OLD and
// UPDATED_NEW.
Item touchedParts(const Update& update, const Item& image);

}  // namespace ddblog
