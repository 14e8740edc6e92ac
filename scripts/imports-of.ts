import { type ESTree, parseSync, Visitor } from 'vite';

/** One place where a module names another file. */
export interface ModuleReference {
  specifier: string;
  /** `url` is `new URL(specifier, import.meta.url)`: how workers and files are named. */
  kind: 'import' | 'url';
  /** Counted from 1. */
  line: number;
}

/**
 * Lists what a TypeScript module refers to, types included: import and export declarations,
 * `import()`, `import('x').Type` and `new URL('x', import.meta.url)`, in the order of the source.
 *
 * @param path tells TypeScript from TSX, and is named in the error
 * @throws Error when the source cannot be parsed
 */
export function importsOf(path: string, source: string): ModuleReference[] {
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);

  const references: ModuleReference[] = [];
  const add = (node: ESTree.Node | null, kind: ModuleReference['kind'] = 'import') => {
    if (node?.type !== 'Literal' || typeof node.value !== 'string') return;
    const line = source.slice(0, node.start).split('\n').length;
    references.push({ specifier: node.value, kind, line });
  };
  new Visitor({
    ImportDeclaration({ source }) {
      add(source);
    },
    ExportNamedDeclaration({ source }) {
      add(source);
    },
    ExportAllDeclaration({ source }) {
      add(source);
    },
    ImportExpression({ source }) {
      add(source);
    },
    TSImportType({ source }) {
      add(source);
    },
    NewExpression(node) {
      if (isRelativeUrl(node)) add(node.arguments[0], 'url');
    },
  }).visit(program);
  return references;
}

function isRelativeUrl({ callee, arguments: [, base] }: ESTree.NewExpression): boolean {
  return (
    callee.type === 'Identifier' &&
    callee.name === 'URL' &&
    base?.type === 'MemberExpression' &&
    base.object.type === 'MetaProperty' &&
    base.property.type === 'Identifier' &&
    base.property.name === 'url'
  );
}
