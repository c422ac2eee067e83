// For `npm run check`: what the library exports, and what core's files export, has a docblock that an editor shows.
// None may lack one.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './run-step.mjs';

const LIBRARY = 'apps/cli/src/index.ts';
const CORE = 'packages/core/src';
const parsed = new Map();

const ofLibrary = undocumented(publicExports(LIBRARY));
const ofCore = undocumented(sourcesUnder(CORE).flatMap((file) => ownExports(file)));

report(`The library exports without a docblock: ${ofLibrary.length}`, ofLibrary);
report(`Core's files export without a docblock: ${ofCore.length}`, ofCore);
if (ofLibrary.length > 0 || ofCore.length > 0) process.exitCode = 1;

/** An entry's exports as declarations, followed through the files that it exports from. */
function publicExports(file, wanted = null) {
  const isWanted = (name) => wanted === null || wanted.has(name);
  const found = ownExports(file).filter(({ name }) => isWanted(name));
  for (const statement of sourceOf(file).statements) {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) continue;
    const target = path.posix.join(path.posix.dirname(file), statement.moduleSpecifier.text);
    const names = statement.exportClause?.elements
      ?.filter((element) => isWanted(element.name.text))
      .map((element) => (element.propertyName ?? element.name).text);
    found.push(...publicExports(target, names === undefined ? null : new Set(names)));
  }
  return found;
}

/** What a file declares and exports; the overloads of a function, and a type and a value of one name, count as one. */
function ownExports(file) {
  const byName = new Map();
  for (const statement of sourceOf(file).statements) {
    if (!statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map((declaration) => declaration.name.getText())
      : [statement.name?.text ?? 'default'];
    const isDocumented = ts.getJSDocCommentsAndTags(statement).length > 0;
    for (const name of names) {
      const before = byName.get(name)?.isDocumented ?? false;
      byName.set(name, { file, name, isDocumented: before || isDocumented });
    }
  }
  return [...byName.values()];
}

function undocumented(found) {
  return found.filter(({ isDocumented }) => !isDocumented).map(({ file, name }) => `  ${file}: ${name}`);
}

function sourceOf(file) {
  const text = () => readFileSync(path.join(ROOT, file), 'utf8');
  if (!parsed.has(file)) parsed.set(file, ts.createSourceFile(file, text(), ts.ScriptTarget.Latest, true));
  return parsed.get(file);
}

function sourcesUnder(folder) {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sourcesUnder(name);
    return name.endsWith('.ts') && !name.endsWith('.d.ts') ? [name] : [];
  });
}

function report(title, rows) {
  process.stdout.write(`${[title, ...rows].join('\n')}\n`);
}
