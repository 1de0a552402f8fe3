#include "table_files/foreign_format.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "table_files/csv_rows.h"

namespace ddblog::table_files {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view bytes;
  const char* what;
};

constexpr const char* kUtf16 = "it is UTF-16 text; `iconv -f UTF-16 -t UTF-8` converts it to UTF-8";

constexpr std::array kSignatures = {
    Signature{"\xff\xfe"sv, kUtf16},
    Signature{"\xfe\xff"sv, kUtf16},
    Signature{"PK\x03\x04"sv, "it is a ZIP file; unpack it first"},
    Signature{"\x28\xb5\x2f\xfd"sv, "it is compressed with zstd; decompress it first"},
    Signature{"\xfd\x37zXZ\x00"sv, "it is compressed with xz; decompress it first"},
    Signature{"BZh"sv, "it is compressed with bzip2; decompress it first"},
    Signature{"PAR1"sv, "it is a Parquet file"},
    Signature{"SQLite format 3\x00"sv, "it is an SQLite file, but no archive of events"},
    Signature{"$ion_1_0"sv, "it is an export in Amazon Ion; export it as DYNAMODB_JSON"},
    Signature{"\xe0\x01\x00\xea"sv, "it is an export in Amazon Ion; export it as DYNAMODB_JSON"},
};

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view withoutLeadingSpace(std::string_view text) {
  text.remove_prefix(static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isSpace) - text.begin()));
  return text;
}

// The name of an object's first member; empty if there is none, or if the text is cut off before it.
std::string_view firstMember(std::string_view object) {
  object = withoutLeadingSpace(object.substr(1));
  if (object.empty() || object.front() != '"') return {};
  const std::size_t end = object.find('"', 1);
  return end == std::string_view::npos ? std::string_view() : object.substr(1, end - 1);
}

bool isOneOf(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Letters of one byte and a zero byte in turn.
bool isUtf16WithoutMark(std::string_view text) {
  return text.size() >= 4 && ((text[0] == '\0' && text[2] == '\0') || (text[1] == '\0' && text[3] == '\0'));
}

bool isManifest(std::string_view object) {
  return isOneOf(firstMember(object), {"exportArn", "version", "itemCount", "md5Checksum", "etag", "dataFileS3Key"});
}

// The text after the first member's name and colon.
std::string_view firstValue(std::string_view object) {
  const std::string_view name = firstMember(object);
  if (name.empty()) return {};
  const std::string_view rest = object.substr(static_cast<std::size_t>(name.data() - object.data()) + name.size() + 1);
  const std::string_view colon = withoutLeadingSpace(rest);
  return colon.starts_with(':') ? withoutLeadingSpace(colon.substr(1)) : std::string_view();
}

bool isSpread(std::string_view object) {
  const std::string_view first_line = object.substr(0, object.find('\n'));
  return std::all_of(first_line.begin() + 1, first_line.end(), isSpace);
}

TextFormat formatOfObject(std::string_view text) {
  if (isManifest(text)) return TextFormat::kForeign;
  const std::string_view name = firstMember(text);
  if (isOneOf(name, {"Items", "Count", "ScannedCount", "ConsumedCapacity", "LastEvaluatedKey", "RequestItems"})) {
    return TextFormat::kElements;
  }
  if (firstValue(text).starts_with('[')) return TextFormat::kElements;  // of batch-write-item: a table's requests
  return isSpread(text) ? TextFormat::kForeign : TextFormat::kLines;
}

}  // namespace

std::string foreignFormat(std::string_view beginning) {
  for (const Signature& signature : kSignatures) {
    if (beginning.starts_with(signature.bytes)) return signature.what;
  }
  if (isUtf16WithoutMark(beginning)) return kUtf16;
  const std::string_view text = withoutLeadingSpace(beginning);
  if (text.starts_with('{') && isManifest(text)) {
    return "it is the manifest of an export; import the directory that contains it";
  }
  if (text.starts_with('{')) return "its JSON objects are spread over several lines; `jq -c .` makes one line of each";
  return text.find('\0') != std::string_view::npos ? "it is a binary file" : "it is neither JSON nor CSV with a header";
}

TextFormat formatOf(std::string_view beginning) {
  const bool is_foreign = isUtf16WithoutMark(beginning) || std::ranges::any_of(kSignatures, [&](const Signature& one) {
                            return beginning.starts_with(one.bytes);
                          });
  if (is_foreign) return TextFormat::kForeign;
  const std::string_view text = withoutLeadingSpace(beginning);
  if (text.empty()) return TextFormat::kLines;
  if (text.front() == '[') return TextFormat::kElements;
  if (text.front() == '{') return formatOfObject(text);
  const std::string_view first_line = text.substr(0, text.find('\n'));
  const bool is_binary = first_line.find('\0') != std::string_view::npos;
  return !is_binary && separatorOf(beginning) != '\0' ? TextFormat::kCsv : TextFormat::kForeign;
}

}  // namespace ddblog::table_files
