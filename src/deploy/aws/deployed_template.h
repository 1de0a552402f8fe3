// Which template is deployed, and the application's name, after which its stack is named.
//
// `cdk synth` writes a directory, cdk.out, with a template for each stack and the file manifest.json. A deployment is
// of one stack, so each stack of an application needs a name of its own.
//
// Errors: PackageError. Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <string>

namespace ddblog::deploy {

// The template in a directory that `cdk synth` writes; a file is the template itself. Throws if the directory has
// several stacks.
std::filesystem::path deployedTemplate(const std::filesystem::path& given);

// The name of the folder that the template is in:
//
//   users/template.yaml                          users
//   shop/cdk.out/Shop.template.json              shop         if it is the only stack in cdk.out
//   shop/cdk.out/Data.template.json              shop-Data    if there are several
//   shop/cdk.out/assembly-Prod/A.template.json   shop-A       of a stage of CDK, likewise
//
// A directory's is that of its only stack.
std::string applicationName(const std::filesystem::path& given);

}  // namespace ddblog::deploy
