// Where a function's code is: a directory, a zip archive, or text in the template. What does not run
// here, or is not built yet, is a note.
//
// Thread safety: none; used while a template is read.
#pragma once

#include "template/resource.h"

namespace ddblog::templates {

// Sets the code of a function whose runtime and handler are set. False: it cannot run here, and a
// note says why. Throws TemplateError for a property of the wrong type.
bool readCode(Reading& reading, const Resource& resource, App::Function& function);

}  // namespace ddblog::templates
