// Evaluates the intrinsic functions and the conditions of one template, when a value is used: what
// nobody reads is never evaluated.
//
// Functions: Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::Select, Fn::Split, Fn::If, Fn::FindInMap,
// Fn::ImportValue, Fn::Base64, Fn::Cidr, Fn::GetAZs, Fn::Length, Fn::ToJsonString, Fn::Transform
// (AWS::Include) and Fn::ForEach; of conditions Fn::Equals, Fn::And, Fn::Or, Fn::Not. Dynamic
// references ({{resolve:ssm:…}}) are replaced too. Source:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
//
// A value that only AWS knows (another stack's export, a stored secret) is a note, and a stand-in.
//
// Limits, ours: 100 levels of nested functions, references and conditions, 1 MB of text in one value,
// 1,000,000 evaluated nodes and 64 MB of evaluated text in all. Thread safety: none; used while a
// template is read.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "template/findings.h"
#include "template/node.h"
#include "template/outside.h"
#include "template/parameters.h"
#include "template/template_error.h"

namespace ddblog::templates {

// What the templates of one application share.
struct Shared {
  const PseudoParameters& pseudo;
  const Outside& outside;
  Findings& findings;
  // Outputs of the stacks that were read, by the names under which they are exported.
  std::map<std::string, std::function<std::string()>> exports = {};
  StandIns stand_ins = {};
  // Something else may add resources that the document does not declare, and it may have none: a macro, or,
  // for a serverless.yml, the framework and its plugins.
  bool may_get_resources = false;
  std::size_t evaluated = 0;        // nodes
  std::size_t evaluated_bytes = 0;  // of their texts
  std::size_t stacks = 0;
};

class Intrinsics {
 public:
  // `document`: the whole template. `name_prefix`: goes before default names of resources (of a nested
  // stack; empty for the outermost). All must outlive this.
  Intrinsics(Node& document, Parameters& parameters, Shared& shared, std::filesystem::path directory,
             std::string name_prefix = "");

  // The value with all its functions evaluated. std::nullopt: AWS::NoValue, so there is none. Throws
  // TemplateError.
  std::optional<Node> evaluate(const Node& value);
  // The same of a value that must be a text; numbers and booleans are texts as they are written.
  // `where` begins the error's text.
  std::string text(const Node& value, std::string_view where);
  // Whether the condition with this name holds.
  bool condition(const std::string& name, Place place);

  // The declaration of a resource; nullptr: there is none.
  const Node* resource(std::string_view logical_id) const;
  // Whether the stack declares a resource of this type with this physical name.
  bool declares(std::string_view type, std::string_view name);
  // SAM's Globals for resources of a kind ("Function"); nullptr: there are none.
  const Node* globals(std::string_view kind) const;
  // A resource's explicit name, otherwise one made of its logical id.
  std::string physicalName(const std::string& logical_id);
  std::string arn(const std::string& logical_id);
  // Whether the text stands in for a value which nobody gave, or is made of one that does.
  bool isStandIn(std::string_view text) const;
  // How often a value was one that stands in: it grows while one is evaluated that is made of such.
  std::size_t standInsUsed() const { return stand_ins_used_; }
  const PseudoParameters& pseudo() const { return shared_.pseudo; }
  Findings& findings() { return shared_.findings; }
  // For paths in the template.
  const std::filesystem::path& directory() const { return directory_; }
  // The name of a resource that has none of its own: made of its logical id, at most 64 bytes, which all
  // types take but archives.
  static constexpr std::size_t kNameBytes = 64;
  std::string nameOf(const std::string& logical_id, std::size_t most = kNameBytes) const;

  // The value of a nested stack's output; set by who reads nested stacks.
  using NestedOutput =
      std::function<std::optional<std::string>(const std::string& logical_id, const std::string& name)>;
  void setNestedOutputs(NestedOutput outputs) { nested_output_ = std::move(outputs); }

 private:
  // Counts how deep evaluations are nested.
  struct Nesting {
    explicit Nesting(int& depth);
    ~Nesting() { --depth; }
    Nesting(const Nesting&) = delete;
    int& depth;
  };

  class Expansion;

  // Adds a text that stands in for a value.
  void standIn(const std::string& text);
  // Throw TemplateError at a limit.
  void countNodes(std::size_t nodes, Place place);
  void countBytes(std::size_t bytes, Place place);
  static void checkLength(const std::string& text);
  std::optional<Node> call(const Node::Member& function, Place place);
  std::optional<Node> callLanguageExtension(const Node::Member& function, Place place);
  Node getAttribute(const Node& argument, Place place);
  Node scalar(const Node& value);

  // loops.cc: replace the Fn::ForEach and Fn::Transform members of a map by what they make.
  void expand(Node& section);
  Node expanded(const Node::Member& member, Place place);
  void expandMember(const Node::Member& member, Expansion& into);
  void expandForEach(const Node::Member& loop, Expansion& into);

  // functions.cc
  Node join(const Node& argument);
  Node select(const Node& argument);
  Node split(const Node& argument);
  bool holdsStandIn(std::string_view text) const;
  Node findInMap(const Node& argument);
  Node importValue(const Node& argument);
  Node cidr(const Node& argument);
  Node zones(const Node& argument);
  Node length(const Node& argument);
  Node toJsonString(const Node& argument);
  std::string substitute(const Node& argument);
  std::optional<Node> choose(const Node& argument);
  Node list(const Node& value, std::string_view function);
  std::string storedValue(const std::string& reference, Place place);
  std::string withStoredValues(const std::string& text, Place place);

  // conditions.cc
  bool truth(const Node& condition);

  // references.cc
  Node reference(const std::string& name, Place place);
  std::string attribute(const std::string& logical_id, const std::string& name, Place place);
  std::optional<std::string> pseudoParameter(std::string_view name) const;
  std::string typeOf(const std::string& logical_id) const;
  Node standInForResource(const std::string& logical_id, const std::string& value, Place place);
  std::string property(const std::string& logical_id, std::string_view name);
  std::string defaultName(const std::string& logical_id, const std::string& type);
  std::string lambdaName(const std::string& logical_id, const std::string& type);
  std::string fill(std::string_view pattern, const std::string& logical_id, const std::string& type);
  std::string placeholder(std::string_view name, const std::string& logical_id, const std::string& type);
  bool isForeignAttribute(const Node& value) const;
  std::string unknownValue(std::string value);
  std::string attributeByName(const std::string& logical_id, const std::string& type, std::string_view name);

  Node& document_;
  Parameters& parameters_;
  Shared& shared_;
  const std::filesystem::path directory_;
  const std::string name_prefix_;
  NestedOutput nested_output_;
  std::unordered_map<std::string_view, const Node*> resources_;
  std::map<std::string, bool> conditions_;    // whose truth is known
  std::map<std::string, std::string> names_;  // physical names that are known
  std::set<std::string> in_progress_;         // names and conditions that are being evaluated
  int depth_ = 0;
  std::size_t stand_ins_used_ = 0;
};

}  // namespace ddblog::templates
