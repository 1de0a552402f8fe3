// The grammar of statements:
//
//   select   SELECT ("*" | path { "," path }) FROM table ["." index] [WHERE condition]
//            [ORDER BY name [ASC | DESC] { "," name [ASC | DESC] }]
//   insert   INSERT INTO table VALUE ("{" name ":" value { "," name ":" value } "}" | "?")
//   update   UPDATE table change { change } [WHERE condition]
//            [RETURNING (ALL | MODIFIED) (OLD | NEW) "*"]
//          | FROM table [WHERE condition] change { change } [RETURNING …]
//   change   SET path "=" assignment { "," path "=" assignment } | REMOVE path { "," path }
//   delete   DELETE FROM table [WHERE condition] [RETURNING ALL OLD "*"]
//   exists   EXISTS "(" select ")"
#include <functional>
#include <set>
#include <tuple>

#include "base/api_error.h"
#include "item/name_rule.h"
#include "partiql/keywords.h"
#include "partiql/parser.h"
#include "partiql/statement.h"

namespace ddblog::partiql {

namespace {

std::string_view clauseOf(Returning returning) {
  switch (returning) {
    case Returning::kAllOld:
      return "RETURNING ALL OLD *";
    case Returning::kModifiedOld:
      return "RETURNING MODIFIED OLD *";
    case Returning::kAllNew:
      return "RETURNING ALL NEW *";
    case Returning::kModifiedNew:
      return "RETURNING MODIFIED NEW *";
    case Returning::kNothing:
      break;
  }
  return "";
}

class StatementParser {
 public:
  StatementParser(std::string_view text, const std::vector<AttributeValue>& parameters) : in_(text, parameters) {}

  Statement parse() {
    Statement statement = anyStatement();
    if (in_.takeIf(";") && !in_.atEnd()) {
      throw malformed("Unexpected token after semicolon. (Only one query is allowed.)");
    }
    if (!in_.atEnd()) throw malformed("Unexpected token after expression");
    return statement;
  }

 private:
  Statement anyStatement() {
    if (in_.takeKeyword("select")) return select();
    if (in_.takeKeyword("update")) return update();
    if (in_.takeKeyword("from")) return updateFrom();
    if (in_.takeKeyword("delete")) return remove();
    if (in_.atKeyword("exists") && in_.at("(", 1)) return exists();
    if (in_.takeKeyword("insert")) {
      if (!in_.takeKeyword("into")) throw malformed("Unexpected keyword");
      return insert();
    }
    throw malformed("Expected data manipulation");
  }

  // --- SELECT ---

  SelectStatement select() {
    SelectStatement statement;
    if (in_.atKeyword("value") || in_.atKeyword("pivot")) {
      throw validationError("Select projection doesn't support value or pivot keywords");
    }
    if (in_.atKeyword("distinct")) rejectClause("DISTINCT", in_.peek());
    in_.takeKeyword("all");
    if (in_.takeIf("*")) {
      if (in_.at(",")) rejectStar();
    } else {
      statement.projection = columns();
    }
    if (!in_.takeKeyword("from")) throw malformed("Expected FROM after SELECT list");
    statement.source = source();
    rejectAlias();
    if (in_.takeKeyword("where")) statement.where = in_.parseCondition();
    if (in_.atKeyword("group")) rejectClause("GROUP BY", in_.peek());
    if (in_.atKeyword("having")) rejectClause("HAVING", in_.peek());
    if (in_.takeKeyword("order")) statement.order_by = orderBy();
    if (in_.takeKeyword("limit")) rejectClause("LIMIT", in_.peek());
    return statement;
  }

  [[noreturn]] void rejectClause(std::string_view clause, const Token& where) const {
    throw validationError("Unsupported clause: " + std::string(clause) + " at " + in_.position(where));
  }

  [[noreturn]] static void rejectStar() {
    throw malformed("Other expressions may not be present in the select list when '*' is used without dot notation.");
  }

  void rejectAlias() const {
    if (in_.atKeyword("as") || in_.atIdentifier()) throw validationError("Aliasing is not supported");
  }

