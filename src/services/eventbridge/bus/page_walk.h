// Reads one page of a list of names in the store: List operations' prefix, limit and token.
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/base64.h"
#include "services/eventbridge/bus/catalog.h"
#include "store/key_space.h"

namespace ddblog::eventbridge {

// The name that `page` continues after; empty: from the beginning. Throws ApiError
// ValidationException for a token that we did not issue.
inline std::string lastOfPageBefore(const ListRequest& page) {
  if (page.token.empty()) return {};
  const auto last = fromBase64(page.token);
  if (!last) throw validationError("Parameter NextToken is not valid.");
  return *last;
}

// The entries under `range` (a key prefix) on the page that `page` asks for. keyOf(name): an
// entry's key; nameOf(key): its name; decode(name, value): the entry; accepts(entry): whether it is
// listed. Throws as lastOfPageBefore.
template <class Entry, class KeyOf, class NameOf, class Decode, class Accepts>
Page<Entry> walkPage(const Reader& reader, const std::string& range, const ListRequest& page, const KeyOf& keyOf,
                     const NameOf& nameOf, const Decode& decode, const Accepts& accepts) {
  std::string begin = range;
  if (!page.token.empty()) begin = keyOf(lastOfPageBefore(page)) + '\0';  // the first key after it
  Page<Entry> answer;
  std::string last;
  for (auto cursor = reader.cursor(begin, endOfPrefix(range)); cursor->valid(); cursor->next()) {
    std::string name = nameOf(cursor->key());
    if (!name.starts_with(page.prefix)) continue;
    Entry entry = decode(std::string_view(name), cursor->value());
    if (!accepts(entry)) continue;
    if (answer.entries.size() == page.limit) {
      answer.next_token = toBase64(last);
      break;
    }
    answer.entries.push_back(std::move(entry));
    last = std::move(name);
  }
  return answer;
}

// The same, without a filter.
template <class Entry, class KeyOf, class NameOf, class Decode>
Page<Entry> walkPage(const Reader& reader, const std::string& range, const ListRequest& page, const KeyOf& keyOf,
                     const NameOf& nameOf, const Decode& decode) {
  return walkPage<Entry>(reader, range, page, keyOf, nameOf, decode, [](const Entry&) { return true; });
}

}  // namespace ddblog::eventbridge
