// SPDX-License-Identifier: Apache-2.0
import {type ByteOrder, writeU16} from '../../core/bytes.ts';
import {DecodeError} from '../../core/errors.ts';
import {ByteSink} from './byte-sink.ts';
import {type Codec, codecs, type Field, FieldOf, keyedCodec, listCodec} from './field.ts';

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
const TYPE_MASK = 0x3fff; // the two bits above are NLA_F_NESTED and NLA_F_NET_BYTEORDER

/** The fields of one message or of one nested attribute. Made by `attributes`. */
export class Table<F extends Fields> {
	readonly path: string;
	readonly fields: F;
	readonly #codecs: (Codec<unknown> | undefined)[] = [];
	readonly #names: string[] = [];
	readonly #required: string[] = [];
	readonly #flags: string[] = [];

	constructor(path: string, fields: F) {
		this.path = path;
		this.fields = fields;
		for (const name of Object.keys(fields)) {
			const field = fields[name];
			if (field === undefined) continue;
			// Filled without holes: the engine keeps a dense array, where an element is one load.
			while (this.#codecs.length <= field.type) {
				this.#codecs.push(undefined);
				this.#names.push('');
			}
			if (this.#codecs[field.type] !== undefined) throw new RangeError(`${path}.${name}: type ${field.type} twice`);
			this.#codecs[field.type] = field.codec;
			this.#names[field.type] = name;
			if (field.presence === 'required') this.#required.push(name);
			if (field.presence === 'flag') this.#flags.push(name);
		}
	}

	/**
	 * Reads the attributes in `bytes` from `start` up to `end`. Types that the table does not name are skipped, of a type
	 * that comes twice the last counts, both as the kernel does.
	 *
	 * Errors: DecodeError 'truncated' (a header or a payload is cut), 'length' (an impossible length, or not that of the
	 *         field), 'range' (a 64-bit number beyond 2^53 - 1), 'missing' (a required field).
	 */
	decode(bytes: Uint8Array, order: ByteOrder, start = 0, end: number = bytes.length): Value<F> {
		const known = this.#codecs;
		const names = this.#names;
		const count = known.length;
		const little = order === 'little';
		const value: Record<string, unknown> = {};
		for (const name of this.#flags) value[name] = false;
		if (start > end || end > bytes.length) throw new DecodeError('truncated', this.path, bytes.length);
		let at = start;
		while (at < end) {
			if (end - at < HEADER) throw new DecodeError('truncated', this.path, at);
			const b0 = bytes[at] as number;
			const b1 = bytes[at + 1] as number;
			const b2 = bytes[at + 2] as number;
			const b3 = bytes[at + 3] as number;
			const length = little ? b0 | (b1 << 8) : (b0 << 8) | b1;
			const type = (little ? b2 | (b3 << 8) : (b2 << 8) | b3) & TYPE_MASK;
			if (length < HEADER) throw new DecodeError('length', this.path, at);
			if (at + length > end) throw new DecodeError('truncated', this.#pathOf(type), at);
			if (type < count) {
				const codec = known[type];
				if (codec !== undefined) {
					const body = at + HEADER;
					if (codec.size >= 0 ? length - HEADER !== codec.size : (length - HEADER) % codec.step !== 0)
						throw new DecodeError('length', this.#pathOf(type), at);
					const read = codec.read(bytes, body, at + length, order);
					// NaN is how a 64-bit reader says "not exact"; no other reader answers it.
					if (codec.wide && Number.isNaN(read)) throw new DecodeError('range', this.#pathOf(type), at);
					if (read !== undefined) value[names[type] as string] = read;
				}
			}
			at += (length + 3) & ~3;
		}
		for (const name of this.#required)
			if (value[name] === undefined) throw new DecodeError('missing', `${this.path}.${name}`, start);
		return value as Value<F>;
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

	#pathOf(type: number): string {
		const name = this.#names[type];
		return name === undefined || name === '' ? this.path : `${this.path}.${name}`;
	}
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
export const numbers = (type: number) => new FieldOf(type, codecs.numbers, 'optional');
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

function codecOf<F extends Fields>(table: Table<F>): Codec<Value<F>> {
	return {
		size: -1,
		step: 1,
		wide: false,
		read: (bytes, start, end, order) => table.decode(bytes, order, start, end),
		write: (sink, value, order) => table.write(sink, value as unknown as Input<F>, order),
	};
}
