// Nothing that people read stands anywhere but in the catalogues.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type AST, parse } from 'svelte/compiler';
import { expect, test } from 'vitest';

const SRC = new URL('../../src/', import.meta.url).pathname;
/** The same in every language. */
const NAMES = new Set(['p2p-copy', '7-guitar-ocean', 'p2p-copy 0.1']);
/** Names that browsers give: a key, the kind of what is dragged, what exists, an error. */
const BROWSERS_OWN = /^(Tab|Files|Notification|[A-Z][A-Za-z]+Error)$/;
const READ_ATTRIBUTES = new Set(['alt', 'aria-label', 'hint', 'label', 'legend', 'placeholder', 'title']);

/** Lists of what names end in, and what a terminal takes. */
const LISTS = new Set(['format/file-types.ts']);

type Node = Record<string, unknown> & { type: string };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** What people would read in a component: its texts, attributes that are shown or read aloud, and strings in code. */
function wordsOfComponent(source: string): string[] {
  const { fragment, instance, module } = parse(source, { modern: true }) as AST.Root;
  return [...wordsIn(fragment), ...wordsIn(instance?.content), ...wordsIn(module?.content)];
}

function wordsOfModule(source: string): string[] {
  return wordsOfComponent(`<script module lang="ts">${source}</script>`);
}

function wordsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (!isNode(value)) return [];
  switch (value.type) {
    case 'Text':
      return isWord(value.data as string) ? [(value.data as string).trim()] : [];
    case 'Literal':
      return isProse(value.value) ? [value.value] : [];
    case 'TemplateElement': {
      const { cooked } = value.value as { cooked: string };
      return isProse(cooked) ? [cooked] : [];
    }
    case 'Attribute': {
      const isRead = READ_ATTRIBUTES.has(value.name as string);
      const parts = [value.value].flat() as Node[];
      return wordsIn(isRead ? parts : parts.filter((part) => part?.type !== 'Text'));
    }
    // For whoever mends the page: people read the problem that its code stands for.
    case 'NewExpression':
      return /Error$/.test((value.callee as { name?: string }).name ?? '') ? [] : wordsOfChildren(value);
    case 'ImportDeclaration':
    case 'TSTypeAnnotation':
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
    case 'StyleDirective':
    case 'Comment':
      return [];
    default:
      return wordsOfChildren(value);
  }
}

function wordsOfChildren(node: Node): string[] {
  return Object.entries(node).flatMap(([key, child]) => (key === 'metadata' ? [] : wordsIn(child)));
}

/** In a markup any letter is read. */
function isWord(text: string): boolean {
  return /\p{L}/u.test(text) && !NAMES.has(text.trim());
}

/** In code, what reads as a sentence or begins like one; the rest is names of ours, and the icon's markup. */
function isProse(value: unknown): value is string {
  if (typeof value !== 'string' || NAMES.has(value) || BROWSERS_OWN.test(value)) return false;
  if (value.includes('="')) return false;
  return /\p{L}{2,}[,.;:]? \p{L}{2,}/u.test(value) || /^\P{L}*\p{Lu}\p{Ll}+/u.test(value);
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).map((file) =>
  file.replaceAll('\\', '/'),
);
const components = files.filter((file) => file.endsWith('.svelte'));
const modules = files.filter(
  (file) => /^(capabilities|classic|format|gather|page|sessions)\/.*\.ts$/.test(file) && !LISTS.has(file),
);

test('there are components and modules to look at', () => {
  expect(components.length).toBeGreaterThan(30);
  expect(modules.length).toBeGreaterThan(40);
});

test.each([...components, ...modules])('%s has no words of its own', (file) => {
  const source = readFileSync(path.join(SRC, file), 'utf8');
  expect(file.endsWith('.svelte') ? wordsOfComponent(source) : wordsOfModule(source)).toEqual([]);
});

test.each([
  ['<p>Send</p>', ['Send']],
  ['<p title="Now">{x}</p>', ['Now']],
  ['<Option hint="Files">7</Option>', ['Files']],
  ["<p>{x ? 'they do' : ''}</p>", ['they do']],
  [`<p aria-label={\`\${x} files left\`}></p>`, [' files left']],
  ["<script>const title = 'Send';</script>", ['Send']],
  ["<script>throw new Error('no such thing');</script>", []],
  ['<p class="notice danger">p2p-copy</p>', []],
])('in %s it finds %j', (source, expected) => {
  expect(wordsOfComponent(source)).toEqual(expected);
});
