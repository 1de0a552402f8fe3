// Reads a list that a service returns in pages.
//
//   forEachPage("The list of stacks", 20, [&](const std::string& token) { …; return next_token; });
//
// Thread safety: a stateless function.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace ddblog::aws {

// Reads one page: that of `token`, "" for the first. Returns the token of the next one; "": there is none.
using ReadPage = std::function<std::string(const std::string& token)>;

// Reads all pages. Throws std::runtime_error if a page is its own next one, or if there are more than `most`: what was
// read is not the whole list. `list` begins the sentence.
void forEachPage(std::string_view list, std::size_t most, const ReadPage& read);

}  // namespace ddblog::aws