  Projection columns() {
    Projection projection;
    std::set<std::string> names;
    do {
      if (in_.at("*")) rejectStar();
      rejectNonPathColumn();
      DocumentPath path = in_.parsePath();
      rejectAlias();
      std::string name = Parser::nameOf(path);
      if (!names.insert(name).second) throw validationError("Duplicate identifiers in select clause: " + name);
      projection.paths.push_back(std::move(path));
      projection.names.push_back(std::move(name));
    } while (in_.takeIf(","));
    return projection;
  }

  // Rejects valid PartiQL in a SELECT list that is not a path: functions, values, parameters.
  void rejectNonPathColumn() const {
    const Token& token = in_.peek();
    const bool name = token.kind == Token::Kind::kIdentifier || token.kind == Token::Kind::kQuotedIdentifier ||
                      (token.kind == Token::Kind::kKeyword && isFunctionKeyword(token.text));
    const bool value = token.kind == Token::Kind::kString || token.kind == Token::Kind::kNumber ||
                       token.kind == Token::Kind::kParameter || in_.at("{") || in_.at("[") || in_.at("<<");
    if (value || (name && in_.at("(", 1))) {
      throw validationError("Unexpected path component at " + in_.position(token));
    }
    if (in_.atKeyword("from")) throw malformed("Expected data manipulation");
  }

  std::vector<OrderTerm> orderBy() {
    if (!in_.takeKeyword("by")) throw malformed("Expected BY");
    std::vector<OrderTerm> terms;
    do {
      const DocumentPath path = in_.parsePath();
      if (!path.steps.empty()) {
        throw validationError("Attribute " + Parser::nameOf(path) +
                              " in ORDER BY clause must be part of the primary key");
      }
      OrderTerm term{path.attribute, in_.takeKeyword("desc")};
      if (!term.descending) in_.takeKeyword("asc");
      terms.push_back(std::move(term));
    } while (in_.takeIf(","));
    return terms;
  }

  // A table, optionally with an index.
  Source source() {
    if (in_.at("(")) throw validationError("Unexpected from source");
    if (!in_.atIdentifier()) in_.rejectTerm();
    return sourceFromIdentifier();
  }

  Source simpleSource() {
    if (!in_.atIdentifier()) throw malformed("Expected identifier for simple path");
    return sourceFromIdentifier();
  }

  Source sourceFromIdentifier() {
    Source source{component(), {}};
    if (in_.takeIf(".")) {
      if (!in_.atIdentifier()) throw malformed("Invalid path dot component");
      source.index = component();
      if (in_.at(".")) throw validationError("A path may contain at most 2 components in the FROM clause");
    }
    if (in_.at("[")) throw validationError("Invalid list expression in source.");
    if (!isArn(source.table) && !isName(source.table)) {
      throw validationError(
          "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.");
    }
    return source;
  }

  std::string component() {
    std::string name = in_.take().text;
    if (name.empty()) throw validationError("Path component cannot be an empty string");
    return name;
  }

  // --- writes ---

  InsertStatement insert() {
    const Token token = in_.peek();
    Source source = simpleSource();
    if (!source.index.empty()) {
      throw validationError("FROM clause may only contain a single table name in data manipulation statements at " +
                            in_.position(token));
    }
    if (!in_.takeKeyword("value")) rejectInserted();
    if (!in_.at("{")) {
      const Token item = in_.peek();
      in_.parseValue();
      throw validationError(
          "Unsupported format in item expression. Please use struct format {...} to express item values for insert "
          "statement. at " +
          in_.position(item));
    }
    in_.take();
    return {std::move(source.table), in_.parseItemMembers()};
  }

  // Rejects SQL's other forms: "INSERT INTO t VALUES (…)", "INSERT INTO t (a, b) VALUES (…)".
  [[noreturn]] void rejectInserted() {
    if (in_.takeKeyword("values")) {
      throw malformed(in_.at("(") ? "Unexpected token after expression"
                                  : "Expected LEFT_PAREN for row value constructor");
    }
    if (in_.takeIf("(")) {
      while (in_.atIdentifier() || in_.at(",")) in_.take();
      if (in_.at(")")) throw malformed("Unexpected token after expression");
    }
    if (in_.atIdentifier()) throw malformed("Unexpected token after expression");
    in_.rejectTerm();
  }

