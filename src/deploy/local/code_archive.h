// The zip archive of a function whose code is one: a file, or a module that stands in the template.
//
// Thread safety: stateless functions.
#pragma once

#include <string>

#include "template/app.h"

namespace ddblog::deploy {

// Empty: the code is a directory. Code in the template becomes the module "index" of Node.js or
// Python. Throws ProvisionError: the file cannot be read or is over 50 MB (Lambda's limit), or the
// runtime takes no code in the template.
std::string codeArchive(const templates::App::Function& function);

}  // namespace ddblog::deploy
