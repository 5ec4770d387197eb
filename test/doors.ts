// The doors of the package: which names they offer, and which of these no doc comment explains. Files are parsed, not
// compiled, so that the check costs a second. `node --import tsx test/doors.ts` prints how many names each door has.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

/** A name at a door, and whether a doc comment stands where it is declared. */
export interface OfferedName {
  door: string;
  name: string;
  isExplained: boolean;
}

/** Reads a file's text, or nothing where there is no such file. */
export type ReadText = (path: string) => string;

const readSource: ReadText = (path) => readFileSync(path, 'utf8');

/** `index.ts` of `src` and of its rooms, and the browser's half of the runtime: what `exports` of package.json names. */
export function doors(): string[] {
  const rooms = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const paths = ['src', ...rooms.map(({ name }) => `src/${name}`), 'src/runtime/web'];
  return paths.map((path) => `${path}/index.ts`).filter((path) => existsSync(path));
}

/** The names that a door offers. Throws an `Error` at `export *`, and at a name that is declared nowhere. */
export function namesAt(door: string, read: ReadText = readSource): OfferedName[] {
  return exportsOf(door, read).map(({ name, file, as }) => {
    const declarations = declarationsOf(file, as, read);
    const isExplained = declarations.some((one) => ts.getJSDocCommentsAndTags(one).length > 0);
    return { door, name, isExplained };
  });
}

interface Export {
  name: string;
  /** Where it comes from, and its name there. */
  file: string;
  as: string;
}

function exportsOf(file: string, read: ReadText): Export[] {
  return statementsOf(file, read).flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) {
      return namesOf(statement).map((name) => ({ name, file, as: name }));
    }
    const { exportClause: clause, moduleSpecifier: from } = statement;
    if (!clause || !ts.isNamedExports(clause)) throw new Error(`${file}: exports a whole file`);
    return clause.elements.map(({ name, propertyName }) => ({
      name: name.text,
      file: from ? fileOf(file, from) : file,
      as: (propertyName ?? name).text,
    }));
  });
}

/** The statements that declare `name` in `file`, or in the file that `file` has it from. */
function declarationsOf(file: string, name: string, read: ReadText): ts.Statement[] {
  const statements = statementsOf(file, read);
  const here = statements.filter((statement) => namesOf(statement).includes(name));
  if (here.length > 0) return here;
  for (const statement of statements) {
    const clause = ts.isImportDeclaration(statement)
      ? statement.importClause?.namedBindings
      : ts.isExportDeclaration(statement) && statement.moduleSpecifier && statement.exportClause;
    if (!clause || !(ts.isNamedImports(clause) || ts.isNamedExports(clause))) continue;
    const found = clause.elements.find((element) => element.name.text === name);
    const from = (statement as ts.ImportDeclaration).moduleSpecifier;
    if (found) return declarationsOf(fileOf(file, from), (found.propertyName ?? found.name).text, read);
  }
  throw new Error(`${file}: declares no ${name}`);
}

/** What an exported statement declares. */
function namesOf(statement: ts.Statement): string[] {
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!isExported) return [];
  if (!ts.isVariableStatement(statement)) return [(statement as ts.DeclarationStatement).name!.getText()];
  return statement.declarationList.declarations.map(({ name }) => name.getText());
}

const parsed = new Map<string, readonly ts.Statement[]>();

function statementsOf(file: string, read: ReadText): readonly ts.Statement[] {
  const known = read === readSource ? parsed.get(file) : undefined;
  if (known) return known;
  const { statements } = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  if (read === readSource) parsed.set(file, statements);
  return statements;
}

function fileOf(file: string, from: ts.Expression): string {
  return resolve(dirname(file), (from as ts.StringLiteral).text.replace(/\.js$/, '.ts'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const counts = doors().map((door) => [door, namesAt(door).length] as const);
  for (const [door, count] of counts) console.log(`${count}`.padStart(4), door);
  console.log(`${counts.reduce((sum, [, count]) => sum + count, 0)}`.padStart(4), 'names in all');
}