  UpdateStatement update() {
    UpdateStatement statement;
    statement.source = simpleSource();
    rejectAlias();
    statement.update = changes();
    if (in_.takeKeyword("where")) statement.where = in_.parseCondition();
    statement.returning = returning();
    return statement;
  }

  UpdateStatement updateFrom() {
    UpdateStatement statement;
    statement.source = simpleSource();
    rejectAlias();
    if (in_.takeKeyword("where")) statement.where = in_.parseCondition();
    statement.update = changes();
    statement.returning = returning();
    return statement;
  }

  Update changes() {
    Update update;
    while (in_.atKeyword("set") || in_.atKeyword("remove")) changes(update);
    if (update.actions.empty()) throw malformed("Expected data manipulation");
    checkPaths(update);
    return update;
  }

  void changes(Update& update) {
    const bool sets = in_.take().text == "set";
    do {
      DocumentPath path = in_.parseSimplePath();
      if (!sets) {
        update.actions.push_back(UpdateAction::remove(std::move(path)));
        continue;
      }
      in_.expect("=");
      update.actions.push_back(in_.parseAssignment(std::move(path)));
    } while (in_.takeIf(","));
  }

  // Sorted by path, two that overlap or conflict are neighbours.
  static void checkPaths(const Update& update) {
    std::vector<const DocumentPath*> paths;
    for (const UpdateAction& action : update.actions) paths.push_back(&action.path);
    std::stable_sort(paths.begin(), paths.end(), [](const DocumentPath* one, const DocumentPath* other) {
      return std::tie(one->attribute, one->steps) < std::tie(other->attribute, other->steps);
    });
    for (std::size_t i = 1; i < paths.size(); ++i) {
      const PathRelation relation = relate(*paths[i - 1], *paths[i]);
      if (relation == PathRelation::kApart) continue;
      // In the statement's order, which is that of the addresses in the list of actions.
      const auto [first, second] = std::minmax(paths[i - 1], paths[i], std::less<>());
      throw validationError(
          std::string("Two document paths ") + (relation == PathRelation::kOverlap ? "overlap" : "conflict") +
          " with each other; must remove or rewrite one of these paths; path one: " + showPath(*first) +
          ", path two: " + showPath(*second));
    }
  }

  DeleteStatement remove() {
    if (!in_.takeKeyword("from")) throw malformed("Expected FROM after DELETE");
    DeleteStatement statement;
    statement.source = simpleSource();
    rejectAlias();
    if (in_.takeKeyword("where")) statement.where = in_.parseCondition();
    statement.returning = returning();
    if (statement.returning != Returning::kNothing && statement.returning != Returning::kAllOld) {
      throw validationError("Invalid returning clause: " + std::string(clauseOf(statement.returning)) +
                            ". Only RETURNING ALL OLD * is allowed in DELETE statements.");
    }
    return statement;
  }

  Returning returning() {
    if (!in_.takeKeyword("returning")) return Returning::kNothing;
    const bool all = in_.takeKeyword("all");
    if (!all && !in_.takeKeyword("modified")) in_.rejectTerm();
    const bool old = in_.takeKeyword("old");
    if (!old && !in_.takeKeyword("new")) in_.rejectTerm();
    in_.expect("*");
    if (all) return old ? Returning::kAllOld : Returning::kAllNew;
    return old ? Returning::kModifiedOld : Returning::kModifiedNew;
  }

  ExistsStatement exists() {
    in_.take();
    in_.expect("(");
    if (!in_.takeKeyword("select")) in_.rejectTerm();
    ExistsStatement statement{select()};
    in_.expect(")");
    return statement;
  }

  Parser in_;
};

}  // namespace

Statement parseStatement(std::string_view text, const std::vector<AttributeValue>& parameters) {
  return StatementParser(text, parameters).parse();
}

const std::string& tableOf(const Statement& statement) {
  struct Visitor {
    const std::string& operator()(const SelectStatement& select) const { return select.source.table; }
    const std::string& operator()(const InsertStatement& insert) const { return insert.table; }
    const std::string& operator()(const UpdateStatement& update) const { return update.source.table; }
    const std::string& operator()(const DeleteStatement& remove) const { return remove.source.table; }
    const std::string& operator()(const ExistsStatement& exists) const { return exists.select.source.table; }
  };
  return std::visit(Visitor(), statement);
}

}  // namespace ddblog::partiql
