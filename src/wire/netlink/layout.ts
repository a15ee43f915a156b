// SPDX-License-Identifier: Apache-2.0
import {type Codec, type Field, KIND_NESTED, KIND_TEXT, KIND_U32} from './field.ts';

// Where in a message the numbers of a row stand. A table (attributes.ts) makes an object of a message, which is right for
// what is read now and then; a layout makes a row of numbers of it, for what is read every second. It is compiled to a
// plan, words that the router's host follows (src/runtime/quickjs/host/rows.c) and `readCells` follows elsewhere:
//
//   header bytes, columns, where the header's structure is (0: none), where the root's node is, a factor for each column
//   node:      how many types it knows, an entry for each type
//   structure: the least bytes it has, how many entries, and for each its offset and the entry
//   entry:     kind | FALLBACK | argument << 5; the argument is a column, or where the node or structure inside is

export const PLAN_HEADER_BYTES = 0;
export const PLAN_COLUMNS = 1;
export const PLAN_STRUCTURE = 2;
export const PLAN_ROOT = 3;
export const PLAN_FACTORS = 4;
/** Numbers at offsets, beside the kinds of field.ts. */
export const KIND_STRUCTURE = 15;
export const KIND_MASK = 15;
/** Only where the column is still empty. */
export const FALLBACK = 16;
export const ARGUMENT_SHIFT = 5;
/** As many as the host has room for. */
const MAX_COLUMNS = 64;

/** Where one quantity stands. */
export interface Cell {
	/** Attribute types from the outermost inwards. Empty: in the message's fixed header. */
	readonly path: readonly number[];
	readonly codec: Codec<unknown>;
	/** In a structure: the bytes before it. Absent: the attribute is this one number. */
	readonly offset?: number;
	/** A whole number that it is multiplied by. */
	readonly factor: number;
	/** Another place, for messages that do not have this one. */
	readonly fallback?: Cell;
}

/** An attribute of its own, inside those of `path`. */
export function cell(path: readonly number[], field: Field<unknown>, factor = 1): Cell {
	return {path: [...path, field.type], codec: field.codec, factor};
}

/** A number in a fixed structure, which is the attribute `path` leads to, or the message's header. */
export function cellAt(path: readonly number[], offset: number, codec: Codec<number>): Cell {
	return {path, codec, offset, factor: 1};
}

/** What stands inside one attribute: attributes by their types, or numbers at offsets. */
interface Node {
	readonly children: Map<number, Node>;
	readonly numbers: {readonly offset: number; readonly size: number; readonly entry: number}[];
	entry: number;
}

export interface Layout {
	readonly path: string;
	/** The name of each column; the second and third of a text have none. */
	readonly columns: readonly string[];
	readonly plan: Uint16Array;
}

/** Declares a layout: `cells` by the names of their columns, keys first. The message's own header has `headerBytes`. */
export function layout(path: string, headerBytes: number, cells: Readonly<Record<string, Cell>>): Layout {
	const root = newNode();
	const columns: string[] = [];
	const factors: number[] = [];
	for (const name in cells) {
		const first = cells[name] as Cell;
		for (let of: Cell | undefined = first; of !== undefined; of = of.fallback)
			place(root, of, columns.length, of === first ? 0 : FALLBACK, `${path}.${name}`);
		columns.push(name);
		factors.push(first.factor);
		if (first.codec.kind !== KIND_TEXT) continue;
		columns.push('', '');
		factors.push(1, 1);
	}
	if (columns.length > MAX_COLUMNS) throw new RangeError(`${path}: more than ${MAX_COLUMNS} columns`);
	const words = [headerBytes, columns.length, 0, 0, ...factors];
	if (root.numbers.length > 0) words[PLAN_STRUCTURE] = writeStructure(words, root);
	words[PLAN_ROOT] = writeNode(words, root);
	return {path, columns, plan: Uint16Array.from(words)};
}

function newNode(): Node {
	return {children: new Map(), numbers: [], entry: 0};
}

function place(root: Node, of: Cell, column: number, flag: number, name: string): void {
	let node = root;
	for (const type of of.path) {
		const child = node.children.get(type) ?? newNode();
		node.children.set(type, child);
		node = child;
	}
	const kind = of.codec.kind ?? 0;
	if (kind < KIND_U32 || kind === KIND_NESTED) throw new RangeError(`${name} is no number`);
	const entry = kind | flag | (column << ARGUMENT_SHIFT);
	if (of.offset === undefined) node.entry = entry;
	else node.numbers.push({offset: of.offset, size: of.codec.size, entry});
}

/** Answers where the node begins. */
function writeNode(words: number[], node: Node): number {
	const at = words.length;
	const types = [...node.children.keys()];
	const count = Math.max(0, ...types) + 1;
	words.push(count);
	for (let type = 0; type < count; type++) words.push(node.children.get(type)?.entry ?? 0);
	for (const [type, child] of node.children) {
		if (child.children.size > 0) words[at + 1 + type] = KIND_NESTED | (writeNode(words, child) << ARGUMENT_SHIFT);
		else if (child.numbers.length > 0)
			words[at + 1 + type] = KIND_STRUCTURE | (writeStructure(words, child) << ARGUMENT_SHIFT);
	}
	return at;
}

function writeStructure(words: number[], node: Node): number {
	const at = words.length;
	words.push(Math.max(...node.numbers.map(({offset, size}) => offset + size)), node.numbers.length);
	for (const {offset, entry} of node.numbers) words.push(offset, entry);
	return at;
}
