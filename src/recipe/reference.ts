/** The reference page of all keys as Markdown, from what the rooms state of their options: meaning with unit, range or choices, and default. */

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node | readonly Node[];
  readonly prefixItems?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** @param schema as `recipeJsonSchema` gives it */
export function recipeReference(schema: object): string {
  const sections = Object.entries((schema as Node).properties ?? {});
  return [
    '# Keys of a recipe',
    '',
    'Made by `npm run recipe-page` from the options that each room states (`src/*/options.ts`); `recipe.schema.json` beside it is the same as a JSON Schema, for editors.',
    'Numbers are in the unit that a key ends in or that its meaning names. What has no default may be left out unless it says required.',
    ...sections.flatMap(([name, node]) => section(name, node)),
    '',
  ].join('\n');
}

function section(name: string, node: Node): string[] {
  return [
    '',
    `## [${name}]`,
    '',
    node.description ?? '',
    '',
    '| key | meaning | value | default |',
    '|---|---|---|---|',
    ...rows(node, ''),
  ];
}

function rows(node: Node, prefix: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const inner = object(value);
    // The defaults of a table stand at its keys.
    const fallback =
      value.default !== undefined && !value.properties
        ? `\`${toml(value.default)}\``
        : node.required?.includes(key)
          ? 'required'
          : '';
    const row = `| \`${path}\` | ${cell(value.description ?? '')} | ${cell(range(value))} | ${cell(fallback)} |`;
    return inner ? [row, ...rows(inner.node, `${path}${inner.list ? '[]' : ''}.`)] : [row];
  });
}

/** The keys within a value: of a table, or of each table of a list. */
function object(node: Node): { readonly node: Node; readonly list: boolean } | undefined {
  if (node.properties) return { node, list: false };
  const item = node.items;
  if (item && !Array.isArray(item) && (item as Node).properties) return { node: item as Node, list: true };
  for (const one of node.anyOf ?? []) {
    const found = object(one);
    if (found) return found;
  }
  return undefined;
}

/** What a value may be, in words. */
function range(node: Node): string {
  if (node.anyOf) return [...new Set(node.anyOf.map(range))].filter((text) => text !== '').join(', or ');
  if (node.enum) return node.enum.map((value) => `\`${toml(value)}\``).join(', ');
  if (node.type === 'array') {
    const items = node.prefixItems ?? (Array.isArray(node.items) ? (node.items as readonly Node[]) : undefined);
    if (items) return `[${items.map(range).join(', ')}]`;
    const size = node.minItems !== undefined && node.minItems === node.maxItems ? `${node.minItems} of ` : 'list of ';
    return `${size}${node.items && !(node.items as Node).properties ? range(node.items as Node) : 'tables'}`;
  }
  if (node.type === 'object') return node.properties ? 'table' : `table of ${range(node.additionalProperties as Node)}`;
  if (node.type !== 'number' && node.type !== 'integer') return node.type ?? '';
  const low = node.exclusiveMinimum !== undefined ? `> ${node.exclusiveMinimum}` : bound('≥', node.minimum);
  const high = bound('≤', node.maximum);
  return [node.type === 'integer' ? 'integer' : 'number', [low, high].filter((text) => text !== '').join(' and ')]
    .join(' ')
    .trim();
}

function bound(sign: string, value: number | undefined): string {
  return value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? '' : `${sign} ${value}`;
}

function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, v]) => `${key} = ${toml(v)}`);
    return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return typeof value === 'string' ? `"${value}"` : String(value);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
