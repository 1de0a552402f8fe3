// The templates that `cdk synth` writes into a directory, cdk.out.
//
//   Shop.template.json                      a stack
//   ShopCarts12AB.nested.template.json      belongs to the stack that names it
//   assembly-Prod/ProdShop.template.json    a stack of the stage Prod
//
// Source: https://github.com/aws/aws-cdk/blob/main/design/cloud-assembly.md
// Limit, ours: 200 stacks. Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ddblog::templates {

// By its name: whether the file is such a stack's.
bool isSynthesizedStack(const std::filesystem::path& file);
// "Shop" of "cdk.out/Shop.template.json".
std::string stackIn(const std::filesystem::path& file);
// In the order of their names, those of stages last. Throws TemplateError: there are none, or too many.
std::vector<std::filesystem::path> synthesizedStacks(const std::filesystem::path& directory);

}  // namespace ddblog::templates
