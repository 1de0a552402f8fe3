// Event source mappings, from AWS::Lambda::EventSourceMapping and from SAM's events of functions.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <string>

#include "template/resource.h"

namespace ddblog::templates {

// Adds a mapping with the settings in `properties`. False, with a note: its source does not run here.
// `owner`: what the notes name.
bool addMapping(Reading& reading, const std::string& owner, const Properties& properties,
                const std::string& declared_source, const std::string& declared_function);

}  // namespace ddblog::templates
