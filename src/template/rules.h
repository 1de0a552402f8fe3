// Rules of a bus and their targets, from AWS::Events::Rule and from SAM's events of functions.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <string>
#include <vector>

#include "template/resource.h"

namespace ddblog::templates {

// A Target of PutTargets: of AWS::Events::Rule, or the same properties of an event.
json::object targetOf(const Properties& properties);

// The name in a bus's ARN; a name is returned unchanged.
std::string busName(const std::string& name_or_arn);

// Whether a bus, by name or ARN, can be here: one of another region or account is that of the same name.
// If not, a note says so: it is a partner's. `owner`: the logical id that the note names.
bool isBusHere(Reading& reading, const std::string& owner, const std::string& name_or_arn, Place place);

// Adds the rule with those of its targets that can be delivered to; the others are notes. `rule`: a
// PutRule request. `owner`: the logical id that the notes name. False, with a note: its bus cannot
// be here, so it does not run.
bool addRule(Reading& reading, const std::string& owner, json::object rule, std::vector<json::object> targets,
             Place place);

// A bus that no resource declares, by name or ARN, is made too: it belongs to another stack.
void needBus(Reading& reading, const std::string& name_or_arn, Place place);

}  // namespace ddblog::templates
