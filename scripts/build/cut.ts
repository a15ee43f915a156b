// SPDX-License-Identifier: Apache-2.0

// What the engine's library has and no program of ours calls, left out of the binaries for routers: on MIPS 125 KB, 58 KB
// of a package. A program that names one of these is refused by the build; one that reaches it all the same gets a
// TypeError.

/** The engine's functions that are left out, and the names by which a script would call them. */
const cutFunctions: Readonly<Record<string, readonly string[]>> = {
	js_array_buffer_resize: [],
	js_array_buffer_transfer: ['transferToFixedLength'],
	js_array_toReversed: ['toReversed'],
	js_array_toSpliced: ['toSpliced'],
	js_array_with: [],
	js_async_from_sync_iterator_next: [],
	js_async_generator_function_call: [],
	js_async_generator_next: [],
	js_async_iterator_proto_dispose: [],
	js_bigint_asUintN: ['asUintN', 'asIntN'],
	js_bytecode_autoinit: ['fromAsync', 'zip', 'zipKeyed'],
	js_create_iterator_helper: [],
	js_disposable_stack_adopt: [],
	js_disposable_stack_defer: [],
	js_disposable_stack_dispose: ['DisposableStack', 'AsyncDisposableStack'],
	js_disposable_stack_get_disposed: [],
	js_disposable_stack_move: [],
	js_disposable_stack_use: [],
	js_global_decodeURI: ['decodeURI', 'decodeURIComponent'],
	js_global_encodeURI: ['encodeURI', 'encodeURIComponent'],
	js_global_escape: [],
	js_global_unescape: [],
	js_iterator_concat: [],
	js_iterator_from: [],
	js_iterator_helper_next: [],
	js_iterator_proto_func: [],
	js_iterator_proto_includes: [],
	js_iterator_proto_join: [],
	js_iterator_proto_reduce: [],
	js_iterator_proto_toArray: ['toArray'],
	js_iterator_wrap_next: [],
	js_json_rawJSON: ['rawJSON'],
	js_map_getOrInsert: ['getOrInsert', 'getOrInsertComputed'],
	js_map_groupBy: ['groupBy'],
	js_math_hypot: ['hypot'],
	js_math_sumPrecise: ['sumPrecise'],
	js_number_toExponential: ['toExponential'],
	js_number_toPrecision: ['toPrecision'],
	js_object___defineGetter__: ['__defineGetter__', '__defineSetter__'],
	js_object___lookupGetter__: ['__lookupGetter__', '__lookupSetter__'],
	js_object_groupBy: ['groupBy'],
	js_object_defineProperties: ['defineProperties'],
	js_object_getOwnPropertyDescriptor: ['getOwnPropertyDescriptor'],
	js_object_getOwnPropertyDescriptors: ['getOwnPropertyDescriptors'],
	js_object_getOwnPropertySymbols: ['getOwnPropertySymbols'],
	js_object_isExtensible: ['isExtensible'],
	js_object_isSealed: ['isSealed', 'isFrozen'],
	js_object_preventExtensions: ['preventExtensions'],
	js_object_seal: ['Object.seal', 'Object.freeze'],
	js_promise_all: ['Promise.all', 'Promise.allSettled', 'Promise.any'],
	js_promise_finally: ['finally'],
	js_promise_race: ['race'],
	js_promise_try: [],
	js_promise_withResolvers: ['withResolvers'],
	js_reflect_apply: ['Reflect'],
	js_reflect_construct: [],
	js_reflect_deleteProperty: [],
	js_reflect_get: [],
	js_reflect_has: [],
	js_reflect_ownKeys: [],
	js_reflect_set: [],
	js_reflect_setPrototypeOf: [],
	js_set_difference: [],
	js_set_intersection: [],
	js_set_isDisjointFrom: ['isDisjointFrom'],
	js_set_isSubsetOf: ['isSubsetOf'],
	js_set_isSupersetOf: ['isSupersetOf'],
	js_set_symmetricDifference: ['symmetricDifference'],
	js_set_union: [],
	js_string_CreateHTML: [],
	js_string_isWellFormed: ['isWellFormed'],
	js_string_localeCompare: ['localeCompare'],
	js_string_match: ['matchAll'],
	js_string_normalize: ['normalize'],
	js_string_toWellFormed: ['toWellFormed'],
	js_typed_array_toReversed: ['toReversed'],
	js_typed_array_with: [],
	js_uint8array_from_base64: ['fromBase64'],
	js_uint8array_from_hex: ['fromHex'],
	js_uint8array_set_from_base64: ['setFromBase64'],
	js_uint8array_set_from_hex: ['setFromHex'],
	js_uint8array_to_base64: ['toBase64'],
	js_uint8array_to_hex: [],
};

/** Functions of Math, which are given a number and not a context: without their body they answer NaN. */
const cutMath = [
	...['acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'cbrt', 'cosh', 'expm1', 'f16round', 'fround'],
	...['log1p', 'sinh', 'tan', 'tanh'],
];

const mathDefinition = new RegExp(
	`^(define internal double @js_math_(?:${cutMath.join('|')})\\([^\\n]*\\{\\n)[^}]*\\}`,
	'gm',
);

/** Takes the functions out of the tables of the engine in LLVM's text form; what nothing names is then left out. */
export function cutFrom(module: string): string {
	return module
		.replace(/^@.*$/gm, line =>
			line.replace(/\bptr @(js_\w+)/g, (whole, name: string) =>
				name in cutFunctions ? 'ptr @js_throw_type_error' : whole,
			),
		)
		.replace(mathDefinition, '$1\tret double 0x7FF8000000000000\n}');
}

const names = [...new Set(Object.values(cutFunctions).flat())];
const isGlobal = (name: string): boolean => ['URI', 'Stack', '.', 'Reflect'].some(part => name.includes(part));
const called = new RegExp(
	[
		`\\.(${names.filter(name => !isGlobal(name)).join('|')})\\(`,
		`\\b(${names.filter(isGlobal).join('|').replaceAll('.', '\\.')})\\b`,
		'\\b(async)\\s*\\*',
		`\\bMath\\.(${cutMath.join('|')})\\b`,
	].join('|'),
);

/** What a program calls of all this. Absent: undefined, it calls nothing of it. */
export function calledOfCut(text: string): string | undefined {
	const found = called.exec(text);
	return found?.slice(1).find(name => name !== undefined);
}
