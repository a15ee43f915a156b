// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, writeU16} from '../../core/bytes.ts';
import {type DecodeCode, DecodeError} from '../../core/errors.ts';
import {ByteSink} from './byte-sink.ts';
import {
	type Codec,
	codecs,
	type Field,
	FieldOf,
	KIND_NESTED,
	KIND_OTHER,
	KIND_U32,
	KIND_U64,
	type NestedCodec,
	type WordReader,
} from './field.ts';
import {keyedCodec, listCodec, numbersCodec} from './list.ts';
import {readAttributes} from './native.ts';
import {copiedWords, nativeWords} from './words.ts';

// A netlink attribute is a length, a type, a payload and padding to 4 bytes; a message is a row of them. A table says
// once which type carries which quantity; reader, writer and TypeScript type follow from it. Tables are flat arrays
// indexed by the type, because a router's kernel sends ten attributes for each one we want, ten times a second.

export type {Codec, Field, Presence} from './field.ts';

/** The rows of a table. */
export type Fields = Readonly<Record<string, Field<unknown>>>;
type ValueOf<F> = F extends Field<infer T> ? T : never;
type Flat<T> = {[K in keyof T]: T[K]} & {};
type OptionalNames<F extends Fields> = {[K in keyof F]: F[K] extends Field<unknown, 'optional'> ? K : never}[keyof F];
type RequiredNames<F extends Fields> = {[K in keyof F]: F[K] extends Field<unknown, 'required'> ? K : never}[keyof F];

