// The conditions of a template (intrinsics.h).
#include "template/intrinsics.h"

namespace ddblog::templates {

bool Intrinsics::condition(const std::string& name, Place place) {
  if (const auto known = conditions_.find(name); known != conditions_.end()) return known->second;
  const Node* conditions = document_.find("Conditions");
  const Node* found = conditions ? conditions->find(name) : nullptr;
  if (!found) throw TemplateError("there is no condition " + name, place);
  const std::string mark = "condition " + name;
  if (!in_progress_.insert(mark).second)
    throw TemplateError("circular references: the condition " + name, found->place);
  try {
    const bool holds = truth(*found);
    in_progress_.erase(mark);
    return conditions_[name] = holds;
  } catch (...) {
    in_progress_.erase(mark);
    throw;
  }
}

bool Intrinsics::truth(const Node& value) {
  const Nesting nesting(depth_);
  if (value.isScalar() && (value.text == "true" || value.text == "false")) return value.text == "true";
  if (!value.isMap() || value.members.size() != 1) throw TemplateError("a condition must be a function", value.place);
  const auto& [function, argument] = value.members.front();
  if (function == "Condition") return condition(text(argument, "Condition"), value.place);
  if (function == "Fn::Equals") {
    const std::vector<Node>& two = argument.elements;
    if (two.size() != 2) throw TemplateError("Fn::Equals must be a list of two", value.place);
    const std::size_t stand_ins_before = stand_ins_used_;
    const std::optional<Node> left = evaluate(two[0]);
    const std::optional<Node> right = evaluate(two[1]);
    stand_ins_used_ = stand_ins_before;  // a text is not made of what decides about it
    if (left && right && left->isScalar() && right->isScalar()) return left->text == right->text;
    return left.value_or(Node()).toJson() == right.value_or(Node()).toJson();
  }
  if (function == "Fn::Not") {
    if (argument.elements.size() != 1) throw TemplateError("Fn::Not must be a list of one", value.place);
    return !truth(argument.elements[0]);
  }
  const bool all = function == "Fn::And";
  if (!all && function != "Fn::Or") throw TemplateError("a condition cannot be " + function, value.place);
  if (argument.elements.size() < 2) throw TemplateError(function + " must be a list of at least two", value.place);
  for (const Node& part : argument.elements) {
    if (truth(part) != all) return !all;
  }
  return all;
}

}  // namespace ddblog::templates
