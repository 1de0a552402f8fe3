// The records of one file to import, in whatever of these formats it is:
//
//   {"Item": {…}}                         a line each: DynamoDB's export; import_files.h
//   [{…}, {…}]                            an array of items, in DynamoDB's JSON or in plain JSON
//   {"Items": [{…}], "Count": 1}          what `aws dynamodb scan` and `query` print
//   {"users": [{"PutRequest": {"Item": {…}}}, {"DeleteRequest": {"Key": {…}}}]}
//                                         a file for `aws dynamodb batch-write-item`; also with an
//                                         outer {"RequestItems": …}
//   id,name,…                             CSV with a header; separated by commas, semicolons or tabs
//
// An item whose attributes all look like {"S": …} is DynamoDB's JSON. In CSV an attribute is a text,
// as in DynamoDB's import from S3, except for the attributes of the table's and its indexes' keys; an
// empty field is no attribute.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Format.html
//
// Errors: ImportUnusable "FILE line N: …". Memory: one record. Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

#include "base/json.h"
#include "table_files/import_keys.h"

namespace ddblog::table_files {

class ImportUnusable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ImportRecord {
  bool is_put = true;
  json::object item;  // of a put: the item; otherwise its key
};

inline constexpr std::string_view kTakenFormats =
    ". Import takes DynamoDB's JSON as an export to S3 has it (a line {\"Item\": {…}} for each item), JSON arrays, the "
    "output of scan, files for batch-write-item, and CSV with a header, gzip or not.";

// Checks a record as DynamoDB would. Throws ApiError.
void checkRecord(const ImportRecord& record, const ImportKeys& keys);

// Passes the file's records to `take`, whose ApiError and std::invalid_argument get the file's name
// and the line. `table`: of a file for batch-write-item only its records are taken. Returns the MD5 of
// the file in base64.
std::string readRecords(const std::filesystem::path& file, const std::string& table, const ImportKeys& keys,
                        const std::function<void(ImportRecord)>& take);

}  // namespace ddblog::table_files
