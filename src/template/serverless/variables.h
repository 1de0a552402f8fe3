// Resolves the variables of a serverless.yml, each when it is first needed: what the offline cloud
// does not use is never resolved, so it cannot fail.
//
//   Variables variables(directory, root, inputs, notes);
//   const Tree* table = variables.get("custom.table");   // resolved, with everything below it
//
// Sources: self, opt, env, file (yml, json, js by node, text), sls, aws, param, strToBool; of what
// is only in AWS (cf, ssm, s3 and those of plugins) the values come from `inputs.given`, by the
// variable's text: "ssm:/users/secret".
//
// A fallback is used if a value is missing or null. A variable without a value and a fallback becomes a
// text that names it, and a note says so, if the value comes from outside the service's files: from AWS,
// the environment, the command line, or a file that is not there. Otherwise it is an error.
// Errors: TemplateError "file:line: …".
// Sources of facts: https://www.serverless.com/framework/docs/guides/variables and /parameters.
// Limits: kResolvedNodes, kResolvedBytes, kFilesRead, kFileBytes; variables that refer to themselves are an error.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "template/serverless/notes.h"
#include "template/serverless/script.h"
#include "template/serverless/tree.h"
#include "template/serverless/variable_delimiters.h"
#include "template/serverless/variable_syntax.h"

namespace ddblog::templates::serverless {

inline constexpr std::size_t kResolvedNodes = 300'000;    // copied by variables, in all
inline constexpr std::size_t kResolvedBytes = 64u << 20;  // of texts that variables copy, join and read, in all
inline constexpr std::size_t kFilesRead = 500;
inline constexpr std::size_t kFileBytes = 4u << 20;

struct VariableInputs {
  std::string stage;                         // ${opt:stage}, ${sls:stage}
  std::string region;                        // ${opt:region}, ${aws:region}
  std::string account_id;                    // ${aws:accountId}
  bool is_stage_given = true;                // else ${opt:stage} has no value
  bool is_for_aws = false;                   // what is only in AWS is resolved there, or has to be given
  std::map<std::string, std::string> given;  // --parameter: ${opt:NAME}, ${param:NAME} and of what is in AWS
};

class Variables {
 public:
  // `root` is resolved in place; it, the inputs, the notes and the scripts must outlive this.
  Variables(std::filesystem::path directory, Tree& root, const VariableInputs& inputs, Notes& notes, Scripts& scripts);

  // The resolved value; nullptr if there is none, or it is null.
  const Tree* get(std::string_view path);
  // Resolves a node alone: afterwards it is no variable, but what is below it may be one.
  void resolveNode(Tree& tree);
  void resolveAll(Tree& tree);
  // The value of the text of a variable without ${}: "self:custom.table". For scripts.
  json::value evaluate(const std::string& variable);
  // Variables of ${env:}; those that are known already stay as they are.
  void addEnvironment(const std::map<std::string, std::string>& environment);
  // Before version 3 of the framework: a ${self:} that nothing is at is no error, and `provider.variableSyntax`
  // (nullopt: the usual one) may write variables otherwise, also in files that are read.
  void useVersion2() { is_before_version_3_ = true; }
  void useDelimiters(std::optional<VariableDelimiters> delimiters) { delimiters_ = std::move(delimiters); }
  // The texts that stand in for values, and those that are made of these.
  const std::set<std::string, std::less<>>& standIns() const { return stand_ins_; }
  bool isStandIn(const Tree& tree) const;

  // While it lives, a variable without a value is an error, unless its value is in AWS.
  class WithoutStandIns {
   public:
    explicit WithoutStandIns(Variables& variables) : variables_(variables) { variables_.uses_stand_ins_ = false; }
    ~WithoutStandIns() { variables_.uses_stand_ins_ = true; }
    WithoutStandIns(const WithoutStandIns&) = delete;

   private:
    Variables& variables_;
  };

 private:
  struct BeingResolved;
  // A value, or nothing: then the next source is tried.
  using Found = std::optional<Tree>;

  Tree resolveText(const VariableText& text, const Place& place);
  Tree resolveVariable(const Variable& variable, const Place& place);
  Found resolveSource(const VariableSource& source, const Place& place, const Variable& variable);
  Found self(const std::string& address, const Place& place);
  Found option(const std::string& name, const Place& place) const;
  Found parameter(const std::string& name, const Place& place);
  Found file(const VariableSource& source, const std::string& address, const Place& place);
  Found framework(const std::string& address, const Place& place) const;
  Found aws(const std::string& address, const Place& place) const;
  Found toBoolean(const VariableSource& source, const Place& place);
  Found outsideValue(const std::string& name, const Place& place) const;
  Found ownOutput(const std::string& address);
  bool usesStandIns() const { return uses_stand_ins_ && !inputs_.is_for_aws; }
  Found usedOption(const Variable& variable, const Place& place);
  std::string nameOf(const VariableSource& source, const Place& place);
  Tree standIn(const Variable& variable, const Place& place);
  bool isBelowStandIn(const std::string& address);

  std::string textOf(const VariableText& text, const Place& place);
  // The node below `from`; nullptr if there is none. Resolves the nodes on the way.
  Tree* descend(Tree& from, std::string_view path);
  Found unreadable(const Place& place, const std::string& why);
  Tree* load(const std::filesystem::path& file, const Place& place);
  Found copyOf(const Tree* tree, const Place& place);
  void countResolved(std::size_t bytes, const Place& place);  // throws TemplateError at the limit
  json::object scriptOptions() const;

  const std::filesystem::path directory_;
  Tree& root_;
  const VariableInputs& inputs_;
  Notes& notes_;
  Scripts& scripts_;
  std::map<std::string, std::string> environment_;
  std::map<std::filesystem::path, Tree> files_;  // those that were read
  std::map<std::string, Tree> results_;          // what a script returned, by file and address
  std::set<std::string, std::less<>> stand_ins_;
  std::set<std::string> noted_;  // variables without a value, with what stands in
  std::optional<VariableDelimiters> delimiters_;
  bool uses_stand_ins_ = true;
  bool is_before_version_3_ = false;
  std::map<std::string, std::string> failed_;  // why a script failed, by file and address: it runs once
  std::size_t copied_nodes_ = 0;
  std::size_t resolved_bytes_ = 0;
  int depth_ = 0;
};

}  // namespace ddblog::templates::serverless
