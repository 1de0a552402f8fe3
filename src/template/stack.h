// One template of an application: the outermost, or that of a nested stack.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "template/intrinsics.h"

namespace ddblog::templates {

class Stack {
 public:
  // `name_prefix`: "" or "Nested-". Throws TemplateError: this is no template, or does not take the
  // parameters.
  Stack(Node document, std::map<std::string, std::string> parameters, Shared& shared, std::filesystem::path directory,
        std::string name_prefix);
  Stack(const Stack&) = delete;

  const Node& resources() const { return *document_.find("Resources"); }
  Intrinsics& intrinsics() { return intrinsics_; }
  const std::filesystem::path& directory() const { return directory_; }

  // The stack of a resource AWS::CloudFormation::Stack or AWS::Serverless::Application; nullptr: its
  // template is no local file, which is a note. Throws TemplateError.
  Stack* nested(const std::string& logical_id);

 private:
  static Node prepared(Node document, Shared& shared, const std::filesystem::path& directory);
  std::unique_ptr<Stack> readNested(const std::string& logical_id, const Node& declaration);
  std::optional<std::string> outputOf(const std::string& logical_id, const std::string& name);
  void declareExports();

  Shared& shared_;
  const std::filesystem::path directory_;
  const std::string name_prefix_;
  Node document_;
  Parameters parameters_;
  Intrinsics intrinsics_;
  std::map<std::string, std::unique_ptr<Stack>> nested_;
  std::map<std::string, TemplateError> failed_;  // nested stacks that cannot be read
  std::set<std::string> in_progress_;            // nested stacks that are being read
};

}  // namespace ddblog::templates