/** What decoding answers: required fields and flags are always there, an absent optional field is not a property. */
export type Value<F extends Fields> = Flat<
	{readonly [K in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[K]>} & {
		readonly [K in OptionalNames<F>]?: ValueOf<F[K]>;
	}
>;
/** What encoding takes: a flag may be left out, and undefined is the same as absent. */
export type Input<F extends Fields> = Flat<
	{readonly [K in RequiredNames<F>]: ValueOf<F[K]>} & {
		readonly [K in Exclude<keyof F, RequiredNames<F>>]?: ValueOf<F[K]> | undefined;
	}
>;
export type Decoded<T> = T extends Table<infer F> ? Value<F> : never;
export type Encodable<T> = T extends Table<infer F> ? Input<F> : never;

const HEADER = 4;
const HEADER_AND_WORD = 8;
const HEADER_AND_LONG = 12;
const TYPE_MASK = 0x3fff; // the two bits above are NLA_F_NESTED and NLA_F_NET_BYTEORDER
const POW32 = 4294967296;
const HIGHEST_EXACT = 0x1fffff; // the high word of 2^53 - 1

/** The fields of one message or of one nested attribute. Made by `attributes`. */
export class Table<F extends Fields> implements WordReader {
	readonly path: string;
	readonly fields: F;
	// By type, without holes: the engine keeps a dense array, where an element is one load. Kind 0 is skipped.
	readonly kinds: Uint8Array;
	readonly codecs: (Codec<unknown> | undefined)[] = [];
	readonly names: string[] = [];
	readonly required: string[] = [];
	readonly flags: string[] = [];
	/** Types that the host leaves to the script. */
	readonly others: number[] = [];

	constructor(path: string, fields: F) {
		this.path = path;
		this.fields = fields;
		for (const name of Object.keys(fields)) {
			const field = fields[name];
			if (field === undefined) continue;
			while (this.codecs.length <= field.type) {
				this.codecs.push(undefined);
				this.names.push('');
			}
			if (this.codecs[field.type] !== undefined) throw new RangeError(`${path}.${name}: type ${field.type} twice`);
			this.codecs[field.type] = field.codec;
			this.names[field.type] = name;
			if (field.presence === 'required') this.required.push(name);
			if (field.presence === 'flag') this.flags.push(name);
		}
		this.kinds = Uint8Array.from(this.codecs, codec => (codec === undefined ? 0 : (codec.kind ?? KIND_OTHER)));
		this.kinds.forEach((kind, type) => {
			if (kind === KIND_OTHER || kind === KIND_NESTED) this.others.push(type);
		});
	}

	/**
	 * Reads the attributes in `bytes` from `start` up to `end`. Types that the table does not name are skipped, of a type
	 * that comes twice the last counts, both as the kernel does.
	 *
	 * Errors: DecodeError 'truncated' (a header or a payload is cut), 'length' (an impossible length, or not that of the
	 *         field), 'range' (a 64-bit number beyond 2^53 - 1), 'missing' (a required field).
	 */
	decode(bytes: Uint8Array, order: ByteOrder, start = 0, end: number = bytes.length): Value<F> {
		if (start > end || end > bytes.length) throw new DecodeError('truncated', this.path, bytes.length);
		if (readAttributes !== undefined) {
			const value: Record<string, unknown> = {};
			if (this.flags.length > 0) clearFlags(this.flags, value);
			if (readAttributes(bytes, start, end, order === 'little', this.kinds, this.names, value)) {
				if (this.others.length > 0) decodeOthers(this, value, bytes, order);
				if (this.required.length > 0) demandRequired(this, value, start);
				return value as Value<F>;
			}
		}
		return this.decodeByScript(bytes, order, start, end);
	}

	/** As `decode`, without the host's help. */
	decodeByScript(bytes: Uint8Array, order: ByteOrder, start = 0, end: number = bytes.length): Value<F> {
		if (start > end || end > bytes.length) throw new DecodeError('truncated', this.path, bytes.length);
		const words = (start & 3) === 0 ? nativeWords(bytes, order) : undefined;
		const value =
			words === undefined
				? this.readWords(bytes, copiedWords(bytes, order, start, end), 0, order, start, end)
				: this.readWords(bytes, words, start >> 2, order, start, end);
		return value as Value<F>;
	}

	/**
	 * The loop that all the reading goes through. Attributes are aligned to words, so a header is one element of `words`
	 * instead of four of `bytes`, and so is a 32-bit payload: `words[index]` is the word at `bytes[start]`.
	 *
	 * Written for an interpreter: every operation costs some twenty instructions, and a call ten times that. Of the kinds
	 * the frequent ones are read in place. Variables are declared outside of the loop, which else clears them each time.
	 */
	readWords(
		bytes: Uint8Array,
		words: Int32Array,
		firstIndex: number,
		order: ByteOrder,
		start: number,
		end: number,
	): Record<string, unknown> {
		const {kinds, names} = this;
		const count = kinds.length;
		const little = order === 'little';
		const lengthShift = little ? 0 : 16;
		const typeShift = 16 - lengthShift;
		const value: Record<string, unknown> = {};
		if (this.flags.length > 0) clearFlags(this.flags, value);
		let index = firstIndex;
		let left = end - start;
		let header = 0;
		let length = 0;
		let type = 0;
		let kind = 0;
		while (left > 0) {
			header = words[index] as number;
			length = (header >> lengthShift) & 0xffff;
			if (length < HEADER || length > left) failFraming(this, header, typeShift, length, left, end);
			type = (header >> typeShift) & TYPE_MASK;
			if (type < count) {
				kind = kinds[type] as number;
				if (kind === 0) {
					// Not ours.
				} else if (kind === KIND_U32) {
					if (length !== HEADER_AND_WORD) fail(this, 'length', type, end - left);
					value[names[type] as string] = (words[index + 1] as number) >>> 0;
				} else if (kind === KIND_U64) {
					if (length !== HEADER_AND_LONG) fail(this, 'length', type, end - left);
					header = words[little ? index + 2 : index + 1] as number;
					if (header < 0 || header > HIGHEST_EXACT) fail(this, 'range', type, end - left);
					value[names[type] as string] = header * POW32 + ((words[little ? index + 1 : index + 2] as number) >>> 0);
				} else if (kind === KIND_NESTED) {
					value[names[type] as string] = (this.codecs[type] as unknown as NestedCodec).table.readWords(
						bytes,
						words,
						index + 1,
						order,
						end - left + HEADER,
						end - left + length,
					);
				} else readOther(this, value, bytes, words, index, order, type, length, end - left);
			}
			length = (length + 3) & ~3;
			left -= length;
			index += length >> 2;
		}
		if (this.required.length > 0) demandRequired(this, value, start);
		return value;
	}

	/** Writes the attributes in the table's order. Errors: RangeError for a required field left out, or above 64 KiB. */
	encode(value: Input<F>, order: ByteOrder): Uint8Array {
		const sink = new ByteSink();
		this.write(sink, value, order);
		return sink.take();
	}

	/** As `encode`, at the end of something already begun. */
	write(sink: ByteSink, value: Input<F>, order: ByteOrder): void {
		const given = value as Readonly<Record<string, unknown>>;
		const fields = this.fields;
		for (const name in fields) {
			const field = fields[name] as Field<unknown>;
			const content = given[name];
			if (content === undefined || (content === false && field.presence === 'flag')) {
				if (field.presence === 'required') throw new RangeError(`${this.path}.${name} is required`);
				continue;
			}
			writeAttribute(sink, field.type, field.codec, content, order, `${this.path}.${name}`);
		}
	}
}

// Functions instead of private methods: in the router's engine a private name is looked up and checked at each call.

type AnyTable = Table<Fields>;

function clearFlags(flags: readonly string[], value: Record<string, unknown>): void {
	for (let i = 0; i < flags.length; i++) value[flags[i] as string] = false;
}

function demandRequired(table: AnyTable, value: Record<string, unknown>, start: number): void {
	const {required} = table;
	for (let i = 0; i < required.length; i++)
		if (value[required[i] as string] === undefined)
			throw new DecodeError('missing', `${table.path}.${required[i]}`, start);
}

/** Puts values where the host has left offsets. */
function decodeOthers(table: AnyTable, value: Record<string, unknown>, bytes: Uint8Array, order: ByteOrder): void {
	const {others, names, codecs} = table;
	const high = order === 'little' ? 1 : 0;
	for (let i = 0; i < others.length; i++) {
		const type = others[i] as number;
		const name = names[type] as string;
		const at = value[name] as number | undefined;
		if (at === undefined) continue;
		const size = (((bytes[at + high] as number) << 8) | (bytes[at + 1 - high] as number)) - HEADER;
		const codec = codecs[type] as Codec<unknown>;
		if (codec.size >= 0 ? size !== codec.size : codec.step !== 1 && size % codec.step !== 0)
			fail(table, 'length', type, at);
		const read = codec.read(bytes, at + HEADER, at + HEADER + size, order);
		if (codec.wide && Number.isNaN(read)) fail(table, 'range', type, at);
		if (read === undefined) delete value[name];
		else value[name] = read;
	}
}

function readOther(
	table: AnyTable,
	value: Record<string, unknown>,
	bytes: Uint8Array,
	words: Int32Array,
	index: number,
	order: ByteOrder,
	type: number,
	length: number,
	at: number,
): void {
	const codec = table.codecs[type] as Codec<unknown>;
	const size = length - HEADER;
	if (codec.size >= 0 ? size !== codec.size : size % codec.step !== 0) fail(table, 'length', type, at);
	const body = at + HEADER;
	const read =
		codec.readWords === undefined
			? codec.read(bytes, body, at + length, order)
			: codec.readWords(bytes, words, index + 1, order, body, at + length);
	// NaN is how a 64-bit reader says "not exact"; no other reader answers it.
	if (codec.wide && Number.isNaN(read)) fail(table, 'range', type, at);
	if (read !== undefined) value[table.names[type] as string] = read;
}

function failFraming(
	table: AnyTable,
	header: number,
	typeShift: number,
	length: number,
	left: number,
	end: number,
): never {
	if (left < HEADER) throw new DecodeError('truncated', table.path, end - left);
	if (length < HEADER) throw new DecodeError('length', table.path, end - left);
	return fail(table, 'truncated', (header >> typeShift) & TYPE_MASK, end - left);
}

function fail(table: AnyTable, code: DecodeCode, type: number, at: number): never {
	const name = table.names[type];
	throw new DecodeError(code, name === undefined || name === '' ? table.path : `${table.path}.${name}`, at);
}

/** Appends one attribute. Errors: RangeError above the 64 KiB that a length can say. */
export function writeAttribute<T>(
	sink: ByteSink,
	type: number,
	codec: Codec<T>,
	value: T,
	order: ByteOrder,
	path = '',
): void {
	const start = sink.reserve(HEADER);
	codec.write(sink, value, order);
	const length = sink.at - start;
	if (length > 0xffff) throw new RangeError(`${path}: ${length} bytes do not fit an attribute`);
	writeU16(sink.bytes, start, length, order);
	writeU16(sink.bytes, start + 2, type, order);
	sink.align();
}

/** Declares a table. `path` stands in front of the field's name in errors. */
export function attributes<const F extends Fields>(path: string, fields: F): Table<F> {
	return new Table(path, fields);
}

// The kinds of field. The argument is the attribute's number in the kernel header.

export const u8 = (type: number) => new FieldOf(type, codecs.u8, 'optional');
export const u16 = (type: number) => new FieldOf(type, codecs.u16, 'optional');
export const u32 = (type: number) => new FieldOf(type, codecs.u32, 'optional');
/** An exact count; DecodeError 'range' above 2^53 - 1, which nothing counts to honestly. */
export const u64 = (type: number) => new FieldOf(type, codecs.u64, 'optional');
export const i8 = (type: number) => new FieldOf(type, codecs.i8, 'optional');
export const i32 = (type: number) => new FieldOf(type, codecs.i32, 'optional');
export const s64 = (type: number) => new FieldOf(type, codecs.s64, 'optional');
/** 64 bits that a stranger on the air can choose: what is beyond ±(2^53 - 1) becomes that limit. */
export const u64Clamped = (type: number) => new FieldOf(type, codecs.u64Clamped, 'optional');
export const s64Clamped = (type: number) => new FieldOf(type, codecs.s64Clamped, 'optional');
/** Present or not, without a payload: true or false. */
export const flag = (type: number) => new FieldOf(type, codecs.flag, 'flag');
/** UTF-8 ending with NUL. */
export const text = (type: number) => new FieldOf(type, codecs.text, 'optional');
/** Opaque bytes, copied. */
export const bytes = (type: number) => new FieldOf(type, codecs.bytes, 'optional');
/** A hardware address as 'aa:bb:cc:dd:ee:ff'. */
export const mac = (type: number) => new FieldOf(type, codecs.mac, 'optional');
/** A link-layer address of whatever length the link has, in the same form: six bytes for most, four for a tunnel. */
export const address = (type: number) => new FieldOf(type, codecs.address, 'optional');
/** A row of 32-bit numbers without headers between them. */
export const u32s = (type: number) => new FieldOf(type, codecs.u32s, 'optional');
export const u16s = (type: number) => new FieldOf(type, codecs.u16s, 'optional');
/** A set of numbers, written as empty nested attributes whose types are the members. */
export const numbers = (type: number) => new FieldOf(type, numbersCodec, 'optional');
/** Anything with a reader and a writer of its own. */
export const field = <T>(type: number, codec: Codec<T>) => new FieldOf(type, codec, 'optional');

/** Another table inside one attribute. */
export function nested<F extends Fields>(type: number, table: Table<F>): FieldOf<Value<F>, 'optional'> {
	return new FieldOf(type, codecOf(table), 'optional');
}

/** What the elements of a list are: a table, or a kind of field by its name (`list(25, i8)`). */
export type Element<T> = Table<Fields> | ((type: number) => Field<T>);
type ElementValue<E> = E extends Table<infer F> ? Value<F> : E extends (type: number) => Field<infer T> ? T : never;

/** Nested attributes in order; their types only number them and are not kept (written from `first` up). */
export function list<E extends Element<unknown>>(type: number, element: E, first = 0) {
	return new FieldOf(type, listCodec(elementCodec<ElementValue<E>>(element), first), 'optional');
}

/** Nested attributes whose types mean something (a band, a chain): a map from type to value. */
export function keyed<E extends Element<unknown>>(type: number, element: E) {
	return new FieldOf(type, keyedCodec(elementCodec<ElementValue<E>>(element)), 'optional');
}

function elementCodec<T>(element: Element<unknown>): Codec<T> {
	return (element instanceof Table ? codecOf(element) : element(0).codec) as Codec<T>;
}

function codecOf<F extends Fields>(table: Table<F>): Codec<Value<F>> & NestedCodec {
	return {
		kind: KIND_NESTED,
		table,
		size: -1,
		step: 1,
		wide: false,
		read: (bytes, start, end, order) => table.decode(bytes, order, start, end),
		write: (sink, value, order) => table.write(sink, value as unknown as Input<F>, order),
	};
}
