// SPDX-License-Identifier: Apache-2.0

/** The part of JSON Schema 2020-12 that our schemas use. */
export interface Schema {
	readonly $ref?: string;
	readonly $defs?: Readonly<Record<string, Schema>>;
	readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly additionalProperties?: boolean;
	readonly items?: Schema;
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly minLength?: number;
	readonly pattern?: string;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly enum?: readonly unknown[];
	readonly const?: unknown;
	readonly oneOf?: readonly Schema[];
	readonly description?: string;
}

export interface Complaint {
	/** Where: `topology.nodes[3].xM`, empty for the whole. */
	readonly path: string;
	/** A sentence's end: `is missing: a number`. */
	readonly problem: string;
}

const MOST_COMPLAINTS = 5;

/** What is wrong with a value. Shape: the first five complaints, in the order of the document; empty where all is well. */
export function complaints(root: Schema, value: unknown): readonly Complaint[] {
	return check(root, root, value, '').slice(0, MOST_COMPLAINTS);
}

function check(root: Schema, schema: Schema, value: unknown, path: string): Complaint[] {
	const wrong = (problem: string): Complaint[] => [{path, problem}];
	if (schema.$ref !== undefined) return check(root, referred(root, schema.$ref), value, path);
	if (schema.oneOf !== undefined) return checkOneOf(root, schema.oneOf, value, path);
	if ('const' in schema && value !== schema.const)
		return wrong(`must be ${JSON.stringify(schema.const)}, not ${shown(value)}`);
	if (schema.enum !== undefined && !schema.enum.includes(value))
		return wrong(`must be one of ${schema.enum.map(one => JSON.stringify(one)).join(', ')}, not ${shown(value)}`);
	switch (schema.type) {
		case 'object':
			return isObject(value) ? checkObject(root, schema, value, path) : wrong(`must be an object, not ${shown(value)}`);
		case 'array':
			return Array.isArray(value)
				? checkArray(root, schema, value, path)
				: wrong(`must be a list, not ${shown(value)}`);
		case 'string':
			return checkText(schema, value, wrong);
		case 'number':
		case 'integer':
			return checkNumber(schema, value, wrong);
		case 'boolean':
			return typeof value === 'boolean' ? [] : wrong(`must be true or false, not ${shown(value)}`);
		default:
			return [];
	}
}

function referred(root: Schema, reference: string): Schema {
	const found = root.$defs?.[reference.replace('#/$defs/', '')];
	if (found === undefined) throw new RangeError(`the schema has no ${reference}`);
	return found;
}

function checkObject(root: Schema, schema: Schema, value: Record<string, unknown>, path: string): Complaint[] {
	const {properties = {}, required = []} = schema;
	const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
	const found: Complaint[] = [];
	for (const name of required)
		if (!(name in value)) found.push({path: at(name), problem: `is missing: ${wanted(root, properties[name] ?? {})}`});
	for (const [name, member] of Object.entries(value)) {
		const known = properties[name];
		if (known !== undefined) found.push(...check(root, known, member, at(name)));
		else if (schema.additionalProperties === false)
			found.push({path: at(name), problem: `is not known here; there are ${Object.keys(properties).join(', ')}`});
	}
	return found;
}

function checkArray(root: Schema, schema: Schema, value: readonly unknown[], path: string): Complaint[] {
	const {items, minItems = 0, maxItems = Number.POSITIVE_INFINITY} = schema;
	if (value.length < minItems) return [{path, problem: `must have ${minItems} or more entries, not ${value.length}`}];
	if (value.length > maxItems) return [{path, problem: `must have at most ${maxItems} entries, not ${value.length}`}];
	if (items === undefined) return [];
	const found: Complaint[] = [];
	for (const [index, item] of value.entries()) {
		if (found.length >= MOST_COMPLAINTS) break;
		found.push(...check(root, items, item, `${path}[${index}]`));
	}
	return found;
}

function checkText(schema: Schema, value: unknown, wrong: (problem: string) => Complaint[]): Complaint[] {
	if (typeof value !== 'string') return wrong(`must be a text, not ${shown(value)}`);
	if (value.length < (schema.minLength ?? 0)) return wrong('must not be empty');
	if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
		return wrong(`must match ${schema.pattern}, not ${shown(value)}`);
	return [];
}

function checkNumber(schema: Schema, value: unknown, wrong: (problem: string) => Complaint[]): Complaint[] {
	const kind = schema.type === 'integer' ? 'a whole number' : 'a number';
	const {minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY} = schema;
	const isRight = typeof value === 'number' && Number.isFinite(value);
	if (!isRight || (schema.type === 'integer' && !Number.isInteger(value)))
		return wrong(`must be ${kind}, not ${shown(value)}`);
	if (value >= minimum && value <= maximum) return [];
	const least = Number.isFinite(minimum) ? ` from ${minimum}` : '';
	const most = Number.isFinite(maximum) ? ` to ${maximum}` : '';
	return wrong(`must be ${kind}${least}${most}, not ${shown(value)}`);
}

/** Of alternatives, the one whose `kind` the value has tells what is wrong with it. */
function checkOneOf(root: Schema, alternatives: readonly Schema[], value: unknown, path: string): Complaint[] {
	const resolved = alternatives.map(one => (one.$ref === undefined ? one : referred(root, one.$ref)));
	const results = resolved.map(one => check(root, one, value, path));
	if (results.some(result => result.length === 0)) return [];
	if (!isObject(value)) {
		const sameType = resolved.findIndex(one => one.type === 'array' && Array.isArray(value));
		if (sameType >= 0) return results[sameType] ?? [];
		return [{path, problem: `must be ${resolved.map(one => wanted(root, one)).join(' or ')}, not ${shown(value)}`}];
	}
	const {kind} = value;
	const kinds: unknown[] = [];
	for (const [index, one] of resolved.entries()) {
		const of = one.properties?.kind;
		const known = of?.enum ?? (of !== undefined && 'const' in of ? [of.const] : []);
		if (known.includes(kind)) return results[index] ?? [];
		kinds.push(...known);
	}
	const at = path === '' ? 'kind' : `${path}.kind`;
	const list = kinds.map(one => JSON.stringify(one)).join(', ');
	return [
		{
			path: at,
			problem: kind === undefined ? `is missing: one of ${list}` : `must be one of ${list}, not ${shown(kind)}`,
		},
	];
}

/** What a schema wants, for people. */
function wanted(root: Schema, schema: Schema): string {
	if (schema.$ref !== undefined) return wanted(root, referred(root, schema.$ref));
	if ('const' in schema) return JSON.stringify(schema.const);
	if (schema.enum !== undefined) return `one of ${schema.enum.map(one => JSON.stringify(one)).join(', ')}`;
	if (schema.oneOf !== undefined) return schema.oneOf.map(one => wanted(root, one)).join(' or ');
	const names = {
		object: 'an object',
		array: 'a list',
		string: 'a text',
		number: 'a number',
		integer: 'a whole number',
		boolean: 'true or false',
	};
	return schema.type === undefined ? 'anything' : names[schema.type];
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN = 40;

function shown(value: unknown): string {
	if (value === undefined) return 'nothing';
	if (Array.isArray(value)) return 'a list';
	if (isObject(value)) return 'an object';
	const text = JSON.stringify(value) ?? String(value);
	return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
