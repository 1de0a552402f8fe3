// Reads the resources of a stack, and of the stacks nested in it, into an App; then completes the App with
// what needs all of its resources.
//
// An error in a resource is added to the findings, and reading continues with the next resource.
//
// Thread safety: none; used while a template is read.
#pragma once

#include "template/findings.h"
#include "template/resource.h"
#include "template/stack.h"

namespace ddblog::templates {

void readResources(Stack& stack, Collected& collected, Findings& findings);

// Runs the steps that were put off until all resources are known, and leaves out what would invoke a
// function that is not here.
void completeApplication(Collected& collected, Findings& findings);

}  // namespace ddblog::templates
